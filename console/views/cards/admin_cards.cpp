// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/admin_cards.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QRadioButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

constexpr int kNamesShown = 12;
constexpr int kDefaultMinutes = 10;
constexpr int kMostMinutes = 24 * 60;
constexpr std::int64_t kMinuteMs = 60'000;

model::Verb verbOf(Act act)
{
    if (act == Act::Drain)
        return model::Verb::Drain;
    return act == Act::Undrain ? model::Verb::Undrain : model::Verb::SetAdmin;
}

model::Admin stateOf(Act act)
{
    if (act == Act::Drain)
        return model::Admin::Drain;
    return act == Act::Undrain ? model::Admin::Run : model::Admin::Maint;
}

// A state of its own and a deadline belong to each agent; else a pool is sent by its name.
bool mustNameAgents(const model::AdminEdit& edit, std::int64_t deadlineUnixMs)
{
    return edit.pool.empty() || edit.verb == model::Verb::SetAdmin || deadlineUnixMs != 0;
}

QString openText(const fleet::Agent& agent)
{
    const float open = agent.readings[fleet::Reading::InFlight];
    if (!(open >= 0))
        return text::unknownText();
    return models::countedText(static_cast<std::int64_t>(open),
                               AdminCard::tr("request open"), AdminCard::tr("requests open"));
}

} // namespace

std::unique_ptr<CommandCard> AdminCard::make(Session& session, Act act,
                                             const std::vector<ObjectRef>& objects)
{
    Targets targets = targetsOf(session.store, objects);
    if (targets.isEmpty())
        return nullptr;
    return std::make_unique<AdminCard>(session, act, std::move(targets));
}

AdminCard::AdminCard(Session& session, Act act, Targets targets)
    : CommandCard(session, nullptr), act_(act), targets_(std::move(targets))
{
    addTargets();
    addMeaning();
}

void AdminCard::addTargets()
{
    const auto count = static_cast<std::int64_t>(targets_.agents.size());
    addCaption(targets_.pool.empty()
                   ? models::countedText(count, tr("instance"), tr("instances"))
                   : tr("Pool %1, %2")
                         .arg(models::shownName(targets_.pool),
                              models::countedText(count, tr("instance"), tr("instances"))));
    int shown = 0;
    for (const std::string& id : targets_.agents) {
        if (++shown > kNamesShown) {
            addHint(tr("and %1 more").arg(count - kNamesShown));
            break;
        }
        const int slot = session().store.slotOf(id);
        auto* line = new QHBoxLayout;
        line->addWidget(plainLabel(models::shownName(id), nullptr, this), 1);
        line->addWidget(plainLabel(slot < 0 ? tr("not in the fleet now")
                                            : openText(session().store.agent(slot)),
                                   "captionFaint", this));
        body()->addLayout(line);
    }
    if (targets_.leftOut > 0)
        addHint(tr("%1 more are left out: one command takes 100.").arg(targets_.leftOut));
}

// The difference is told each time: the two are easily taken for each other.
void AdminCard::addMeaning()
{
    addCaption(tr("What it means"));
    switch (act_) {
    case Act::Drain:
        return addHint(tr("DRAIN: no new work. Health checks go on, running requests end where "
                          "they are; none is cut. MAINT would also stop the checks."));
    case Act::Undrain:
        return addHint(tr("New requests reach it with the next snapshot. What runs there is not "
                          "touched."));
    case Act::Maintenance:
        return addHint(tr("MAINT: no new work and no health checks, so nothing is reported about "
                          "it. Running requests end where they are. DRAIN would go on checking."));
    case Act::Failover:
    case Act::Failback:
    case Act::Weights:
    case Act::Scale:
    case Act::Undo: break;
    }
}

model::AdminEdit AdminCard::edit() const
{
    model::AdminEdit edit;
    edit.verb = verbOf(act_);
    edit.pool = targets_.pool;
    if (!mustNameAgents(edit, 0))
        return edit;
    for (const std::string& agent : targets_.agents)
        edit.changes.push_back({agent, stateOf(act_), 0});
    return edit;
}

QString AdminCard::title() const
{
    return models::editTitle(edit());
}

QString AdminCard::buttonText() const
{
    return models::editTitle(edit());
}

std::optional<command::Wish> AdminCard::wish() const
{
    return command::Wish(model::Edit(edit()));
}

std::string AdminCard::subject() const
{
    return std::string(nameOf(verbOf(act_))) + " " + targets_.subject();
}

std::unique_ptr<CommandCard> DrainCard::make(Session& session,
                                             const std::vector<ObjectRef>& objects)
{
    Targets targets = targetsOf(session.store, objects);
    if (targets.isEmpty())
        return nullptr;
    return std::make_unique<DrainCard>(session, std::move(targets));
}

DrainCard::DrainCard(Session& session, Targets targets)
    : AdminCard(session, Act::Drain, std::move(targets)),
      wait_(new QRadioButton(tr("Wait without end"), this)),
      until_(new QRadioButton(tr("Tell me after"), this)), minutes_(new QSpinBox(this))
{
    addCaption(tr("Deadline"));
    wait_->setChecked(true);
    wait_->setAccessibleName(tr("No deadline: wait without end"));
    wait_->setToolTip(tr("The drain waits until the last request has ended"));
    until_->setAccessibleName(tr("A deadline, in minutes"));
    until_->setToolTip(tr("What is still open then is shown; you choose what happens to it"));
    minutes_->setRange(1, kMostMinutes);
    minutes_->setValue(kDefaultMinutes);
    minutes_->setSuffix(tr(" min"));
    minutes_->setEnabled(false);
    minutes_->setAccessibleName(tr("Minutes until the deadline"));
    minutes_->setToolTip(tr("1 to 1,440 minutes"));
    body()->addWidget(wait_);
    auto* line = new QHBoxLayout;
    line->addWidget(until_);
    line->addWidget(minutes_);
    line->addStretch(1);
    body()->addLayout(line);
    addHint(tr("Nothing is cut at the deadline: it is yours to decide."));
    connect(until_, &QRadioButton::toggled, this, [this](bool isOn) {
        minutes_->setEnabled(isOn);
        chooseDeadline();
    });
    connect(minutes_, qOverload<int>(&QSpinBox::valueChanged), this, &DrainCard::chooseDeadline);
}

void DrainCard::chooseDeadline()
{
    deadlineUnixMs_ = until_->isChecked()
        ? session().store.nowUnixMs() + minutes_->value() * kMinuteMs
        : 0;
    Q_EMIT changed();
}

model::AdminEdit DrainCard::edit() const
{
    model::AdminEdit edit = AdminCard::edit();
    if (!mustNameAgents(edit, deadlineUnixMs_))
        return edit;
    edit.changes.clear();
    for (const std::string& agent : targets().agents)
        edit.changes.push_back({agent, model::Admin::Drain, deadlineUnixMs_});
    return edit;
}

} // namespace signalbox::views
