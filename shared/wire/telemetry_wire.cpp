// SPDX-License-Identifier: Apache-2.0
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/base/names.h"
#include "shared/wire/bounds.h"
#include "shared/wire/enum_wire.h"
#include "shared/wire/wire.h"

#include <algorithm>
#include <set>

namespace signalbox::wire {

namespace {

base::Error wrong(const char* what)
{
    return base::Error(base::Code::InvalidArgument, what);
}

struct ItemWriter {
    v1::TelemetryItem& to;

    void operator()(const model::AgentIntroduction& fact) const
    {
        to.mutable_introduction()->set_id(fact.id.str());
        to.mutable_introduction()->set_boot_id(fact.bootId);
    }
    void operator()(const model::AgentState& fact) const { toWire(fact, *to.mutable_state()); }
    void operator()(const model::SeriesDictionary& fact) const
    {
        to.mutable_dictionary()->set_generation(fact.generation);
        for (const model::SeriesKey& key : fact.series)
            toWire(key, *to.mutable_dictionary()->add_series());
    }
    void operator()(const model::SampleBlock& fact) const
    {
        to.mutable_samples()->set_dictionary_generation(fact.dictionaryGeneration);
        to.mutable_samples()->set_first_sequence(fact.firstSequence);
        to.mutable_samples()->set_columns(fact.columns);
    }
    void operator()(const model::Event& fact) const { toWire(fact, *to.mutable_event()); }
    void operator()(const model::AgentGone& fact) const
    {
        to.mutable_gone()->set_reason(fact.reason);
        to.mutable_gone()->set_last_seen_unix_ms(fact.lastSeenUnixMs);
    }
    void operator()(const model::Behind& fact) const
    {
        to.mutable_behind()->set_from_sequence(fact.from);
        to.mutable_behind()->set_to_sequence(fact.to);
    }
    void operator()(const model::Resync& fact) const
    {
        to.mutable_resync()->set_reason(fact.reason);
    }
};

base::Result<model::AgentIntroduction> introductionFromWire(const v1::AgentIntroduction& from)
{
    if (!base::isValidName(from.id()))
        return wrong("an agent was introduced without a valid name");
    if (from.boot_id().empty())
        return wrong("an agent was introduced without its boot");
    return model::AgentIntroduction{base::AgentId(from.id()), from.boot_id()};
}

base::Result<model::SeriesDictionary> dictionaryFromWire(const v1::SeriesDictionary& from)
{
    SB_CHECK(detail::checkSize(from.series(), limits::kSeriesPerAgent, "series"));
    model::SeriesDictionary to;
    to.generation = from.generation();
    std::set<model::SeriesKey> seen;
    for (const v1::SeriesKey& key : from.series()) {
        SB_TRY(model::SeriesKey added, fromWire(key));
        if (!seen.insert(added).second)
            return wrong("a dictionary has one series twice");
        to.series.push_back(std::move(added));
    }
    return to;
}

base::Result<model::TelemetryFact> factFromWire(const v1::TelemetryItem& from)
{
    switch (from.fact_case()) {
    case v1::TelemetryItem::kIntroduction: {
        SB_TRY(model::AgentIntroduction fact, introductionFromWire(from.introduction()));
        return model::TelemetryFact(std::move(fact));
    }
    case v1::TelemetryItem::kState: {
        SB_TRY(model::AgentState fact, fromWire(from.state()));
        return model::TelemetryFact(std::move(fact));
    }
    case v1::TelemetryItem::kDictionary: {
        SB_TRY(model::SeriesDictionary fact, dictionaryFromWire(from.dictionary()));
        return model::TelemetryFact(std::move(fact));
    }
    case v1::TelemetryItem::kSamples: {
        const v1::SampleBlock& block = from.samples();
        return model::TelemetryFact(model::SampleBlock{block.dictionary_generation(),
                                                       block.first_sequence(), block.columns()});
    }
    case v1::TelemetryItem::kEvent: {
        SB_TRY(model::Event fact, fromWire(from.event()));
        return model::TelemetryFact(std::move(fact));
    }
    case v1::TelemetryItem::kGone:
        return model::TelemetryFact(
            model::AgentGone{from.gone().reason(), from.gone().last_seen_unix_ms()});
    case v1::TelemetryItem::kBehind:
        return model::TelemetryFact(
            model::Behind{from.behind().from_sequence(), from.behind().to_sequence()});
    case v1::TelemetryItem::kResync:
        return model::TelemetryFact(model::Resync{from.resync().reason()});
    case v1::TelemetryItem::FACT_NOT_SET: break;
    }
    return wrong("an item of telemetry says nothing that is known here");
}

} // namespace

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
    SB_CHECK(checkBounds(from));
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
    SB_CHECK(checkBounds(from));
    SB_CHECK(detail::checkSize(from.labels(), limits::kLabelsPerSeries, "labels"));
    if (from.name().empty())
        return wrong("a series has no name");
    model::SeriesKey to;
    to.name = from.name();
    SB_TRY(to.kind, detail::fromWire(from.kind()));
    for (const auto& [name, value] : from.labels())
        to.labels.emplace_back(name, value);
    std::sort(to.labels.begin(), to.labels.end());
    return to;
}

void toWire(const model::TelemetryItem& from, v1::TelemetryItem& to)
{
    to.set_agent(from.agent);
    std::visit(ItemWriter{to}, from.fact);
}

base::Result<model::TelemetryItem> fromWire(const v1::TelemetryItem& from)
{
    SB_CHECK(checkBounds(from));
    SB_TRY(model::TelemetryFact fact, factFromWire(from));
    return model::TelemetryItem{from.agent(), std::move(fact)};
}

void toWire(const model::TelemetryBatch& from, v1::TelemetryBatch& to)
{
    to.set_sequence(from.sequence);
    to.set_sent_unix_ms(from.sentUnixMs);
    to.set_agents_total(from.agentsTotal);
    for (const model::TelemetryItem& item : from.items)
        toWire(item, *to.add_items());
}

base::Result<model::TelemetryBatch> fromWire(const v1::TelemetryBatch& from)
{
    SB_CHECK(detail::checkSize(from.items(), limits::kTelemetryItems, "items"));
    model::TelemetryBatch to;
    to.sequence = from.sequence();
    to.sentUnixMs = from.sent_unix_ms();
    to.agentsTotal = from.agents_total();
    to.items.reserve(static_cast<std::size_t>(from.items_size()));
    for (const v1::TelemetryItem& item : from.items()) {
        SB_TRY(model::TelemetryItem added, fromWire(item));
        to.items.push_back(std::move(added));
    }
    return to;
}

void toWire(const model::TelemetryWish& from, v1::WatchTelemetryRequest& to)
{
    to.set_scope(detail::toWire(from.scope));
    to.set_samples(detail::toWire(from.samples));
    for (const model::ResumePoint& point : from.resume) {
        v1::ResumePoint& added = *to.add_resume();
        added.set_agent_id(point.agent.str());
        added.set_boot_id(point.bootId);
        added.set_after_sequence(point.afterSequence);
    }
}

base::Result<model::TelemetryWish> fromWire(const v1::WatchTelemetryRequest& from)
{
    SB_CHECK(checkBounds(from));
    SB_CHECK(detail::checkSize(from.resume(), limits::kFleetAgents, "resume points"));
    model::TelemetryWish to;
    SB_TRY(to.scope, detail::fromWire(from.scope()));
    SB_TRY(to.samples, detail::fromWire(from.samples()));
    for (const v1::ResumePoint& point : from.resume())
        to.resume.push_back(
            {base::AgentId(point.agent_id()), point.boot_id(), point.after_sequence()});
    return to;
}

void toWire(const model::AgentIdentity& from, v1::GetAgentResponse& to)
{
    toWire(from.state, *to.mutable_state());
    to.set_fleet(from.fleet);
    for (const std::string& feature : from.features)
        to.add_features(feature);
}

base::Result<model::AgentIdentity> fromWire(const v1::GetAgentResponse& from)
{
    SB_CHECK(checkBounds(from));
    model::AgentIdentity to;
    SB_TRY(to.state, fromWire(from.state()));
    to.fleet = from.fleet();
    to.features.assign(from.features().begin(), from.features().end());
    return to;
}

namespace {

void exchangeToWire(const model::OpenExchange& from, v1::OpenExchange& to)
{
    to.set_request_id(from.requestId);
    to.set_model(from.model);
    to.set_route(from.route);
    to.set_caller(from.caller);
    to.set_endpoint(from.endpoint);
    to.set_phase(detail::toWire(from.phase));
    to.set_age_ms(from.ageMs);
    to.set_since_token_ms(from.sinceTokenMs);
    to.set_prompt_tokens(from.promptTokens);
    to.set_tokens(from.tokens);
    to.set_attempts(from.attempts);
}

base::Result<model::OpenExchange> exchangeFromWire(const v1::OpenExchange& from)
{
    model::OpenExchange to;
    to.requestId = from.request_id();
    to.model = from.model();
    to.route = from.route();
    to.caller = from.caller();
    to.endpoint = from.endpoint();
    SB_TRY(to.phase, detail::fromWire(from.phase()));
    to.ageMs = from.age_ms();
    to.sinceTokenMs = from.since_token_ms();
    to.promptTokens = from.prompt_tokens();
    to.tokens = from.tokens();
    to.attempts = from.attempts();
    return to;
}

} // namespace

void toWire(const model::OpenExchangeList& from, v1::ListOpenExchangesResponse& to)
{
    to.set_agent(from.agent);
    to.set_total(from.total);
    for (const model::OpenExchange& exchange : from.exchanges)
        exchangeToWire(exchange, *to.add_exchanges());
}

base::Result<model::OpenExchangeList> fromWire(const v1::ListOpenExchangesResponse& from)
{
    SB_CHECK(detail::checkSize(from.exchanges(), limits::kOpenExchangesListed, "exchanges"));
    SB_CHECK(checkBounds(from));
    model::OpenExchangeList to;
    to.agent = from.agent();
    to.total = from.total();
    for (const v1::OpenExchange& exchange : from.exchanges()) {
        SB_TRY(model::OpenExchange added, exchangeFromWire(exchange));
        to.exchanges.push_back(std::move(added));
    }
    return to;
}

} // namespace signalbox::wire
