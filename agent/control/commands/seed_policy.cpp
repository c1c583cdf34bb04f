// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/seed_policy.h"

#include "shared/base/log.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::control {

namespace {
using namespace std::chrono_literals;
constexpr auto kRetryAfter = 1s;
constexpr std::string_view kSeedCause = "first start";
} // namespace

PolicySeeder::PolicySeeder(Ledger& ledger, base::Executor& executor, std::string agent,
                           model::Policy policy)
    : ledger_(ledger), executor_(executor), agent_(std::move(agent)), policy_(std::move(policy))
{
    policy_.revision = 0;
}

void PolicySeeder::start(state::Done<Outcome> done)
{
    done_ = std::move(done);
    look();
}

void PolicySeeder::look()
{
    ledger_.read([this, alive = std::weak_ptr(alive_)](base::Result<LedgerPage> page) {
        if (alive.expired())
            return;
        if (page)
            onPage(*page);
        else
            onFailed(page.error());
    });
}

void PolicySeeder::onPage(const LedgerPage& page)
{
    if (!page.policy.revisions.empty()) {
        // Ours, if a write had no answer; somebody else's is as good.
        if (!page.policy.hasHead())
            log::warn("control", "policy_without_head", "keys", page.policy.revisions.size());
        return done_(mayBeWritten_ ? Outcome::Seeded : Outcome::AlreadyThere);
    }
    Ledger::Entry entry;
    entry.page = page;
    entry.after = policy_;
    entry.record.operatorName = std::string(kSeedOperator);
    entry.record.agent = agent_;
    entry.record.cause = std::string(kSeedCause);
    entry.record.requestId = fmt::format("seed-{}", agent_);
    // A first policy is no edit of one: what it brought stands in the diff.
    entry.record.edit = model::AdminEdit{model::Verb::SetAdmin, "", {}};
    entry.record.inverse = entry.record.edit;
    entry.record.diff = model::diffOf(page.policy.policy, policy_);
    ledger_.write(std::move(entry), [this, alive = std::weak_ptr(alive_)](auto written) {
        if (alive.expired())
            return;
        if (!written) {
            mayBeWritten_ = mayBeWritten_ || state::outcomeUnknown(written.error());
            return onFailed(written.error());
        }
        if (written->hasMoved)
            return look();
        log::info("control", "policy_seeded", "revision", written->revision);
        done_(Outcome::Seeded);
    });
}

void PolicySeeder::onFailed(const base::Error& error)
{
    const bool isTransient = error.code() == base::Code::Unavailable
        || error.code() == base::Code::DeadlineExceeded || state::outcomeUnknown(error);
    if (!isTransient)
        return done_(error.because("writing the first policy"));
    log::debug("control", "policy_not_seeded_yet", "why", error.text());
    retry_ = executor_.after(kRetryAfter, [this] { look(); });
}

} // namespace signalbox::control
