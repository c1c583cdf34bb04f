// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/title_bar.h"

#include "console/text/plain_text.h"
#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"
#include "console/views/frame/panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace signalbox::views {

namespace {

constexpr int kPaletteButtonWidth = 440;
constexpr int kLogoWidth = 34;

// Looks like the field that it opens: what to do, and its key at the right.
class PaletteButton final : public QPushButton {
public:
    explicit PaletteButton(QWidget* parent) : QPushButton(parent)
    {
        setAccessibleName(tr("Go to, find or act"));
        setToolTip(tr("Go to any screen, object or action (Ctrl+K)"));
        setFixedHeight(theme::kButtonHeight);
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QPushButton::paintEvent(event);
        const theme::Tokens& t = theme::tokens();
        QPainter painter(this);
        theme::paintIcon(painter,
                         QRectF(9, (height() - theme::kIconSize) / 2.0, theme::kIconSize,
                                theme::kIconSize),
                         theme::Icon::Search, t.ink3);
        painter.setFont(theme::fontFor(theme::TextStyle::Base));
        painter.setPen(t.ink3);
        painter.drawText(rect().adjusted(30, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         tr("Go to, find or act"));
        painter.setFont(theme::fontFor(theme::TextStyle::Caption));
        painter.drawText(rect().adjusted(0, 0, -theme::kGap, 0), Qt::AlignVCenter | Qt::AlignRight,
                         tr("Ctrl K"));
    }
};

} // namespace

TitleBar::TitleBar(TimeDisplay& time, QWidget* parent)
    : QWidget(parent), time_(time), fleet_(new QToolButton(this)),
      label_(plainLabel({}, "prod", this)), operator_(plainLabel({}, "dim", this))
{
    setFixedHeight(theme::kTitleHeight);
    fleet_->setAutoRaise(true);
    fleet_->setFont(theme::fontFor(theme::TextStyle::Name));
    fleet_->setToolTip(tr("Connect to another fleet (Ctrl+O)"));
    fleet_->setAccessibleName(tr("Fleet"));
    auto* search = new PaletteButton(this);
    search->setMaximumWidth(kPaletteButtonWidth);
    search->setMinimumWidth(kPaletteButtonWidth / 2);
    auto* keys = new QPushButton(QStringLiteral("?"), this);
    keys->setProperty("role", QLatin1String("key"));
    keys->setFixedSize(theme::kButtonHeight, theme::kButtonHeight);
    keys->setAccessibleName(tr("Keys of this page"));
    keys->setToolTip(tr("Keys of this page (?). F1: the manual"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kLogoWidth, 0, theme::kPadding, 0);
    row->setSpacing(theme::kGap);
    row->addWidget(fleet_);
    row->addWidget(label_, 0, Qt::AlignVCenter);
    row->addStretch(1);
    row->addWidget(search, 8);
    row->addStretch(7);
    addTimeStyles(row);
    row->addSpacing(theme::kGap);
    row->addWidget(operator_);
    row->addWidget(keys);
    connect(fleet_, &QToolButton::clicked, this, &TitleBar::fleetRequested);
    connect(search, &QPushButton::clicked, this, &TitleBar::paletteRequested);
    connect(keys, &QPushButton::clicked, this, &TitleBar::keysRequested);
    setFleet({}, {});
}

void TitleBar::addTimeStyles(QHBoxLayout* row)
{
    const std::array words{tr("UTC"), tr("Local"), tr("Rel.")};
    const std::array tips{tr("Moments in UTC"), tr("Moments in this machine's zone"),
                          tr("Moments as ages")};
    auto* group = new QHBoxLayout;
    group->setSpacing(0);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto style = static_cast<TimeStyle>(i);
        auto* button = new QPushButton(words[i], this);
        button->setCheckable(true);
        button->setChecked(time_.style() == style);
        button->setToolTip(tr("%1 (Ctrl+Shift+U: the next)").arg(tips[i]));
        button->setAccessibleName(tips[i]);
        button->setFixedHeight(theme::kButtonHeight);
        styles_.push_back(button);
        group->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, style] {
            time_.setStyle(style);
            for (std::size_t k = 0; k < styles_.size(); ++k)
                styles_[k]->setChecked(static_cast<TimeStyle>(k) == style);
        });
    }
    connect(&time_, &TimeDisplay::changed, this, [this] {
        for (std::size_t k = 0; k < styles_.size(); ++k)
            styles_[k]->setChecked(static_cast<TimeStyle>(k) == time_.style());
    });
    row->addLayout(group);
}

void TitleBar::setFleet(const QString& fleet, const QString& label)
{
    fleet_->setText(fleet.isEmpty() ? tr("No fleet") : text::plainText(fleet));
    label_->setText(text::plainText(label, 12).toUpper());
    label_->setVisible(!label.isEmpty());
    setFixedHeight(theme::kTitleHeight + (label.isEmpty() ? 0 : theme::kDoubleRuleHeight));
    update();
}

void TitleBar::setOperator(const QString& name)
{
    operator_->setText(text::plainText(name));
}

void TitleBar::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::tokens();
    QPainter painter(this);
    painter.fillRect(rect(), t.sunken);
    theme::paintIcon(painter,
                     QRectF(theme::kPadding, (theme::kTitleHeight - theme::kIconSize) / 2.0,
                            theme::kIconSize, theme::kIconSize),
                     theme::Icon::Brand, t.ink);
    painter.fillRect(0, height() - 1, width(), 1, t.line2);
    if (height() > theme::kTitleHeight)
        painter.fillRect(0, height() - theme::kDoubleRuleHeight, width(), 1, t.line2);
}

} // namespace signalbox::views
