// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/subscriber.h"

#include "agent/telemetry/sampler.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/limits.h"
#include "shared/wire/wire.h"

#include <algorithm>
#include <utility>

namespace signalbox::telemetry {

namespace {

constexpr std::size_t kEntriesPerPage = 512;

} // namespace

class Subscriber::Writer {
public:
    void add(std::uint32_t agent, model::TelemetryFact fact)
    {
        v1::TelemetryItem& item = *response_.mutable_batch()->add_items();
        wire::toWire(model::TelemetryItem{agent, std::move(fact)}, item);
        bytes_ += item.ByteSizeLong();
    }

    // The next agent's facts go into the next batch.
    bool isFull() const
    {
        return bytes_ >= limits::kTelemetryBatchBytes
            || static_cast<std::size_t>(response_.batch().items_size())
            >= limits::kTelemetryItems / 2;
    }
    bool isEmpty() const { return response_.batch().items_size() == 0; }

    std::string finish(std::uint64_t sequence, std::int64_t sentUnixMs, std::size_t agentsTotal)
    {
        v1::TelemetryBatch& batch = *response_.mutable_batch();
        batch.set_sequence(sequence);
        batch.set_sent_unix_ms(sentUnixMs);
        batch.set_agents_total(static_cast<std::uint32_t>(agentsTotal));
        return response_.SerializeAsString();
    }

private:
    v1::WatchTelemetryResponse response_;
    std::size_t bytes_ = 0;
};

Subscriber::Subscriber(model::TelemetryWish wish, std::shared_ptr<rpc::OpenStream> stream)
    : wish_(std::move(wish)), stream_(std::move(stream))
{
    for (const model::ResumePoint& point : wish_.resume)
        resume_[point.agent.str()] = point;
    wish_.resume.clear();
}

void Subscriber::serve(const recorder::FeedBook& book, const base::Clock& clock)
{
    if (!stream_->isIdle())
        return;
    Writer writer;
    isBehind_ = false;
    const bool isFleet = wish_.scope == model::TelemetryScope::Fleet;
    if (isFleet)
        tellFleet(writer, book);
    else
        tellNews(writer, book.own(), places_[book.own().id().str()]);
    const base::Monotonic now = clock.monotonic();
    const bool isQuiet = spokeAt_ && now - *spokeAt_ < limits::kTelemetryHeartbeat;
    if (writer.isEmpty() && isQuiet)
        return;
    std::string message
        = writer.finish(++sequence_, unixMs(clock), isFleet ? book.feeds().size() : 1);
    bytesTotal_ += message.size();
    spokeAt_ = now;
    stream_->write(std::move(message));
}

// Agents in turn, from where the last batch was full: none waits for ever behind a busy one.
void Subscriber::tellFleet(Writer& writer, const recorder::FeedBook& book)
{
    if (places_.size() > book.feeds().size())
        tellMissing(writer, book);
    auto feed = book.feeds().lower_bound(std::exchange(goOnAt_, {}));
    for (std::size_t i = 0; i < book.feeds().size(); ++i, ++feed) {
        if (feed == book.feeds().end())
            feed = book.feeds().begin();
        if (writer.isFull()) {
            goOnAt_ = feed->first;
            isBehind_ = true;
            return;
        }
        // A peer that is asked for the first time has none yet: a reader waits for its facts.
        if (feed->second->state())
            tellNews(writer, *feed->second, places_[feed->first]);
    }
}

void Subscriber::tellMissing(Writer& writer, const recorder::FeedBook& book)
{
    std::erase_if(places_, [&](const auto& entry) {
        if (book.feeds().contains(entry.first))
            return false;
        writer.add(entry.second.number, model::AgentGone{"no longer in the fleet", 0});
        return true;
    });
}

void Subscriber::tellNews(Writer& writer, const recorder::AgentFeed& feed, Place& place)
{
    if (place.number == 0 || place.bootId != feed.bootId())
        introduce(writer, feed, place);
    tellState(writer, feed, place);
    tellEntries(writer, feed, place);
}

void Subscriber::introduce(Writer& writer, const recorder::AgentFeed& feed, Place& place)
{
    const std::uint32_t number = place.number != 0 ? place.number : ++numbersGiven_;
    place = Place{.number = number, .bootId = feed.bootId()};
    writer.add(number, model::AgentIntroduction{feed.id(), feed.bootId()});
    const Start start = startOf(writer, feed, number);
    place.cursor = start.after;
    if (start.reader == Start::Reader::Resumes)
        return;
    place.gapTold = start.after; // a new reader has missed nothing yet
    for (const model::Event* event : feed.eventsUpTo(start.after, limits::kFirstEvents))
        writer.add(number, *event);
}

// After the reader's own place where it has one of this boot; else a little of the past. A feed
// that knows nothing yet is asked for from that place on (FleetRelay), so it can be believed.
Subscriber::Start Subscriber::startOf(Writer& writer, const recorder::AgentFeed& feed,
                                      std::uint32_t number)
{
    const auto found = resume_.find(feed.id().str());
    if (found == resume_.end())
        return {feed.startForNewReader(), Start::Reader::New};
    const model::ResumePoint point = found->second;
    resume_.erase(found);
    const bool isKnown = point.afterSequence <= feed.newest() || feed.newest() == 0;
    if (point.bootId == feed.bootId() && isKnown)
        return {point.afterSequence, Start::Reader::Resumes};
    if (point.bootId == feed.bootId())
        writer.add(number, model::Resync{"this reader is ahead of what is known here"});
    return {feed.startForNewReader(), Start::Reader::New};
}

void Subscriber::tellState(Writer& writer, const recorder::AgentFeed& feed, Place& place)
{
    if (feed.state() && place.stateVersion != feed.stateVersion()) {
        writer.add(place.number, *feed.state());
        place.stateVersion = feed.stateVersion();
        place.goneVersion = 0; // a state says that it is there: a gone after it is told again
    }
    if (feed.gone() && place.goneVersion != feed.goneVersion()) {
        writer.add(place.number, *feed.gone());
        place.goneVersion = feed.goneVersion();
    }
}

void Subscriber::tellEntries(Writer& writer, const recorder::AgentFeed& feed, Place& place)
{
    const bool wantsSamples = wish_.samples == model::SampleWish::All;
    if (wantsSamples && feed.generation() != place.generation) {
        writer.add(place.number, model::SeriesDictionary{feed.generation(), feed.series()});
        place.generation = feed.generation();
        place.encoder.emplace(feed.series());
    }
    const recorder::AgentFeed::Page page = feed.readAfter(place.cursor, kEntriesPerPage);
    if (page.gap && wantsSamples && page.gap->to > place.gapTold) {
        const model::Behind gap{std::max(page.gap->from, place.gapTold + 1), page.gap->to};
        writer.add(place.number, gap);
        missedTotal_ += gap.to - gap.from + 1;
        place.gapTold = gap.to;
    }
    std::vector<model::SampleRow> rows;
    const auto flush = [&] {
        if (rows.empty())
            return;
        writer.add(place.number,
                   model::SampleBlock{place.generation, rows.front().sequence,
                                      place.encoder->encode(rows)});
        rows.clear();
    };
    for (const recorder::AgentFeed::Entry& entry : page.entries) {
        if (const auto* event = std::get_if<const model::Event*>(&entry)) {
            flush();
            writer.add(place.number, **event);
        } else if (wantsSamples) {
            const model::SampleRow& row = *std::get<const model::SampleRow*>(entry);
            if (!rows.empty() && row.sequence != rows.back().sequence + 1)
                flush();
            rows.push_back(row);
        }
    }
    flush();
    place.cursor = page.next;
    isBehind_ = isBehind_ || page.hasMore;
}

} // namespace signalbox::telemetry
