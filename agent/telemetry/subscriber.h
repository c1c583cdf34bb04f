// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/feed_book.h"
#include "shared/base/clock.h"
#include "shared/model/telemetry.h"
#include "shared/rpc/method_table.h"
#include "shared/series/column_codec.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::v1 {
class TelemetryBatch;
}

namespace signalbox::telemetry {

// One reader of a telemetry stream: what it knows already, and the next batch for it.
// Lives on: control. Owned by TelemetryService. It holds a cursor for each agent and nothing else:
// a reader that does not read falls out of the feeds' rings and is told what it missed.
class Subscriber {
public:
    Subscriber(model::TelemetryWish wish, std::shared_ptr<rpc::OpenStream> stream);

    bool isOpen() const { return stream_->isOpen(); }
    const model::TelemetryWish& wish() const { return wish_; }
    void end(base::Status status) { stream_->end(std::move(status)); }

    // Writes the next batch where the reader has taken the last one and there is something to say,
    // or nothing was said for limits::kTelemetryHeartbeat.
    void serve(const recorder::FeedBook& book, const base::Clock& clock);

    std::uint64_t batchesTotal() const { return sequence_; }
    std::uint64_t bytesTotal() const { return bytesTotal_; }
    std::uint64_t missedTotal() const { return missedTotal_; } // samples it was too slow for
    bool isBehind() const { return isBehind_; } // more waits than the last batch could carry

private:
    struct Place {
        std::uint32_t number = 0;
        std::string bootId;
        std::uint32_t generation = 0;
        std::uint64_t stateVersion = 0;
        std::uint64_t goneVersion = 0;
        base::Sequence cursor = 0;
        base::Sequence gapTold = 0; // what was missed up to there has been told
        std::optional<series::ColumnEncoder> encoder;
    };
    struct Start {
        base::Sequence after = 0;
        enum class Reader : std::uint8_t { New, Resumes } reader = Reader::New;
    };
    class Writer; // the batch that is being made

    void introduce(Writer& writer, const recorder::AgentFeed& feed, Place& place);
    void tellNews(Writer& writer, const recorder::AgentFeed& feed, Place& place);
    void tellState(Writer& writer, const recorder::AgentFeed& feed, Place& place);
    void tellEntries(Writer& writer, const recorder::AgentFeed& feed, Place& place);
    Start startOf(Writer& writer, const recorder::AgentFeed& feed, std::uint32_t number);
    void tellFleet(Writer& writer, const recorder::FeedBook& book);
    void tellMissing(Writer& writer, const recorder::FeedBook& book);

    model::TelemetryWish wish_;
    std::shared_ptr<rpc::OpenStream> stream_;
    std::map<std::string, model::ResumePoint> resume_; // by agent, until it is introduced
    std::map<std::string, Place> places_; // by agent
    std::string goOnAt_; // agent at which the next batch begins, when one was full
    std::optional<base::Monotonic> spokeAt_;
    std::uint32_t numbersGiven_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t bytesTotal_ = 0;
    std::uint64_t missedTotal_ = 0;
    bool isBehind_ = false;
};

} // namespace signalbox::telemetry
