// SPDX-License-Identifier: Apache-2.0
#include "agent/control/unaudited_check.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace signalbox::control {

namespace {
using namespace std::chrono_literals;
constexpr auto kRetryAfter = 5s;
} // namespace

UnauditedCheck::UnauditedCheck(state::StateStore& store, base::Executor& executor,
                               const StoreKeys& keys, OnFound onFound)
    : store_(store), executor_(executor), keys_(keys), onFound_(std::move(onFound))
{
}

void UnauditedCheck::Question::add(base::Revision revision, std::uint64_t first,
                                   std::vector<std::string> keys)
{
    if (changes.empty())
        firstRecord = first;
    firstRecord = std::min(firstRecord, first);
    auto& known = changes[revision];
    std::move(keys.begin(), keys.end(), std::back_inserter(known));
}

void UnauditedCheck::look(const state::MirrorUpdate& update, base::Revision knownRevision,
                          std::uint64_t headAuditNumber)
{
    // A watched change belongs to one of the newest records; after a list any record may matter.
    const std::uint64_t back = std::min<std::uint64_t>(headAuditNumber, limits::kRepeatLookback);
    const std::uint64_t first = update.isFromList ? 0 : headAuditNumber - back;
    for (const state::Event& event : update.events) {
        const base::Revision revision = event.now.modRevision;
        // A list does not tell at which revision something was deleted.
        if (update.isFromList && event.kind == state::Event::Kind::Delete)
            continue;
        if (revision <= knownRevision)
            continue;
        const bool isFull = next_.changes.size() >= limits::kUnauditedPending;
        if (isFull && !next_.changes.contains(revision))
            ++uncheckedTotal_;
        else
            next_.add(revision, first, {keys_.relative(event.now.key)});
    }
    ask();
}

void UnauditedCheck::ask()
{
    if (isAsking_ || next_.changes.empty())
        return;
    isAsking_ = true;
    Question question = std::exchange(next_, {});
    state::Range range;
    range.keys = state::KeyRange{keys_.audit(question.firstRecord),
                                 state::KeyRange::prefix(keys_.auditPrefix()).end};
    range.fields = state::Fields::KeysOnly;
    range.modRevision = {question.changes.begin()->first, question.changes.rbegin()->first};
    store_.range(std::move(range), state::kStoreTimeout,
                 [this, alive = std::weak_ptr(alive_), question = std::move(question)](
                     base::Result<state::RangeResult> answer) {
                     if (!alive.expired())
                         onAnswer(question, std::move(answer));
                 });
}

void UnauditedCheck::onAnswer(const Question& asked, base::Result<state::RangeResult> answer)
{
    isAsking_ = false;
    if (!answer) {
        for (const auto& [revision, keys] : asked.changes)
            next_.add(revision, asked.firstRecord, keys);
        retry_ = executor_.after(kRetryAfter, [this] { ask(); });
        return;
    }
    std::set<base::Revision> audited;
    for (const state::KeyValue& key : answer->keys) {
        if (keys_.parseAudit(key.key))
            audited.insert(key.modRevision);
    }
    for (const auto& [revision, keys] : asked.changes) {
        if (!audited.contains(revision))
            onFound_(revision, keys);
    }
    ask();
}

} // namespace signalbox::control
