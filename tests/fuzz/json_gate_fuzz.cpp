// SPDX-License-Identifier: Apache-2.0
// The gate: the same verdict wherever the body lies, the model's value where it really is, and
// refusals that are valid JSON and show nothing.
#include "agent/http/json/json_gate.h"
#include "agent/http/json/json_scan.h"
#include "tests/support/fuzz_target.h"

#include <string>

namespace {

using namespace signalbox;
using namespace signalbox::http;
using fuzz::require;

bool isWhole(std::string_view text)
{
    JsonScan scan(text);
    return scan.skip() && scan.atEnd();
}

void checkModel(std::string_view body, const RequestFacts& facts)
{
    const ByteRange range = findModelValue(body);
    require(range.at + range.length <= body.size(), "the model's value lies in the body");
    if (facts.model.empty())
        return;
    JsonScan scan(body.substr(range.at, range.length));
    JsonText text;
    std::string model;
    require(scan.string(text) && scan.atEnd(), "the model's value is a string");
    appendText(model, text);
    require(model == facts.model, "the value that is replaced is the one that was read");
    std::string renamed(body.substr(0, range.at));
    appendJsonString(renamed, "other \"name\"");
    renamed += body.substr(range.at + range.length);
    JsonGate gate;
    RequestFacts again;
    require(!gate.inspect(renamed, again), "a renamed body passes");
    require(again.model == "other \"name\"" && again.promptBytes == facts.promptBytes,
            "and only its model differs");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static JsonGate gate;
    const std::string_view body = fuzz::textOf(data, size);
    RequestFacts facts;
    const auto refusal = gate.inspect(body, facts);

    std::string padded(body);
    padded.resize(body.size() + JsonGate::kPadding, '"');
    RequestFacts second;
    const auto other
        = gate.inspect(std::string_view(padded).substr(0, body.size()), padded.size(), second);
    require(refusal.has_value() == other.has_value(), "what lies behind a body does not matter");
    if (refusal) {
        require(refusal->code == other->code, "the same refusal");
        const std::string answer = errorBody(*refusal);
        require(isWhole(answer) && answer.size() < 1024, "a refusal is short and JSON");
        require(refusal->status == 400 || refusal->status == 413, "a refusal has a status");
        return 0;
    }
    require(isWhole(body), "both readers of JSON agree on what passed");
    require(facts.model == second.model, "the same facts");
    checkModel(body, facts);
    return 0;
}
