// SPDX-License-Identifier: GPL-3.0-or-later
// The draft's half: preview and apply. What comes after is in following.cpp.
#include "console/command/command_desk.h"

#include "console/command/request_id.h"
#include "console/command/sent_command.h"
#include "shared/base/limits.h"

#include <QPointer>

#include <algorithm>
#include <chrono>

namespace signalbox::command {

using namespace std::chrono_literals;

namespace {

constexpr auto kTick = 500ms;
constexpr auto kPreviewRefresh = 5s;
constexpr auto kPlanHolds = 60s; // agents take a plan for as long

std::int64_t wholeMs(std::chrono::nanoseconds span)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

// The numbers in a preview move all the time; these are what the operator decides about.
bool isAnother(const model::Preview& before, const model::Preview& after)
{
    return before.diff != after.diff || before.agents != after.agents
        || before.refusal.empty() != after.refusal.empty()
        || before.overrideName != after.overrideName;
}

// Whether that answer to apply says for sure that nothing was written.
bool isCertain(base::Code code)
{
    switch (code) {
    case base::Code::InvalidArgument:
    case base::Code::NotFound:
    case base::Code::AlreadyExists:
    case base::Code::PermissionDenied:
    case base::Code::ResourceExhausted:
    case base::Code::FailedPrecondition:
    case base::Code::OutOfRange:
    case base::Code::Unimplemented:
    case base::Code::Unauthenticated: return true;
    case base::Code::Cancelled:
    case base::Code::Unknown:
    case base::Code::DeadlineExceeded:
    case base::Code::Aborted:
    case base::Code::Internal:
    case base::Code::Unavailable:
    case base::Code::DataLoss: return false;
    }
    return false;
}

} // namespace

CommandDesk::CommandDesk(fleet::FleetStore& store, CommandPort& port, const base::Clock& clock,
                         QObject* parent)
    : QObject(parent), store_(store), port_(port), clock_(clock)
{
    timer_.setInterval(kTick);
    connect(&timer_, &QTimer::timeout, this, &CommandDesk::tick);
    // A plan is made for one revision; and what was asked into a dead link is asked again.
    connect(&store_, &fleet::FleetStore::policyChanged, this, &CommandDesk::askAgain);
    connect(&store_, &fleet::FleetStore::linkChanged, this, [this] {
        if (isLinked())
            askAgain();
        if (isDraftOpen())
            Q_EMIT draftChanged();
    });
}

CommandDesk::~CommandDesk() = default;

void CommandDesk::setAccess(Access access)
{
    if (access == access_)
        return;
    access_ = access;
    Q_EMIT draftChanged();
}

bool CommandDesk::open(const std::string& subject)
{
    if (isDraftOpen() && !close())
        return false;
    draft_ = {};
    draft_.subject = subject;
    const auto kept = std::find_if(keptCauses_.begin(), keptCauses_.end(),
                                   [&](const auto& one) { return one.first == subject; });
    if (kept != keptCauses_.end())
        draft_.cause = kept->second;
    problem_.clear();
    setState(DeskState::Incomplete);
    wake();
    return true;
}

void CommandDesk::setWish(std::optional<Wish> wish)
{
    const bool mayChange = isDraftOpen() && !sent_;
    if (!mayChange)
        return;
    isChanged_ = false;
    problem_.clear();
    if (!wish) {
        ++question_; // what is on its way is about something else
        isAsking_ = false;
        preview_.reset();
        return setState(DeskState::Incomplete);
    }
    const bool isSame = state_ != DeskState::Incomplete && draft_.wish == *wish;
    if (isSame)
        return;
    draft_.wish = std::move(*wish);
    preview_.reset();
    setState(DeskState::Previewing);
    ask();
}

void CommandDesk::setCause(const std::string& cause)
{
    if (sent_ || draft_.cause == cause)
        return;
    draft_.cause = cause;
    Q_EMIT draftChanged();
}

void CommandDesk::setTypedName(const std::string& name)
{
    if (sent_ || draft_.typedName == name)
        return;
    draft_.typedName = name;
    Q_EMIT draftChanged();
}

void CommandDesk::askAgain()
{
    const bool hasQuestion = isDraftOpen() && state_ != DeskState::Incomplete && !sent_;
    if (hasQuestion)
        ask();
}

void CommandDesk::acceptChange()
{
    if (!isChanged_)
        return;
    isChanged_ = false;
    setState(DeskState::Previewed);
}

bool CommandDesk::close()
{
    if (state_ == DeskState::Applying)
        return false;
    keepCause();
    ++question_;
    isAsking_ = mustAskAgain_ = isChanged_ = false;
    preview_.reset();
    sent_.reset();
    draft_ = {};
    setState(DeskState::Closed);
    return true;
}

void CommandDesk::setState(DeskState state)
{
    state_ = state;
    Q_EMIT draftChanged();
}

// One question at a time: a wish that changes meanwhile is asked once the answer is there.
void CommandDesk::ask()
{
    mustAskAgain_ = isAsking_;
    if (isAsking_)
        return;
    isAsking_ = true;
    const std::uint64_t question = ++question_;
    auto done = [self = QPointer<CommandDesk>(this), question](auto answer) {
        if (self && self->question_ == question)
            self->takePreview(std::move(answer));
    };
    if (const auto* undo = std::get_if<UndoOf>(&draft_.wish))
        port_.previewUndo(undo->auditNumber, std::move(done));
    else
        port_.preview(std::get<model::Edit>(draft_.wish), std::move(done));
}

void CommandDesk::takePreview(base::Result<model::Preview> answer)
{
    isAsking_ = false;
    if (sent_)
        return; // what was sent stands as it was shown
    if (mustAskAgain_)
        return ask();
    if (!answer) {
        // An old preview stays to be read; it expires by itself.
        problem_ = answer.error().text();
        previewedAt_ = preview_ ? previewedAt_ : clock_.monotonic();
        return setState(preview_ ? state_ : DeskState::Failed);
    }
    showPreview(std::move(*answer));
}

void CommandDesk::showPreview(model::Preview preview)
{
    const bool isRefresh = preview_.has_value();
    isChanged_ = isChanged_ || (isRefresh && isAnother(*preview_, preview));
    preview_ = std::move(preview);
    previewedAt_ = clock_.monotonic();
    previewedUnixMs_ = store_.nowUnixMs();
    // Why the last try was refused stays to be read; a failed question is over.
    if (state_ != DeskState::Refused)
        problem_.clear();
    const bool keepsState = state_ == DeskState::Refused || state_ == DeskState::Conflict;
    setState(keepsState ? state_ : DeskState::Previewed);
}

std::int64_t CommandDesk::previewAgeMs() const
{
    return preview_ ? wholeMs(clock_.monotonic() - previewedAt_) : 0;
}

std::int64_t CommandDesk::previewHoldsMs() const
{
    const std::int64_t left = wholeMs(kPlanHolds) - previewAgeMs();
    return preview_ ? std::max<std::int64_t>(0, left) : 0;
}

std::vector<Hindrance> CommandDesk::hindrances() const
{
    std::vector<Hindrance> found;
    if (access_ == Access::Replay)
        found.push_back(Hindrance::Replay);
    if (access_ == Access::ReadOnly)
        found.push_back(Hindrance::ReadOnly);
    if (!isLinked())
        found.push_back(Hindrance::LinkLost);
    if (state_ == DeskState::Applying)
        found.push_back(Hindrance::Busy);
    if (sent_)
        return found; // the same again: all else was settled when it was sent
    if (store_.storeAwaySinceUnixMs() != 0)
        found.push_back(Hindrance::StoreAway);
    noteParameters(found);
    return found;
}

void CommandDesk::noteParameters(std::vector<Hindrance>& found) const
{
    const auto note = [&found](bool is, Hindrance hindrance) {
        if (is)
            found.push_back(hindrance);
    };
    const bool isIncomplete
        = state_ == DeskState::Closed || state_ == DeskState::Incomplete;
    note(isIncomplete, Hindrance::Incomplete);
    note(!isIncomplete && !preview_ && state_ != DeskState::Failed, Hindrance::NoPreview);
    note(state_ == DeskState::Failed, Hindrance::PreviewFailed);
    if (preview_) {
        note(previewHoldsMs() == 0, Hindrance::Expired);
        note(isChanged_, Hindrance::Changed);
        note(preview_->diff.empty(), Hindrance::NothingChanges);
        const bool isNamed = preview_->overrideName.empty()
            ? !draft_.typedName.empty() // an agent that does not say the name checks it itself
            : draft_.typedName == preview_->overrideName;
        note(!preview_->refusal.empty() && !isNamed, Hindrance::NotNamed);
    }
    note(draft_.cause.empty(), Hindrance::NoCause);
    note(isTooLong(draft_.cause), Hindrance::CauseTooLong);
}

void CommandDesk::apply()
{
    if (!hindrances().empty())
        return;
    if (!sent_) {
        sent_ = std::make_unique<Sent>();
        sent_->preview = *preview_;
        sent_->previewedUnixMs = previewedUnixMs_;
        sent_->options.operatorName = port_.operatorName();
        sent_->options.cause = draft_.cause;
        sent_->options.requestId = newRequestId();
        if (!preview_->refusal.empty())
            sent_->options.overrideName = draft_.typedName;
    }
    setState(DeskState::Applying);
    const Sent sent = *sent_; // the answer may come before the call returns
    port_.apply(
        sent.preview.plan, sent.options,
        [self = QPointer<CommandDesk>(this)](const base::Result<model::ApplyAnswer>& answer) {
            if (self && self->state_ == DeskState::Applying)
                self->takeApplied(answer);
        });
}

void CommandDesk::takeApplied(const base::Result<model::ApplyAnswer>& answer)
{
    if (!answer) {
        problem_ = answer.error().text();
        if (!isCertain(answer.error().code()))
            return setState(DeskState::Unsure);
        sent_.reset();
        setState(DeskState::Refused);
        return askAgain();
    }
    problem_.clear();
    if (answer->outcome == model::ApplyAnswer::Outcome::Conflict)
        return takeConflict(*answer);
    follow(*answer);
    draft_.cause.clear(); // it is used
    keepCause();
    sent_.reset();
    state_ = DeskState::Previewed; // close() refuses while it is being applied
    close();
    port_.refreshPolicy();
    Q_EMIT applied(answer->auditNumber);
    Q_EMIT followedChanged();
}

// Nothing was written, so that the next try is another request.
void CommandDesk::takeConflict(const model::ApplyAnswer& answer)
{
    sent_.reset();
    isChanged_ = true;
    setState(DeskState::Conflict);
    if (answer.fresh)
        showPreview(*answer.fresh);
    else
        askAgain();
}

void CommandDesk::keepCause()
{
    const auto isOfDraft = [this](const auto& one) { return one.first == draft_.subject; };
    std::erase_if(keptCauses_, isOfDraft);
    if (draft_.cause.empty())
        return;
    keptCauses_.emplace_front(draft_.subject, draft_.cause);
    if (keptCauses_.size() > limits::kDraftsKept)
        keptCauses_.pop_back();
}

void CommandDesk::tickDraft()
{
    const bool isDue = clock_.monotonic() - previewedAt_ >= kPreviewRefresh;
    const bool mayAsk = isLinked() && !isAsking_ && (preview_ || state_ == DeskState::Failed);
    if (mayAsk && isDue)
        askAgain();
}

void CommandDesk::tick()
{
    if (isDraftOpen())
        tickDraft();
    for (FollowedCommand& one : followed_)
        tickFollowed(one);
    if (!followed_.empty())
        Q_EMIT followedChanged();
    Q_EMIT ticked();
    wake();
}

void CommandDesk::wake()
{
    const bool isFollowing
        = std::any_of(followed_.begin(), followed_.end(), [](const FollowedCommand& one) {
              return one.stage == CommandStage::Converging
                  || one.stage == CommandStage::Following;
          });
    const bool isNeeded = isDraftOpen() || isFollowing;
    if (isNeeded && !timer_.isActive())
        timer_.start();
    if (!isNeeded)
        timer_.stop();
}

} // namespace signalbox::command
