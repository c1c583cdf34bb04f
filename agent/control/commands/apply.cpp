// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/apply.h"

#include "agent/control/commands/command_text.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox::control {

namespace {

using namespace std::chrono_literals;
using Outcome = ApplyAnswer::Outcome;

// Each try reads, and writes only if nothing moved; so repeating after a lost answer is safe.
constexpr int kTriesMost = 6;
constexpr std::chrono::milliseconds kRetryLeast{100};
constexpr auto kPatience = 15s;

base::Error precondition(std::string text)
{
    return base::Error(base::Code::FailedPrecondition, std::move(text), base::Origin::Client);
}

} // namespace

// One apply on its way. Lives on: control. Owned by the desk until it has finished.
class CommandDesk::Attempt : public std::enable_shared_from_this<Attempt> {
public:
    Attempt(CommandDesk& desk, model::Plan plan, model::ApplyOptions options,
            state::Done<ApplyAnswer> done)
        : desk_(desk), plan_(std::move(plan)), options_(std::move(options)),
          done_(std::move(done)), startedAt_(desk.parts_.clock.monotonic())
    {
    }

    void run()
    {
        ++tries_;
        desk_.parts_.ledger.read([weak = weak_from_this()](base::Result<LedgerPage> page) {
            const auto self = weak.lock();
            if (self && page)
                self->onPage(std::move(*page));
            else if (self)
                self->onUnread(page.error());
        });
    }

private:
    void onPage(LedgerPage page)
    {
        page_ = std::move(page);
        desk_.parts_.ledger.findRequest(
            page_.auditHead, options_.requestId,
            [weak = weak_from_this()](base::Result<std::optional<model::AuditRecord>> found) {
                const auto self = weak.lock();
                if (!self)
                    return;
                if (!found)
                    self->onUnread(found.error());
                else if (*found)
                    self->onRepeated(**found);
                else
                    self->onNew();
            });
    }

    // Written before: by somebody else's call with this id, or by a try of ours that was not heard.
    void onRepeated(const model::AuditRecord& record)
    {
        if (!(record.edit == plan_.edit)) {
            return finish(base::Error(base::Code::AlreadyExists,
                                      fmt::format("request id '{}' belongs to command {}, which "
                                                  "changed something else",
                                                  options_.requestId, record.number),
                                      base::Origin::Client));
        }
        ApplyAnswer answer;
        answer.outcome = mayBeWritten_ ? Outcome::Applied : Outcome::AlreadyApplied;
        answer.revision = record.revision;
        answer.auditNumber = record.number;
        finish(std::move(answer));
    }

    void onNew()
    {
        if (const auto status = checkPlan(); !status)
            return finish(status.error());
        auto previewed = desk_.previewAt(page_, plan_.edit, {plan_.undoes, 0});
        if (!previewed)
            return finish(previewed.error());
        if (hasMoved())
            return conflict(std::move(previewed->preview));
        if (const auto status = checkPreview(*previewed); !status)
            return finish(status.error());
        write(std::move(previewed->preview));
    }

    base::Status checkPlan() const
    {
        const FleetPicture& fleet = *desk_.parts_.fleet.picture();
        const auto signer = fleet.agents.find(plan_.signer);
        const std::string& key = plan_.signer == desk_.parts_.agent
            ? desk_.parts_.signer.publicKey()
            : signer == fleet.agents.end() ? std::string()
                                           : signer->second.planPublicKey;
        SB_CHECK(verifyPlan(plan_, key));
        const std::int64_t late = desk_.nowUnixMs() - plan_.expiresUnixMs;
        // A try of ours that was not heard may take longer than the plan lives.
        if (late >= 0 && !mayBeWritten_)
            return precondition(fmt::format("the preview expired {} ago: preview again",
                                            model::spanText(late)));
        return {};
    }

    bool hasMoved() const
    {
        return page_.policy.policy.revision != plan_.baseRevision
            || std::any_of(plan_.reads.begin(), plan_.reads.end(), [&](const auto& read) {
                   return page_.policy.revisionOf(read.key) != read.modRevision;
               });
    }

    base::Status checkPreview(const Previewed& previewed) const
    {
        if (previewed.preview.diff.empty())
            return precondition("nothing would change: it is so already");
        if (previewed.overrideName.empty() || previewed.overrideName == options_.overrideName)
            return {};
        return precondition(
            options_.overrideName.empty()
                ? "refused: " + previewed.preview.refusal
                : fmt::format("refused: the typed name is '{}'; {}", options_.overrideName,
                              previewed.preview.refusal));
    }

    void write(model::Preview preview)
    {
        auto after = model::applyEdit(page_.policy.policy, plan_.edit, options_.cause);
        if (!after)
            return finish(after.error());
        Ledger::Entry entry;
        entry.page = page_;
        entry.after = std::move(*after);
        model::AuditRecord& record = entry.record;
        record.operatorName = options_.operatorName;
        record.agent = desk_.parts_.agent;
        record.cause = options_.cause;
        record.requestId = options_.requestId;
        record.overrideName = preview.refusal.empty() ? "" : options_.overrideName;
        record.edit = plan_.edit;
        record.inverse = std::move(preview.inverse);
        record.diff = std::move(preview.diff);
        record.previewed = std::move(preview.survivors);
        record.baseRevision = plan_.baseRevision;
        record.undoes = plan_.undoes;
        desk_.parts_.ledger.write(std::move(entry), [weak = weak_from_this()](auto written) {
            if (const auto self = weak.lock())
                self->onWritten(std::move(written));
        });
    }

    void onWritten(base::Result<Ledger::Written> written)
    {
        if (!written) {
            if (!state::outcomeUnknown(written.error()))
                return finish(written.error());
            mayBeWritten_ = true;
            return retry(written.error());
        }
        // Somebody was faster: what he did decides whether this is a conflict.
        if (written->hasMoved)
            return retry(base::Error(base::Code::Aborted,
                                     "others keep writing commands at the same time: repeat it",
                                     base::Origin::Store));
        ApplyAnswer answer;
        answer.revision = written->revision;
        answer.auditNumber = written->number;
        finish(std::move(answer));
    }

    // Before a write the operator is told at once; after one it matters what became of it.
    void onUnread(const base::Error& error)
    {
        if (mayBeWritten_)
            retry(error);
        else
            finish(error);
    }

    void retry(const base::Error& error)
    {
        const bool isLate = desk_.parts_.clock.monotonic() - startedAt_ >= kPatience;
        if (isLate || tries_ >= kTriesMost)
            return finish(mayBeWritten_
                              ? error.because("it is not known whether the command was written; "
                                              "repeating it with the same request id is safe")
                              : error);
        timer_ = desk_.parts_.executor.after(kRetryLeast * (1 << tries_),
                                             [weak = weak_from_this()] {
                                                 if (const auto self = weak.lock())
                                                     self->run();
                                             });
    }

    void conflict(model::Preview fresh)
    {
        ApplyAnswer answer;
        answer.outcome = Outcome::Conflict;
        answer.revision = page_.policy.policy.revision;
        answer.fresh = std::move(fresh);
        finish(std::move(answer));
    }

    void finish(base::Result<ApplyAnswer> answer)
    {
        if (answer && answer->outcome == Outcome::Applied)
            log::info("control", "command_applied", "number", answer->auditNumber, "revision",
                      answer->revision, "operator", options_.operatorName);
        const auto self = shared_from_this();
        desk_.attempts_.erase(self);
        done_(std::move(answer));
    }

    CommandDesk& desk_;
    model::Plan plan_;
    model::ApplyOptions options_;
    state::Done<ApplyAnswer> done_;
    base::Monotonic startedAt_;
    LedgerPage page_;
    int tries_ = 0;
    bool mayBeWritten_ = false; // a write of ours had no answer
    base::Executor::TimerPtr timer_;
};

CommandDesk::CommandDesk(Parts parts) : parts_(std::move(parts))
{
}

CommandDesk::~CommandDesk() = default;

void CommandDesk::preview(model::Edit edit, state::Done<model::Preview> done)
{
    previewAgainstStore(std::move(edit), {}, std::move(done));
}

void CommandDesk::previewUndo(std::uint64_t auditNumber, state::Done<model::Preview> done)
{
    parts_.ledger.record(auditNumber, [this, alive = std::weak_ptr(alive_),
                                       done](base::Result<model::AuditRecord> record) {
        if (alive.expired())
            return;
        if (!record)
            return done(record.error());
        if (model::isNothing(record->inverse)) {
            return done(precondition(fmt::format("command {} cannot be undone: {}", record->number,
                                                 record->operatorName == kSeedOperator
                                                     ? "it is the fleet's first policy"
                                                     : "it changed no policy")));
        }
        previewAgainstStore(record->inverse, {record->number, record->revision}, done);
    });
}

void CommandDesk::apply(model::Plan plan, model::ApplyOptions options,
                        state::Done<ApplyAnswer> done)
{
    if (const auto status = checkOptions(options); !status)
        return done(status.error());
    if (attempts_.size() >= limits::kCommandsInFlight) {
        return done(base::Error(base::Code::ResourceExhausted,
                                fmt::format("{} commands are under way on this agent: repeat it",
                                            attempts_.size()),
                                base::Origin::Local, base::Retry::Safe));
    }
    const auto attempt = std::make_shared<Attempt>(*this, std::move(plan), std::move(options),
                                                   std::move(done));
    attempts_.insert(attempt);
    attempt->run();
}

void CommandDesk::previewAgainstStore(model::Edit edit, Undoing undoing,
                                      state::Done<model::Preview> done)
{
    parts_.ledger.read([this, alive = std::weak_ptr(alive_), edit = std::move(edit), undoing,
                        done = std::move(done)](base::Result<LedgerPage> page) {
        if (alive.expired())
            return;
        if (!page)
            return done(page.error());
        auto previewed = previewAt(*page, edit, undoing);
        if (previewed)
            done(std::move(previewed->preview));
        else
            done(previewed.error());
    });
}

base::Result<Previewed> CommandDesk::previewAt(const LedgerPage& page, model::Edit edit,
                                               Undoing undoing) const
{
    if (!page.policy.problems.empty()) {
        return precondition(fmt::format("policy in the store is not valid, so that no agent would "
                                        "follow: {}; repair it first",
                                        page.policy.problems.front()));
    }
    PreviewInputs inputs;
    inputs.policy = &page.policy;
    inputs.fleet = parts_.fleet.picture().get();
    inputs.live = &parts_.live;
    inputs.nowUnixMs = nowUnixMs();
    SB_TRY(Previewed previewed, previewOf(inputs, std::move(edit), undoing));
    parts_.signer.sign(previewed.preview.plan);
    return previewed;
}

std::int64_t CommandDesk::nowUnixMs() const
{
    return base::unixMs(parts_.clock.wall());
}

} // namespace signalbox::control
