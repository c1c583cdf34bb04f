// SPDX-License-Identifier: Apache-2.0
#include "agent/recorder/recorder.h"

#include "shared/base/limits.h"

#include <utility>

namespace signalbox::recorder {

namespace {

// Cut between characters: half a UTF-8 sequence would make the whole message unsendable.
void cutTo(std::string& text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80)
        --bytes;
    text.resize(bytes);
}

} // namespace

base::Sequence Recorder::recordRow(std::int64_t unixMs, std::vector<double> values)
{
    ++rowsTotal_;
    const base::Sequence sequence = feed_.newest() + 1;
    feed_.addRow({sequence, unixMs, std::move(values)});
    return sequence;
}

base::Sequence Recorder::recordEvent(std::int64_t unixMs, EventNote note)
{
    ++eventsTotal_;
    model::Event event;
    event.sequence = feed_.newest() + 1;
    event.unixMs = unixMs;
    event.kind = std::move(note.kind);
    event.object = std::move(note.object);
    event.text = std::move(note.text);
    event.severity = note.severity;
    for (std::string* text : {&event.kind, &event.object, &event.text})
        cutTo(*text, limits::kFactTextBytes);
    const base::Sequence sequence = event.sequence;
    feed_.addEvent(std::move(event));
    return sequence;
}

} // namespace signalbox::recorder
