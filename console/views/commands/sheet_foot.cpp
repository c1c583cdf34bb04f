// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands/sheet_foot.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/theme/typography.h"
#include "console/views/frame/panel.h"
#include "shared/base/limits.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr int kButtonCharacters = 60;
constexpr int kNameWidth = 220;
constexpr std::int64_t kSecondMs = 1000;

bool isSame(const std::vector<WayOut>& a, const std::vector<WayOut>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const WayOut& x, const WayOut& y) { return x.text == y.text; });
}

} // namespace

SheetFoot::SheetFoot(QWidget* parent)
    : QFrame(parent), sentence_(plainLabel({}, nullptr, this)), age_(plainLabel({}, "dim", this)),
      ways_(new QHBoxLayout), cause_(new QLineEdit(this)), typedName_(new QLineEdit(this)),
      cancel_(new QPushButton(tr("Cancel   Esc"), this)), apply_(new QPushButton(this))
{
    setProperty("role", QLatin1String("sunken"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                            theme::kPadding);
    all->setSpacing(theme::kGap);
    all->addLayout(makeLine());
    all->addLayout(makeFields());
    connect(cause_, &QLineEdit::textChanged, this, &SheetFoot::causeTyped);
    connect(typedName_, &QLineEdit::textChanged, this, &SheetFoot::nameTyped);
    connect(cancel_, &QPushButton::clicked, this, &SheetFoot::cancelled);
    connect(apply_, &QPushButton::clicked, this, &SheetFoot::applyRequested);
}

QHBoxLayout* SheetFoot::makeLine()
{
    sentence_->setWordWrap(true);
    sentence_->setAccessibleName(tr("What would come of it, or why it is off"));
    ways_->setSpacing(theme::kGap);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kPadding);
    line->addWidget(sentence_, 1);
    line->addWidget(age_);
    line->addLayout(ways_);
    return line;
}

QHBoxLayout* SheetFoot::makeFields()
{
    cause_->setPlaceholderText(tr("Why now? Goes into the audit record."));
    cause_->setAccessibleName(tr("Cause"));
    cause_->setToolTip(tr("Required, 1 to 256 bytes. Enter does not apply; Ctrl+Enter does"));
    cause_->setMaxLength(static_cast<int>(limits::kCauseBytes));
    typedName_->setFixedWidth(kNameWidth);
    typedName_->setAccessibleName(tr("Name that overrides the refusal"));
    typedName_->setToolTip(tr("It is refused; typing the name exactly applies it all the same"));
    typedName_->setMaxLength(static_cast<int>(limits::kOverrideNameBytes));
    typedName_->hide();
    cancel_->setProperty("role", QLatin1String("tall"));
    cancel_->setAccessibleName(tr("Cancel"));
    cancel_->setToolTip(tr("Leaves without changing anything (Esc)"));
    apply_->setProperty("role", QLatin1String("goTall"));
    apply_->setToolTip(tr("Applies what is shown (Ctrl+Enter)"));
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGap);
    QLabel* caption = plainLabel(tr("Cause"), nullptr, this);
    caption->setBuddy(cause_);
    line->addWidget(caption);
    line->addWidget(cause_, 1);
    line->addWidget(typedName_);
    line->addSpacing(theme::kGap);
    line->addWidget(cancel_);
    line->addWidget(apply_);
    return line;
}

void SheetFoot::begin(const QString& cause)
{
    const QSignalBlocker quietCause(cause_);
    const QSignalBlocker quietName(typedName_);
    cause_->setText(cause);
    typedName_->clear();
}

void SheetFoot::show(const command::CommandDesk& desk, const QString& buttonText)
{
    const model::Preview* preview = desk.preview() ? &*desk.preview() : nullptr;
    const std::vector<command::Hindrance> hindrances = desk.hindrances();
    const bool isOff = !hindrances.empty();
    const QString off = models::hindrancesText(hindrances, preview);
    sentence_->setText(isOff ? off : models::effectText(*preview));
    sentence_->setFont(theme::fontFor(theme::TextStyle::Base,
                                      isOff ? theme::TextWeight::SemiBold
                                            : theme::TextWeight::Regular));
    const bool isUnsure = desk.state() == command::DeskState::Unsure;
    const bool isApplying = desk.state() == command::DeskState::Applying;
    const bool isSent = isUnsure || isApplying;
    const QString words = isUnsure ? tr("Try again: %1").arg(buttonText) : buttonText;
    apply_->setText(text::cutMiddle(words, kButtonCharacters) + QStringLiteral("   Ctrl+Enter"));
    apply_->setAccessibleName(words);
    apply_->setAccessibleDescription(off);
    apply_->setEnabled(!isOff);
    cancel_->setEnabled(!isApplying);
    cause_->setReadOnly(isSent);
    typedName_->setReadOnly(isSent);
    const bool mustName = preview && !preview->refusal.empty();
    if (mustName)
        typedName_->setPlaceholderText(
            tr("Type %1 to apply it all the same").arg(models::shownName(preview->overrideName)));
    const bool mayHide = !typedName_->hasFocus(); // never from under the cursor
    if (mustName || mayHide)
        typedName_->setVisible(mustName);
    showAge(desk);
}

void SheetFoot::showAge(const command::CommandDesk& desk)
{
    age_->setVisible(desk.preview() && shownWays_.empty()); // what can be done comes first
    if (desk.preview())
        age_->setText(tr("Preview %1 s old, holds %2 s, base revision %3")
                          .arg(desk.previewAgeMs() / kSecondMs)
                          .arg((desk.previewHoldsMs() + kSecondMs - 1) / kSecondMs)
                          .arg(desk.preview()->plan.baseRevision));
}

// The buttons stay while they say the same, so that a refresh takes no focus away.
void SheetFoot::setWaysOut(std::vector<WayOut> ways)
{
    const bool areSame = isSame(ways, shownWays_);
    shownWays_ = std::move(ways);
    if (areSame)
        return;
    while (QLayoutItem* item = ways_->takeAt(0)) {
        if (item->widget()->hasFocus())
            cause_->setFocus(Qt::OtherFocusReason);
        item->widget()->deleteLater();
        delete item;
    }
    for (std::size_t i = 0; i < shownWays_.size(); ++i) {
        auto* button = new QPushButton(shownWays_[i].text, this);
        button->setAccessibleName(shownWays_[i].text);
        button->setToolTip(shownWays_[i].toolTip);
        connect(button, &QPushButton::clicked, this, [this, i] {
            if (i < shownWays_.size())
                shownWays_[i].act();
        });
        ways_->addWidget(button);
    }
}

} // namespace signalbox::views
