// SPDX-License-Identifier: Apache-2.0
#include "agent/recorder/agent_feed.h"

#include "shared/base/check.h"

#include <algorithm>
#include <utility>

namespace signalbox::recorder {

namespace {

template <typename Fact>
auto firstAfter(const std::deque<Fact>& facts, base::Sequence after)
{
    return std::upper_bound(
        facts.begin(), facts.end(), after,
        [](base::Sequence sequence, const Fact& fact) { return sequence < fact.sequence; });
}

} // namespace

AgentFeed::AgentFeed(base::AgentId id, std::string bootId, FeedLimits limits)
    : id_(std::move(id)), bootId_(std::move(bootId)), limits_(limits)
{
}

void AgentFeed::restart(std::string bootId)
{
    bootId_ = std::move(bootId);
    rows_.clear();
    events_.clear();
    lost_.reset();
    newest_ = 0;
}

void AgentFeed::setDictionary(std::vector<model::SeriesKey> series)
{
    if (generation_ != 0 && series == series_)
        return;
    if (!rows_.empty())
        lose(rows_.front().sequence, rows_.back().sequence);
    rows_.clear();
    series_ = std::move(series);
    ++generation_;
}

bool AgentFeed::isNew(base::Sequence sequence)
{
    if (sequence <= newest_) {
        ++duplicates_;
        return false;
    }
    newest_ = sequence;
    return true;
}

void AgentFeed::lose(base::Sequence from, base::Sequence to)
{
    if (!lost_)
        lost_ = model::Behind{from, to};
    lost_->from = std::min(lost_->from, from);
    lost_->to = std::max(lost_->to, to);
}

void AgentFeed::addRow(model::SampleRow row)
{
    SB_ASSERT(row.values.size() == series_.size());
    if (!isNew(row.sequence))
        return;
    rows_.push_back(std::move(row));
    if (rows_.size() > limits_.rows) {
        lose(rows_.front().sequence, rows_.front().sequence);
        rows_.pop_front();
    }
}

void AgentFeed::addEvent(model::Event event)
{
    if (!isNew(event.sequence))
        return;
    event.agent = id_.str();
    events_.push_back(std::move(event));
    if (events_.size() > limits_.events) {
        lose(events_.front().sequence, events_.front().sequence);
        events_.pop_front();
    }
}

void AgentFeed::addGap(const model::Behind& gap)
{
    if (gap.to < gap.from || gap.to <= newest_)
        return;
    lose(gap.from, gap.to);
    newest_ = gap.to;
}

void AgentFeed::setState(model::AgentState state)
{
    state_ = std::move(state);
    ++stateVersion_;
    gone_.reset();
}

void AgentFeed::setGone(model::AgentGone gone)
{
    gone_ = std::move(gone);
    ++goneVersion_;
}

AgentFeed::Page AgentFeed::readAfter(base::Sequence after, std::size_t entriesMost) const
{
    Page page;
    page.next = after;
    if (lost_ && after < lost_->to)
        page.gap = model::Behind{std::max(after + 1, lost_->from), lost_->to};
    auto row = firstAfter(rows_, after);
    auto event = firstAfter(events_, after);
    while (row != rows_.end() || event != events_.end()) {
        if (page.entries.size() == entriesMost) {
            page.hasMore = true;
            return page;
        }
        const bool isRowNext = event == events_.end()
            || (row != rows_.end() && row->sequence < event->sequence);
        if (isRowNext) {
            page.next = row->sequence;
            page.entries.emplace_back(&*row++);
        } else {
            page.next = event->sequence;
            page.entries.emplace_back(&*event++);
        }
    }
    page.next = std::max(page.next, newest_);
    return page;
}

base::Sequence AgentFeed::startForNewReader() const
{
    return rows_.empty() ? newest_ : rows_.back().sequence - 1;
}

std::vector<const model::Event*> AgentFeed::eventsUpTo(base::Sequence sequence,
                                                       std::size_t most) const
{
    const auto end = firstAfter(events_, sequence);
    const auto held = static_cast<std::size_t>(end - events_.begin());
    std::vector<const model::Event*> found;
    for (auto event = end - static_cast<std::ptrdiff_t>(std::min(held, most)); event != end;
         ++event)
        found.push_back(&*event);
    return found;
}

} // namespace signalbox::recorder
