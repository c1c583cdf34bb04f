// SPDX-License-Identifier: Apache-2.0
// Event streams: whole or in pieces the same events, and what we write is what was read.
#include "agent/http/sse_reader.h"
#include "agent/http/sse_writer.h"
#include "tests/support/fuzz_target.h"

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace signalbox;
using namespace signalbox::http;
using fuzz::require;

using Events = std::vector<std::pair<std::string, std::string>>;

Events eventsOf(std::string_view bytes, std::size_t step)
{
    SseReader reader;
    Events events;
    while (!bytes.empty()) {
        // Each piece is gone once it has been read.
        const std::string piece(bytes.substr(0, step));
        bytes.remove_prefix(piece.size());
        std::string_view input = piece;
        SseState state = SseState::NeedMore;
        while ((state = reader.next(input)) == SseState::Event) {
            require(!reader.event().data.empty(), "an event has data");
            events.emplace_back(reader.event().name, reader.event().data);
        }
        require(state == SseState::NeedMore && input.empty(), "short input is all taken");
    }
    require(reader.events() == events.size(), "events are counted");
    return events;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t kShort = 64 * 1024; // below every limit of the reader
    if (size == 0 || size > kShort)
        return 0;
    const std::string_view bytes = fuzz::textOf(data, size - 1);
    const Events whole = eventsOf(bytes, bytes.size() + 1);
    require(whole == eventsOf(bytes, 1 + data[size - 1] % 16), "pieces give the same events");
    std::string written;
    Events wanted;
    for (const auto& [name, text] : whole) {
        appendSseEvent(written, name, text);
        wanted.emplace_back(name.substr(0, name.find('\0')), text);
    }
    require(eventsOf(written, 5) == wanted, "what is written is what was read");
    // Any bytes as data make exactly one event.
    std::string one;
    appendSseEvent(one, {}, "x" + std::string(bytes));
    require(eventsOf(one + std::string(kDoneEvent), 7).size() == 2, "data never ends its event");
    return 0;
}
