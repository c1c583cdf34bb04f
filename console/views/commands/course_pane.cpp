// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands/course_pane.h"

#include "console/command/followed_command.h"
#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/commands/traffic_strips.h"
#include "console/views/frame/panel.h"
#include "console/views/readouts/figures.h"
#include "console/views/readouts/progress.h"
#include "console/views/readouts/rows_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

using command::CommandStage;
using command::DrainView;
using command::FollowedCommand;
using Tone = RowsCell::Tone;

constexpr std::size_t kAgentsShown = 100;

QString streams(std::int64_t count)
{
    return models::countedText(count, CoursePane::tr("stream"), CoursePane::tr("streams"));
}

bool isEnded(const DrainView& drain)
{
    return drain.isDrained || drain.isGone || drain.isTakenBack;
}

std::size_t drainedCount(const FollowedCommand& followed)
{
    return static_cast<std::size_t>(
        std::count_if(followed.drains.begin(), followed.drains.end(),
                      [](const DrainView& drain) { return drain.isDrained; }));
}

QString drainAnswer(const FollowedCommand& followed)
{
    if (followed.stage != CommandStage::Done)
        return CoursePane::tr("%1 left").arg(streams(followed.left()));
    return drainedCount(followed) == followed.drains.size()
        ? CoursePane::tr("Drained: safe to stop")
        : CoursePane::tr("The drain has ended");
}

QString scaleAnswer(const command::ScaleView& scale)
{
    return CoursePane::tr("%1 ready").arg(text::ofText(scale.ready, scale.desired));
}

QString appliedAnswer(const FollowedCommand& followed)
{
    if (!followed.convergence)
        return CoursePane::tr("Applied as revision %1").arg(followed.revision);
    return CoursePane::tr("Applied by %1")
        .arg(text::ofText(followed.convergence->alteredApplied,
                          followed.convergence->alteredTotal));
}

// The first one behind, in a sentence; the others stand in the list.
QString behindSentence(const model::Convergence& convergence)
{
    if (convergence.behind.empty())
        return {};
    const model::Convergence::Behind& first = convergence.behind.front();
    QString words = CoursePane::tr("%1 is behind at %2, last seen %3 ago")
                        .arg(models::shownName(first.agent))
                        .arg(first.applied)
                        .arg(text::ageText(first.lastSeenMs));
    if (!first.rejectedReason.empty())
        words = CoursePane::tr("%1 rejected it: %2")
                    .arg(models::shownName(first.agent),
                         text::plainText(first.rejectedReason, text::kReasonCharacters));
    const std::size_t more = convergence.behind.size() - 1;
    return more == 0 ? words + QLatin1Char('.')
                     : CoursePane::tr("%1; %2 more are behind.").arg(words).arg(more);
}

QString sentenceOf(const FollowedCommand& followed)
{
    QString words;
    if (followed.stage == CommandStage::LetGo)
        words = CoursePane::tr("No longer followed. The change stays in place. ");
    if (followed.wasApplied)
        words += CoursePane::tr("It had been applied by an earlier try. ");
    if (!followed.problem.empty())
        words += CoursePane::tr("Who runs it cannot be asked: %1. ")
                     .arg(text::plainText(followed.problem, text::kReasonCharacters));
    if (followed.scale && !followed.scale->problem.empty())
        words += CoursePane::tr("Nothing can be started: %1. ")
                     .arg(text::plainText(followed.scale->problem, text::kReasonCharacters));
    if (followed.convergence)
        words += behindSentence(*followed.convergence);
    const bool isQuiet = words.isEmpty() && followed.stage == CommandStage::Done;
    if (isQuiet && !followed.hasDrain())
        words = CoursePane::tr("Every agent that it alters runs it.");
    return words;
}

const model::Convergence::Behind* behindOf(const FollowedCommand& followed,
                                           const std::string& agent)
{
    if (!followed.convergence)
        return nullptr;
    const auto& behind = followed.convergence->behind;
    const auto found = std::find_if(behind.begin(), behind.end(),
                                    [&](const auto& one) { return one.agent == agent; });
    return found == behind.end() ? nullptr : &*found;
}

const DrainView* drainOf(const FollowedCommand& followed, const std::string& agent)
{
    const auto found = std::find_if(followed.drains.begin(), followed.drains.end(),
                                    [&](const DrainView& one) { return one.agent == agent; });
    return found == followed.drains.end() ? nullptr : &*found;
}

QString drainState(const DrainView& drain)
{
    if (drain.isGone)
        return CoursePane::tr("left the fleet");
    if (drain.isTakenBack)
        return CoursePane::tr("takes work again, by a later command");
    if (drain.isDrained)
        return CoursePane::tr("drained: safe to stop");
    return drain.left == 0 ? CoursePane::tr("draining")
                           : CoursePane::tr("%1 left, longest %2")
                                 .arg(streams(drain.left), text::durationText(drain.longestMs));
}

QString stateOf(const fleet::Agent& agent, const FollowedCommand& followed,
                const model::Convergence::Behind* behind)
{
    if (behind && !behind->rejectedReason.empty())
        return CoursePane::tr("rejected: %1")
            .arg(text::plainText(behind->rejectedReason, text::kReasonCharacters));
    if (agent.isGone())
        return CoursePane::tr("left the fleet");
    if (agent.record().appliedRevision < followed.revision)
        return CoursePane::tr("behind, no answer yet");
    if (const DrainView* drain = drainOf(followed, agent.id))
        return drainState(*drain);
    const QString admin = QString::fromStdString(std::string(nameOf(agent.admin()))).toUpper();
    if (agent.isGateway())
        return CoursePane::tr("follows");
    return agent.isServing() ? CoursePane::tr("%1, serving").arg(admin) : admin;
}

// Those behind first, then those that drain, then the rest; each by id.
int rankOf(const fleet::FleetStore& store, const FollowedCommand& followed,
           const std::string& agent)
{
    const int slot = store.slotOf(agent);
    const bool isBehind = slot < 0
        || store.agent(slot).record().appliedRevision < followed.revision
        || behindOf(followed, agent) != nullptr;
    if (isBehind)
        return 0;
    const DrainView* drain = drainOf(followed, agent);
    return drain == nullptr ? 3 : isEnded(*drain) ? 2 : 1;
}

// The pools that lose and get requests by a change of a route.
TrafficStrips::Traffic trafficOf(const FollowedCommand& followed, const model::Policy& policy)
{
    TrafficStrips::Traffic traffic;
    traffic.appliedUnixMs = followed.appliedUnixMs;
    const auto* edit = std::get_if<model::RouteEdit>(&followed.preview.plan.edit);
    if (edit == nullptr)
        return traffic;
    traffic.to = edit->toPool;
    const auto* inverse = std::get_if<model::RouteEdit>(&followed.preview.inverse);
    if (inverse && inverse->restore && !inverse->restore->placement.targets.empty())
        traffic.from = inverse->restore->placement.targets.front().pool;
    const auto route = policy.routes.find(edit->route);
    const bool mustLookUp = traffic.to.empty() && route != policy.routes.end()
        && !route->second.targets.empty();
    if (mustLookUp)
        traffic.to = route->second.targets.front().pool;
    if (traffic.from == traffic.to)
        traffic.from.clear();
    for (const model::SurvivorLoad& load : followed.preview.survivors) {
        if (load.pool == traffic.to && load.ttftAfterMs >= 0)
            traffic.predictedTtftMs = load.ttftAfterMs;
    }
    return traffic;
}

std::vector<Figure> drainFigures(const FollowedCommand& followed, std::int64_t nowUnixMs)
{
    const QString longest = followed.longestMs() > 0 ? text::durationText(followed.longestMs())
                                                     : text::notApplicableText();
    return {{CoursePane::tr("Longest now"), {}, longest, {}},
            {CoursePane::tr("Instances drained"),
             {},
             text::ofText(static_cast<std::int64_t>(drainedCount(followed)),
                          static_cast<std::int64_t>(followed.drains.size())),
             {}},
            {CoursePane::tr("Since apply"),
             {},
             text::durationText(nowUnixMs - followed.appliedUnixMs),
             {}}};
}

std::vector<Figure> trafficFigures(const fleet::FleetStore& store,
                                   const TrafficStrips::Traffic& traffic,
                                   std::int64_t nowUnixMs)
{
    const auto reading = [&store](const std::string& pool, fleet::Reading which) {
        const fleet::Pool* found = store.pool(pool);
        const float value = found ? found->sums.readings[which] : fleet::kUnknown;
        return value >= 0 ? std::optional<double>(value) : std::nullopt;
    };
    const auto open = [&](const std::string& pool) {
        const auto value = reading(pool, fleet::Reading::InFlight);
        return value ? text::countText(static_cast<std::int64_t>(*value)) : text::unknownText();
    };
    std::vector<Figure> figures{
        {CoursePane::tr("Requests /s on %1").arg(models::shownName(traffic.to)),
         {},
         text::rateText(reading(traffic.to, fleet::Reading::RequestsPerSecond)),
         {}}};
    if (!traffic.from.empty())
        figures.push_back(
            {CoursePane::tr("Still open on %1").arg(models::shownName(traffic.from)),
             {},
             open(traffic.from),
             {}});
    figures.push_back({CoursePane::tr("Since apply"),
                       {},
                       text::durationText(nowUnixMs - traffic.appliedUnixMs),
                       {}});
    return figures;
}

QString scaleCounts(const command::ScaleView& scale)
{
    if (!scale.isKnown)
        return CoursePane::tr("not told yet");
    return scale.leaving == 0
        ? CoursePane::tr("%1 starting").arg(scale.starting)
        : CoursePane::tr("%1 starting, %2 leaving").arg(scale.starting).arg(scale.leaving);
}

std::int64_t alteredTotal(const FollowedCommand& followed)
{
    return followed.convergence ? followed.convergence->alteredTotal
                                : static_cast<std::int64_t>(followed.preview.agents.size());
}

Step stepOf(const QString& text, bool isDone, bool isReached)
{
    return {text, {},
            isDone          ? Step::State::Done
                : isReached ? Step::State::Now
                            : Step::State::Later};
}

// What is behind it and what comes, in the order in which it happens.
std::vector<Step> stepsOf(const FollowedCommand& followed, const TimeDisplay& time)
{
    const bool hasConverged = followed.stage == CommandStage::Following
        || followed.stage == CommandStage::Done;
    const bool isDone = followed.stage == CommandStage::Done;
    const auto applied = followed.convergence ? followed.convergence->alteredApplied : 0;
    std::vector<Step> steps{
        {CoursePane::tr("Previewed"), time.clock(followed.previewedUnixMs), Step::State::Done},
        {CoursePane::tr("Applied"),
         CoursePane::tr("%1, %2 agents")
             .arg(time.clock(followed.appliedUnixMs),
                  text::ofText(applied, alteredTotal(followed))),
         hasConverged ? Step::State::Done : Step::State::Now}};
    const bool isDrained = std::all_of(followed.drains.begin(), followed.drains.end(), isEnded);
    if (followed.hasDrain()) {
        steps.push_back(stepOf(CoursePane::tr("Draining"), isDrained, hasConverged));
        steps.back().admin = model::Admin::Drain;
        if (!followed.scale)
            steps.push_back(stepOf(CoursePane::tr("Drained: safe to stop"), isDone, false));
    }
    if (followed.scale)
        steps.push_back(stepOf(CoursePane::tr("%1 ready").arg(followed.scale->desired), isDone,
                               hasConverged && isDrained));
    return steps;
}

} // namespace

CoursePane::CoursePane(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), answer_(plainLabel({}, "answer", this)),
      sentence_(plainLabel({}, "dim", this)), segments_(new Segments(tr("Progress"), this)),
      counts_(plainLabel({}, "strong", this)), steps_(new Steps(this)),
      figures_(new Figures(this)), strips_(new TrafficStrips(session, this)), agents_(nullptr)
{
    setAccessibleName(tr("What has come of it"));
    using Align = RowsColumn::Align;
    auto* scroll = new QScrollArea(this);
    agents_ = new RowsView(tr("Agents"),
                           {{{}, 36, 0},
                            {tr("Agent"), 160, 2},
                            {tr("Revision"), 88, 0, Align::Right},
                            {tr("Last seen"), 92, 0, Align::Right},
                            {tr("State"), 200, 4}},
                           scroll);
    scroll->setWidget(agents_);
    scroll->setWidgetResizable(true);
    scroll->viewport()->setAutoFillBackground(false); // the sheet's own ground
    agents_->setAutoFillBackground(false);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Agents"));
    scroll->setToolTip(tr("Those behind first"));
    sentence_->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::kPadding);
    head->addWidget(answer_);
    head->addWidget(sentence_, 1);
    auto* progress = new QHBoxLayout;
    progress->setSpacing(theme::kPadding);
    progress->addWidget(segments_, 1);
    progress->addWidget(counts_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding, 0);
    all->setSpacing(theme::kPadding);
    all->addLayout(head);
    all->addLayout(progress);
    all->addWidget(steps_);
    all->addWidget(figures_);
    all->addWidget(strips_);
    all->addWidget(scroll, 1);
}

QString CoursePane::answer() const
{
    return answer_->text();
}

void CoursePane::show(const FollowedCommand& followed)
{
    showAnswer(followed);
    showProgress(followed);
    showFigures(followed);
    showAgents(followed);
}

void CoursePane::showAnswer(const FollowedCommand& followed)
{
    const bool isOnItsWay = followed.stage != CommandStage::Converging;
    answer_->setText(isOnItsWay && followed.scale      ? scaleAnswer(*followed.scale)
                         : isOnItsWay && followed.hasDrain() ? drainAnswer(followed)
                                                             : appliedAnswer(followed));
    sentence_->setText(sentenceOf(followed));
}

void CoursePane::showProgress(const FollowedCommand& followed)
{
    const bool isOnItsWay = followed.stage != CommandStage::Converging;
    const auto& convergence = followed.convergence;
    if (isOnItsWay && followed.scale) {
        segments_->setProgress(followed.scale->ready, followed.scale->desired);
        counts_->setText(scaleCounts(*followed.scale));
    } else if (isOnItsWay && followed.hasDrain()) {
        segments_->setProgress(followed.most() - followed.left(), followed.most());
        counts_->setText(tr("of %1").arg(followed.most()));
    } else {
        segments_->setProgress(convergence ? convergence->alteredApplied : 0,
                               alteredTotal(followed));
        counts_->setText(convergence && convergence->wholeTotal > 0
                             ? tr("whole fleet %1")
                                   .arg(text::ofText(convergence->wholeApplied,
                                                     convergence->wholeTotal))
                             : QString());
    }
    steps_->setSteps(stepsOf(followed, session_.time));
}

void CoursePane::showFigures(const FollowedCommand& followed)
{
    const TrafficStrips::Traffic traffic = trafficOf(followed, session_.store.policy().policy);
    const std::int64_t now = session_.store.nowUnixMs();
    strips_->setVisible(!traffic.to.empty());
    if (!traffic.to.empty()) {
        figures_->setFigures(trafficFigures(session_.store, traffic, now));
        strips_->setTraffic(traffic);
    } else if (followed.hasDrain()) {
        figures_->setFigures(drainFigures(followed, now));
    }
    figures_->setVisible(!traffic.to.empty() || followed.hasDrain());
}

void CoursePane::showAgents(const FollowedCommand& followed)
{
    std::vector<std::pair<int, std::string>> order;
    for (const std::string& agent : followed.preview.agents)
        order.emplace_back(rankOf(session_.store, followed, agent), agent);
    std::sort(order.begin(), order.end());
    std::vector<RowsRow> rows;
    for (const auto& [rank, id] : order) {
        if (rows.size() == kAgentsShown) {
            const std::size_t more = order.size() - kAgentsShown;
            rows.push_back({{{}, {tr("and %1 more").arg(more), Tone::Dim}}, RowsRow::Kind::Plain});
            break;
        }
        const int slot = session_.store.slotOf(id);
        const model::Convergence::Behind* behind = behindOf(followed, id);
        const Tone tone = rank == 0 ? Tone::Strong : Tone::Plain;
        RowsRow row;
        RowsCell mark;
        if (slot >= 0)
            mark.freshness = session_.store.agent(slot).freshness;
        row.cells.push_back(mark);
        row.cells.push_back({models::shownName(id), tone});
        if (slot < 0) {
            row.cells.push_back({text::unknownText()});
            row.cells.push_back({behind ? text::ageText(behind->lastSeenMs) : text::unknownText()});
            row.cells.push_back({tr("not in the fleet now"), tone});
        } else {
            const fleet::Agent& agent = session_.store.agent(slot);
            row.cells.push_back({QString::number(agent.record().appliedRevision), tone});
            row.cells.push_back({text::ageText(agent.ageMs), Tone::Dim});
            row.cells.push_back(
                {stateOf(agent, followed, behind), rank <= 1 ? Tone::Plain : Tone::Dim});
        }
        rows.push_back(std::move(row));
    }
    agents_->setRows(std::move(rows));
}

} // namespace signalbox::views
