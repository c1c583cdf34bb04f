// SPDX-License-Identifier: Apache-2.0
// Chunks of answers: JSON is what the DOM library says is JSON, and text is always UTF-8.
#include "agent/http/json/chat_event.h"
#include "agent/http/json/utf8.h"
#include "shared/base/limits.h"
#include "tests/support/fuzz_target.h"

#include <simdjson.h>

#include <string>

namespace {

using namespace signalbox;
using namespace signalbox::http;
using fuzz::require;

void checkViews(std::string_view data, const ChatEvent& event)
{
    const auto liesIn = [&](std::string_view view) {
        return view.empty()
            || (view.data() >= data.data()
                && view.data() + view.size() <= data.data() + data.size());
    };
    require(liesIn(event.id) && liesIn(event.created) && liesIn(event.model)
                && liesIn(event.errorMessage),
            "views point into the data");
    require(event.choices.size() <= limits::kChoicesPerEvent, "choices are bounded");
    for (const ChoiceDelta& choice : event.choices) {
        std::string text;
        for (const JsonText part : {choice.text, choice.reasoning, choice.refusal}) {
            require(liesIn(part.raw), "texts point into the data");
            appendText(text, part);
        }
        require(isValidUtf8(text), "text is UTF-8");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static ChatEventReader reader;
    static simdjson::dom::parser parser;
    const std::string_view text = fuzz::textOf(data, size);
    const ChatEvent& event = reader.readChunk(text);
    checkViews(text, event);
    if (text == "[DONE]")
        return 0;
    simdjson::dom::element root;
    const auto code = parser.parse(text.data(), text.size()).get(root);
    const bool isObject = code == simdjson::SUCCESS && root.is_object();
    const bool isRead = event.kind != ChatEventKind::NotJson;
    // Deep nesting is refused here; lone surrogates and huge numbers are what readers live with.
    if (isObject && !isRead) {
        simdjson::dom::parser shallow;
        require(shallow.allocate(text.size() + 64, limits::kJsonScanDepth) == simdjson::SUCCESS
                    && shallow.parse(text.data(), text.size()).error() == simdjson::DEPTH_ERROR,
                "what is JSON is read");
    }
    if (isRead && !isObject) {
        require(code == simdjson::STRING_ERROR || code == simdjson::NUMBER_ERROR,
                "what is no JSON is not read");
    }
    return 0;
}
