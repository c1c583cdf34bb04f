// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/weights_card.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/views/cards/targets.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr int kMostWeight = 1'000'000; // as policy takes it
constexpr int kUsualWeight = 100; // the right end of a slider, unless one is above it

} // namespace

std::unique_ptr<CommandCard> WeightsCard::make(Session& session,
                                               const std::vector<ObjectRef>& objects)
{
    const std::vector<std::string> routes = routesOf(session.store, objects);
    if (routes.empty())
        return nullptr;
    return std::make_unique<WeightsCard>(session,
                                         session.store.policy().policy.routes.at(routes.front()));
}

WeightsCard::WeightsCard(Session& session, const model::Route& route)
    : CommandCard(session, nullptr), route_(route.name)
{
    addCaption(tr("Route"));
    addName(models::shownName(route_));
    for (const model::RouteTarget& target : route.targets)
        addLine(target);
    addCaption(tr("What it means"));
    addHint(tr("New requests are shared out by weight. 0 sends none, as if the pool were drained; "
               "what runs there ends where it is."));
    if (route.targets.size() == 1)
        addHint(tr("This route has one pool: every weight but 0 is all of it."));
    showShares();
}

void WeightsCard::addLine(const model::RouteTarget& target)
{
    Line line;
    line.pool = target.pool;
    line.before = target.weight;
    line.number = new QSpinBox(this);
    line.slider = new QSlider(Qt::Horizontal, this);
    line.share = plainLabel({}, "caption", this);
    line.share->setWordWrap(true);
    const QString name = models::shownName(target.pool);
    const int weight = static_cast<int>(std::min<std::uint32_t>(target.weight, kMostWeight));
    line.number->setRange(0, kMostWeight);
    line.number->setValue(weight);
    line.number->setAccessibleName(tr("Weight of %1").arg(name));
    line.number->setToolTip(
        tr("Weight of %1, 0 to 1,000,000; Up and Down change it by 1").arg(name));
    line.slider->setRange(0, std::max(kUsualWeight, weight));
    line.slider->setValue(weight);
    line.slider->setAccessibleName(tr("Weight of %1, slider").arg(name));
    line.slider->setToolTip(tr("Left and Right change it by 1, Page Up and Page Down by 10"));
    addCaption(name);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGap);
    row->addWidget(line.number);
    row->addWidget(line.slider, 1);
    body()->addLayout(row);
    body()->addWidget(line.share);
    connect(line.slider, &QSlider::valueChanged, line.number, &QSpinBox::setValue);
    connect(line.number, qOverload<int>(&QSpinBox::valueChanged), this,
            [this, slider = line.slider](int value) {
                const QSignalBlocker quiet(slider);
                slider->setMaximum(std::max(slider->maximum(), value));
                slider->setValue(value);
                showShares();
                Q_EMIT changed();
            });
    lines_.push_back(line);
}

// Of the route's requests, and of those what falls on each that serves.
void WeightsCard::showShares()
{
    double sum = 0;
    double sumBefore = 0;
    for (const Line& line : lines_) {
        sum += line.number->value();
        sumBefore += line.before;
    }
    for (const Line& line : lines_) {
        if (line.number->value() == 0) {
            line.share->setText(tr("no new requests"));
            continue;
        }
        const double share = line.number->value() / sum;
        const double before = sumBefore > 0 ? line.before / sumBefore : 0;
        const QString now = text::percentText(before);
        const QString then = text::percentText(share);
        QString words = now == then ? tr("%1 of requests, as now").arg(then)
                                    : tr("%1 to %2 of requests").arg(now, then);
        const fleet::Pool* pool = session().store.pool(line.pool);
        if (pool && pool->sums.serving > 0)
            words += tr("; %1 each of %2")
                         .arg(text::percentText(share / pool->sums.serving))
                         .arg(pool->sums.serving);
        line.share->setText(words);
    }
}

QString WeightsCard::title() const
{
    return tr("Weights of %1").arg(models::shownName(route_));
}

QString WeightsCard::buttonText() const
{
    return tr("Change weights of %1").arg(models::shownName(route_));
}

std::optional<command::Wish> WeightsCard::wish() const
{
    model::RouteEdit edit;
    edit.verb = model::Verb::SetWeights;
    edit.route = route_;
    for (const Line& line : lines_) {
        const auto now = static_cast<std::uint32_t>(line.number->value());
        if (now != line.before)
            edit.targets.push_back({line.pool, now});
    }
    if (edit.targets.empty())
        return std::nullopt;
    return command::Wish(model::Edit(edit));
}

std::string WeightsCard::subject() const
{
    return "weights route/" + route_;
}

} // namespace signalbox::views
