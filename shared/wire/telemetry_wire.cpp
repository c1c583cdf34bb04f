// SPDX-License-Identifier: Apache-2.0
#include "shared/wire/enum_wire.h"
#include "shared/wire/wire.h"

#include <algorithm>

namespace signalbox::wire {

void toWire(const model::Event& from, v1::Event& to)
{
    to.set_sequence(from.sequence);
    to.set_unix_ms(from.unixMs);
    to.set_kind(from.kind);
    to.set_object(from.object);
    to.set_text(from.text);
    to.set_severity(detail::toWire(from.severity));
}

base::Result<model::Event> fromWire(const v1::Event& from)
{
    model::Event to;
    to.sequence = from.sequence();
    to.unixMs = from.unix_ms();
    to.kind = from.kind();
    to.object = from.object();
    to.text = from.text();
    SB_TRY(to.severity, detail::fromWire(from.severity()));
    return to;
}

void toWire(const model::SeriesKey& from, v1::SeriesKey& to)
{
    to.set_name(from.name);
    to.set_kind(detail::toWire(from.kind));
    for (const auto& [name, value] : from.labels)
        (*to.mutable_labels())[name] = value;
}

base::Result<model::SeriesKey> fromWire(const v1::SeriesKey& from)
{
    model::SeriesKey to;
    to.name = from.name();
    SB_TRY(to.kind, detail::fromWire(from.kind()));
    for (const auto& [name, value] : from.labels())
        to.labels.emplace_back(name, value);
    std::sort(to.labels.begin(), to.labels.end());
    return to;
}

} // namespace signalbox::wire
