// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/local_override.h"

#include "agent/control/commands/command_text.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace signalbox::control {

namespace {

using namespace std::chrono_literals;
using model::Admin;
using model::AdminIntent;

constexpr std::int64_t kLifeMs = 3'600'000;
constexpr auto kTellRetry = 5s;
constexpr std::string_view kFormat = "override 1";

base::Error precondition(std::string text)
{
    return base::Error(base::Code::FailedPrecondition, std::move(text), base::Origin::Client);
}

std::string_view takeUpTo(char separator, std::string_view& rest)
{
    const std::size_t end = rest.find(separator);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

base::Result<AdminIntent> intentFrom(std::string_view json)
{
    model::Policy policy;
    SB_CHECK(wire::addToPolicy(model::PolicyKind::Admin, json, policy));
    return policy.admin.empty() ? AdminIntent{} : policy.admin.begin()->second;
}

} // namespace

LocalOverride::LocalOverride(Parts parts)
    : parts_(std::move(parts)), file_(parts_.path, limits::kOverrideFileBytes)
{
    policyAtBegin_.agent = parts_.agent;
}

void LocalOverride::load()
{
    const auto content = file_.read();
    if (!content && content.error().code() == base::Code::NotFound)
        return;
    const base::Status status = content ? read(content->body) : base::Status(content.error());
    if (!status) {
        log::error("control", "local_override_unreadable", "path", file_.path(), "why",
                   status.error().text());
        return;
    }
    if (!intent_)
        return;
    log::warn("control", "local_override_holds", "until", model::timeText(expiresUnixMs_));
    watchExpiry();
    parts_.onChange();
}

base::Result<std::int64_t> LocalOverride::begin(const model::ApplyOptions& options)
{
    SB_CHECK(checkOptions(options));
    if (intent_ && options.requestId == requestId_)
        return expiresUnixMs_;
    if (isStoreThere_)
        return precondition("the store answers: preview and apply a drain instead");
    if (pending_.size() >= limits::kOverridesKept) {
        return base::Error(base::Code::ResourceExhausted,
                           fmt::format("{} overrides wait to be told to the audit: the store must "
                                       "come back first",
                                       pending_.size()));
    }
    if (!intent_)
        policyAtBegin_ = policyIntent();
    intent_ = AdminIntent{parts_.agent, Admin::Drain, 0, options.cause};
    requestId_ = options.requestId;
    expiresUnixMs_ = nowUnixMs() + kLifeMs;
    const std::string until = model::timeText(expiresUnixMs_);
    remember(options,
             model::AdminEdit{model::Verb::Drain, "", {{parts_.agent, Admin::Drain, 0}}},
             {"admin", parts_.agent, "local override",
              std::string(model::nameOf(policyAtBegin_.admin)),
              fmt::format("drain until {}, store away", until)});
    event(model::Severity::Warning, "local_override_started",
          fmt::format("{} drained {} by hand until {}: {}", options.operatorName, parts_.agent,
                      until, options.cause));
    watchExpiry();
    parts_.onChange();
    return expiresUnixMs_;
}

base::Status LocalOverride::end(const model::ApplyOptions& options)
{
    SB_CHECK(checkOptions(options));
    if (options.requestId == endedBy_)
        return {};
    if (!intent_)
        return precondition(fmt::format("{} has no local override", parts_.agent));
    remember(options,
             model::AdminEdit{model::Verb::Undrain, "", {{parts_.agent, Admin::Run, 0}}},
             {"admin", parts_.agent, "local override", "drain",
              fmt::format("ended, policy says {}", model::nameOf(policyIntent().admin))});
    stop(model::Severity::Info,
         fmt::format("{} ended the local override of {}: {}", options.operatorName, parts_.agent,
                     options.cause));
    endedBy_ = options.requestId;
    return {};
}

void LocalOverride::onPicture(const FleetPicture& picture)
{
    policy_ = picture.policy;
    const AdminIntent now = policyIntent();
    const bool isSame = now.admin == policyAtBegin_.admin
        && now.deadlineUnixMs == policyAtBegin_.deadlineUnixMs;
    if (intent_ && !isSame)
        stop(model::Severity::Info,
             fmt::format("the local override of {} ended: a command says {} now", parts_.agent,
                         model::nameOf(now.admin)));
}

void LocalOverride::onStore(const state::MirrorState& store)
{
    isStoreThere_ = store.kind == state::MirrorState::Kind::Current;
    if (isStoreThere_)
        tellNext();
}

model::Policy LocalOverride::effective(const model::Policy& policy) const
{
    model::Policy effective = policy;
    if (intent_)
        effective.admin[parts_.agent] = *intent_;
    return effective;
}

// The record is complete but for what only the chain knows.
void LocalOverride::remember(const model::ApplyOptions& options, model::AdminEdit edit,
                             model::DiffLine line)
{
    model::AuditRecord record;
    record.atUnixMs = nowUnixMs();
    record.operatorName = options.operatorName;
    record.agent = parts_.agent;
    record.cause = options.cause;
    record.requestId = options.requestId;
    record.edit = std::move(edit);
    record.inverse = model::AdminEdit{model::Verb::SetAdmin, "", {}}; // it changed no policy
    record.diff.push_back(std::move(line));
    record.baseRevision = policy_.revision;
    pending_.push_back(std::move(record));
    save();
    if (isStoreThere_)
        tellNext();
}

void LocalOverride::stop(model::Severity severity, std::string text)
{
    intent_.reset();
    requestId_.clear();
    expiresUnixMs_ = 0;
    expiry_.reset();
    save();
    event(severity, "local_override_ended", std::move(text));
    parts_.onChange();
}

void LocalOverride::watchExpiry()
{
    const std::int64_t left = std::max<std::int64_t>(expiresUnixMs_ - nowUnixMs(), 0);
    expiry_ = parts_.executor.after(std::chrono::milliseconds(left), [this] {
        // The wall clock may have been set back meanwhile.
        if (nowUnixMs() < expiresUnixMs_)
            return watchExpiry();
        stop(model::Severity::Warning,
             fmt::format("the local override of {} has ended after an hour: policy says {}",
                         parts_.agent, model::nameOf(policyIntent().admin)));
    });
}

void LocalOverride::save()
{
    auto work = [file = file_, body = text(), &executor = parts_.executor, this,
                 alive = std::weak_ptr(alive_)] {
        const base::Status status = file.write(body);
        if (status)
            return;
        executor.post([this, alive, why = status.error().text()] {
            if (!alive.expired())
                event(model::Severity::Warning, "local_override_not_saved", why);
        });
    };
    if (!parts_.runOnDisk(std::move(work)))
        event(model::Severity::Warning, "local_override_not_saved", "the disk's queue is full");
}

void LocalOverride::tellNext()
{
    if (isTelling_ || pending_.empty() || !isStoreThere_)
        return;
    isTelling_ = true;
    retry_.reset();
    parts_.ledger.read([this, alive = std::weak_ptr(alive_)](base::Result<LedgerPage> page) {
        if (alive.expired())
            return;
        if (!page)
            return tellLater();
        parts_.ledger.findRequest(page->auditHead, pending_.front().requestId,
                                  [this, alive, page = *page](auto found) {
                                      if (alive.expired())
                                          return;
                                      if (found)
                                          onFound(page, *found);
                                      else
                                          tellLater();
                                  });
    });
}

void LocalOverride::onFound(const LedgerPage& page, const std::optional<model::AuditRecord>& found)
{
    if (found)
        return onTold(); // an earlier write of ours whose answer was lost
    Ledger::Entry entry;
    entry.page = page;
    entry.after = page.policy.policy;
    entry.record = pending_.front();
    parts_.ledger.write(std::move(entry), [this, alive = std::weak_ptr(alive_)](auto written) {
        if (alive.expired())
            return;
        if (written && !written->hasMoved)
            onTold();
        else
            tellLater();
    });
}

void LocalOverride::onTold()
{
    isTelling_ = false;
    event(model::Severity::Info, "local_override_recorded",
          fmt::format("the local override of {} at {} stands in the audit now", parts_.agent,
                      model::timeText(pending_.front().atUnixMs)));
    pending_.pop_front();
    save();
    tellNext();
}

void LocalOverride::tellLater()
{
    isTelling_ = false;
    retry_ = parts_.executor.after(kTellRetry, [this] { tellNext(); });
}

std::string LocalOverride::text() const
{
    std::string text = fmt::format("{}\n", kFormat);
    if (intent_)
        text += fmt::format("until {}\nrequest {}\nintent {}\npolicy {}\n", expiresUnixMs_,
                            requestId_, wire::toJson(*intent_), wire::toJson(policyAtBegin_));
    for (const model::AuditRecord& record : pending_)
        text += fmt::format("untold {}\n", wire::toJson(record));
    return text;
}

base::Status LocalOverride::read(std::string_view text)
{
    if (takeUpTo('\n', text) != kFormat)
        return base::Error(base::Code::DataLoss, fmt::format("does not begin with '{}'", kFormat));
    while (!text.empty()) {
        std::string_view line = takeUpTo('\n', text);
        const std::string_view word = takeUpTo(' ', line);
        if (word == "until") {
            std::from_chars(line.data(), line.data() + line.size(), expiresUnixMs_);
        } else if (word == "request") {
            requestId_ = line;
        } else if (word == "intent") {
            SB_TRY(intent_, intentFrom(line));
        } else if (word == "policy") {
            SB_TRY(policyAtBegin_, intentFrom(line));
        } else if (word == "untold") {
            SB_TRY(model::AuditRecord record, wire::auditFromJson(line));
            pending_.push_back(std::move(record));
        } else {
            return base::Error(base::Code::DataLoss, fmt::format("unknown word '{}'", word));
        }
    }
    return {};
}

AdminIntent LocalOverride::policyIntent() const
{
    const auto found = policy_.admin.find(parts_.agent);
    return found == policy_.admin.end() ? AdminIntent{parts_.agent, Admin::Run, 0, ""}
                                        : found->second;
}

void LocalOverride::event(model::Severity severity, std::string kind, std::string text)
{
    log::write(severity == model::Severity::Info ? log::Level::Info : log::Level::Warn, "control",
               kind, {{"agent", parts_.agent}, {"text", text}});
    model::Event event;
    event.unixMs = nowUnixMs();
    event.kind = std::move(kind);
    event.object = parts_.agent;
    event.text = std::move(text);
    event.severity = severity;
    parts_.onEvent(std::move(event));
}

std::int64_t LocalOverride::nowUnixMs() const
{
    return base::unixMs(parts_.clock.wall());
}

} // namespace signalbox::control
