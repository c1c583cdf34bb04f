// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/replay_run.h"

#include "tests/lab/kit/http_fetch.h"
#include "tests/lab/kit/json_text.h"
#include "tests/lab/kit/trace.h"
#include "tests/lab/kit/whole_file.h"
#include "tests/lab/replay/load_generator.h"
#include "tests/lab/replay/request_maker.h"
#include "tests/lab/replay/tally.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <poll.h>

#include <cstdio>
#include <memory>

namespace signalbox::replay {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kQuestionDeadline{10};
constexpr int kAskAgainMs = 200;

// Asks until an answer comes that `accept` takes, or patience ends.
template <typename Accept>
Result<lab::HttpAnswer> askUntil(const ReplayOptions& options, const lab::HttpCall& call,
                                 Clock::time_point until, Accept accept)
{
    while (true) {
        auto answer = lab::fetch(options.target, call, kQuestionDeadline);
        if (answer && accept(*answer))
            return answer;
        if (Clock::now() >= until) {
            if (!answer)
                return answer.error().because(
                    fmt::format("{} does not answer", options.target.authority()));
            return Error(Code::Unavailable,
                         fmt::format("{} answers {} {} with {}: {}", options.target.authority(),
                                     call.method, call.path, answer->status,
                                     answer->body.substr(0, 200)),
                         base::Origin::Upstream);
        }
        ::poll(nullptr, 0, kAskAgainMs);
    }
}

std::string firstModel(const std::string& json)
{
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    std::string_view id;
    if (parser.parse(json).get(document) != simdjson::SUCCESS
        || document["data"].at(0)["id"].get(id) != simdjson::SUCCESS)
        return {};
    return std::string(id);
}

Status findModel(ReplayOptions& options, Clock::time_point until)
{
    if (!options.model.empty())
        return {};
    lab::HttpCall call;
    call.path = "/v1/models";
    call.bearer = options.apiKey;
    SB_TRY(const auto answer,
           askUntil(options, call, until, [](const lab::HttpAnswer& candidate) {
               return candidate.status == 200 && !firstModel(candidate.body).empty();
           }));
    options.model = firstModel(answer.body);
    return {};
}

// A first small request shows whether a simulated engine answers.
Result<bool> isTextKeyed(const ReplayOptions& options, Clock::time_point until)
{
    if (options.textCheck != TextCheck::Ask)
        return options.textCheck == TextCheck::Keyed;
    lab::HttpCall call;
    call.method = "POST";
    call.path = "/v1/chat/completions";
    call.bearer = options.apiKey;
    call.body = fmt::format(R"({{"model":{},"max_tokens":1,)"
                            R"("messages":[{{"role":"user","content":"who answers?"}}]}})",
                            lab::jsonString(options.model));
    SB_TRY(const auto answer, askUntil(options, call, until, [](const lab::HttpAnswer& candidate) {
               return candidate.status == 200;
           }));
    AnswerJudge judge({Api::Chat, Delivery::Whole, {}, 1, false, {}});
    judge.onHead(answer.status, answer.contentType);
    judge.onBody(answer.body);
    (void)judge.conclude(BodyEnd::Complete); // only who answered is of interest
    return judge.isSimulated();
}

Result<std::unique_ptr<lab::ArrivalSource>> openLoad(const ReplayOptions& options)
{
    if (!options.trace.empty())
        return lab::openTrace(options.trace);
    lab::GeneratorOptions generator;
    generator.profile = options.traffic == "code" ? lab::kCodeTraffic : lab::kChatTraffic;
    generator.requestsPerSecond = options.rate;
    generator.seed = options.seed;
    return lab::generateTraffic(generator);
}

} // namespace

Result<int> runReplay(ReplayOptions options, std::chrono::milliseconds patience)
{
    SB_TRY(const auto load, openLoad(options));
    const auto until = Clock::now() + patience;
    SB_CHECK(findModel(options, until));
    SB_TRY(const bool checksText, isTextKeyed(options, until));
    if (!checksText)
        options.key.clear();
    if (options.printsProgress)
        fmt::print(stderr, "{} to {}, model {}, {}\n", load->describe(),
                   options.target.authority(), options.model,
                   checksText ? "every byte checked"
                              : "a real engine: bytes are not checked, only shapes");
    Tally tally;
    const RequestMaker maker(options, options.model);
    LoadGenerator generator(options, maker, *load, tally);
    generator.stopOnSignals();
    if (options.printsProgress)
        generator.onSecond([&tally](std::chrono::seconds elapsed) {
            fmt::print(stderr, "{}\n", tally.progressLine(elapsed));
        });
    const auto start = Clock::now();
    SB_CHECK(generator.run());
    const LoadFacts facts{load->describe(), checksText, Clock::now() - start};
    if (options.printsProgress)
        fmt::print("{}", tally.summary(facts));
    if (!options.reportFile.empty())
        SB_CHECK(lab::writeWholeFile(options.reportFile, tally.json(options, facts)));
    return tally.wrongBytes() + tally.silentTruncations() == 0 ? kExitOk : kExitDishonest;
}

} // namespace signalbox::replay
