// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/connect/connect_page.h"

#include "console/text/plain_text.h"
#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"
#include "console/views/frame/panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace signalbox::views {

namespace {

constexpr int kLeftWidth = 616;
constexpr int kRightWidth = 680;
constexpr int kCardHeight = 56;
constexpr int kMarkSize = 16;
const char* const kOwnAddress = "grpc://127.0.0.1:8801";

QLabel* wrapped(const QString& text, const char* role, QWidget* parent)
{
    QLabel* label = plainLabel(text, role, parent);
    label->setWordWrap(true);
    return label;
}

} // namespace

// One step: its number, or a check once it was seen to be done.
class ConnectPage::Lesson final : public QWidget {
public:
    Lesson(int number, const QString& title, const QString& words, QWidget* parent)
        : QWidget(parent), number_(number), body_(new QVBoxLayout),
          words_(wrapped(words, "dim", this))
    {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                                theme::kPadding);
        row->setSpacing(theme::kPadding);
        row->addSpacing(kMarkSize + theme::kGap);
        body_->setSpacing(theme::kGap4);
        body_->addWidget(plainLabel(title, "strong", this));
        body_->addWidget(words_);
        row->addLayout(body_, 1);
        setAccessibleName(tr("Step %1: %2").arg(number).arg(title));
    }

    void addCommand(const QString& command)
    {
        command_ = plainLabel(command, "mono", this);
        command_->setTextInteractionFlags(Qt::TextSelectableByMouse
                                          | Qt::TextSelectableByKeyboard);
        command_->setWordWrap(true);
        auto* copy = new QPushButton(tr("Copy"), this);
        copy->setAccessibleName(tr("Copy the command of step %1").arg(number_));
        copy->setToolTip(tr("Copy the command"));
        QObject::connect(copy, &QPushButton::clicked, this,
                         [this] { QApplication::clipboard()->setText(command_->text()); });
        auto* line = new QHBoxLayout;
        line->addWidget(command_, 1);
        line->addWidget(copy, 0, Qt::AlignTop);
        body_->insertLayout(1, line);
    }
    void setCommand(const QString& command) { command_->setText(command); }
    void setWords(const QString& words) { words_->setText(words); }
    QVBoxLayout* body() const { return body_; }
    void setDone(bool isDone)
    {
        isDone_ = isDone;
        update();
    }
    void setCurrent(bool isCurrent)
    {
        isCurrent_ = isCurrent;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const theme::Tokens& t = theme::tokens();
        QPainter painter(this);
        if (isCurrent_) {
            painter.fillRect(rect(), t.sel);
            painter.fillRect(0, 0, theme::kSelectionWidth, height(), t.ink);
        }
        painter.fillRect(0, height() - 1, width(), 1, t.line);
        const QRectF mark(theme::kSheetPadding, theme::kPadding, kMarkSize, kMarkSize);
        if (isDone_) {
            theme::paintIcon(painter, mark, theme::Icon::Check, t.ink);
            return;
        }
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(isCurrent_ ? t.ink : t.ink3);
        painter.drawEllipse(mark.adjusted(0.5, 0.5, -0.5, -0.5));
        painter.setFont(theme::fontFor(theme::TextStyle::Caption));
        painter.drawText(mark, Qt::AlignCenter, QString::number(number_));
    }

private:
    int number_;
    QVBoxLayout* body_;
    QLabel* words_;
    QLabel* command_ = nullptr;
    bool isDone_ = false;
    bool isCurrent_ = false;
};

ConnectPage::ConnectPage(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Connect"));
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(makeLeft(), 10);
    row->addSpacing(theme::kSheetPadding + theme::kGap);
    row->addWidget(makeRight(), 11);
    row->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->addStretch(2);
    column->addLayout(row);
    column->addStretch(3);
    setLesson({});
}

QWidget* ConnectPage::makeLeft()
{
    auto* left = new QWidget(this);
    left->setMaximumWidth(kLeftWidth);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGap4);
    column->addWidget(plainLabel(tr("Connect to a fleet"), "answer", left));
    column->addWidget(wrapped(tr("Any agent of the fleet will do; the console learns of the others "
                                 "from it."),
                              "dim", left));
    column->addSpacing(theme::kPadding);
    auto* known = new Panel(tr("Fleets you know"), left);
    known->body()->setContentsMargins(0, 0, 0, 0);
    cards_ = known->body();
    column->addWidget(known);
    column->addSpacing(theme::kPanelGap);

    auto* other = new Panel(tr("Another address"), left);
    address_ = new QLineEdit(other);
    address_->setAccessibleName(tr("Address of an agent"));
    address_->setToolTip(tr("grpc:// or grpcs:// on the control port, ws:// or wss:// on the "
                            "observe port"));
    address_->setPlaceholderText(QLatin1String(kOwnAddress));
    label_ = new QLineEdit(other);
    label_->setAccessibleName(tr("Label of the fleet"));
    label_->setToolTip(tr("A word that stands in the title, like PROD; may stay empty"));
    label_->setPlaceholderText(tr("Label, like PROD"));
    label_->setMaxLength(12);
    label_->setMaximumWidth(140);
    auto* connectButton = new QPushButton(tr("Connect"), other);
    connectButton->setProperty("role", QLatin1String("go"));
    connectButton->setAccessibleName(tr("Connect to this address"));
    connectButton->setToolTip(tr("Connect to this address (Enter)"));
    problem_ = wrapped({}, "strong", other);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGap);
    line->addWidget(address_, 1);
    line->addWidget(label_);
    line->addWidget(connectButton);
    other->body()->setSpacing(theme::kGap);
    other->body()->addLayout(line);
    other->body()->addWidget(wrapped(
        tr("grpc:// or grpcs:// on port 8801, ws:// or wss:// through an HTTP proxy on port "
           "8802"),
        "captionFaint", other));
    other->body()->addWidget(problem_);
    column->addWidget(other);
    column->addStretch(1);
    const auto go = [this] {
        const QString typed = address_->text().trimmed();
        Q_EMIT connectRequested(typed.isEmpty() ? QLatin1String(kOwnAddress) : typed,
                                label_->text().trimmed());
    };
    connect(connectButton, &QPushButton::clicked, this, go);
    connect(address_, &QLineEdit::returnPressed, this, go);
    connect(label_, &QLineEdit::returnPressed, this, go);
    return left;
}

QWidget* ConnectPage::makeRight()
{
    auto* right = new QWidget(this);
    right->setMaximumWidth(kRightWidth);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGap4);
    column->addWidget(plainLabel(tr("Or learn on a fleet of your own"), "answer", right));
    column->addWidget(wrapped(tr("A gateway and three simulated engines on this machine. Nothing "
                                 "leaves it, nothing stays after you end it."),
                              "dim", right));
    column->addSpacing(theme::kPadding);
    auto* panel = new QFrame(right);
    panel->setProperty("role", QLatin1String("panel"));
    auto* steps = new QVBoxLayout(panel);
    steps->setContentsMargins(1, 1, 1, 1);
    steps->setSpacing(0);
    const auto add = [&](const QString& title, const QString& words) {
        lessons_.push_back(
            new Lesson(static_cast<int>(lessons_.size()) + 1, title, words, panel));
        steps->addWidget(lessons_.back());
        return lessons_.back();
    };
    add(tr("Start the fleet"), {})->addCommand(QStringLiteral("./run --no-traffic"));
    Lesson* request = add(tr("Send it a request"), {});
    request->addCommand(QStringLiteral("curl"));
    send_ = new QPushButton(tr("Send it for me"), request);
    send_->setAccessibleName(tr("Send a request for me"));
    send_->setToolTip(tr("Sends this request from here"));
    request->body()->addWidget(send_, 0, Qt::AlignLeft);
    add(tr("See where it went"),
        tr("Open the fleet; Topology (g t) shows the gateway, the route, the pool and the "
           "instances."));
    add(tr("Break something"),
        tr("End one engine. Its alarm comes within two seconds, requests go elsewhere."));
    add(tr("Drain one, then undo it"),
        tr("Select an instance, press d, read the preview, give a cause, apply. Then undo it from "
           "the timeline."));
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                             theme::kPadding);
    openOwn_ = new QPushButton(tr("Open this fleet"), panel);
    openOwn_->setAccessibleName(tr("Open the fleet on this machine"));
    openOwn_->setToolTip(tr("Connect to %1").arg(QLatin1String(kOwnAddress)));
    foot->addWidget(
        plainLabel(tr("Each step has a page in the manual: F1"), "captionFaint", panel));
    foot->addStretch(1);
    foot->addWidget(openOwn_);
    steps->addLayout(foot);
    column->addWidget(panel);
    column->addStretch(1);
    connect(send_, &QPushButton::clicked, this, &ConnectPage::requestWanted);
    connect(openOwn_, &QPushButton::clicked, this,
            [this] { Q_EMIT connectRequested(QLatin1String(kOwnAddress), tr("LAB")); });
    return right;
}

void ConnectPage::setLesson(const LessonFacts& facts)
{
    const bool isAnswered = facts.requests > 0;
    lessons_[0]->setDone(facts.isFound);
    lessons_[0]->setCurrent(!facts.isFound);
    lessons_[0]->setWords(
        facts.isFound ? tr("Found on %1: %2").arg(QLatin1String(kOwnAddress), facts.found)
                      : tr("In the project's folder. Waiting for it on %1; this line changes "
                           "by itself.")
                            .arg(QLatin1String(kOwnAddress)));
    const QString serve
        = facts.serveAddress.isEmpty() ? QStringLiteral("127.0.0.1:8800") : facts.serveAddress;
    const QString model = facts.model.isEmpty() ? QStringLiteral("chat") : facts.model;
    lessons_[1]->setCommand(
        QStringLiteral("curl -N http://%1/v1/chat/completions -H 'content-type: application/json' "
                       "-d '{\"model\":\"%2\",\"stream\":true,\"messages\":[{\"role\":\"user\","
                       "\"content\":\"Hello\"}]}'")
            .arg(serve, model));
    lessons_[1]->setDone(isAnswered);
    lessons_[1]->setCurrent(facts.isFound && !isAnswered);
    lessons_[1]->setWords(isAnswered ? tr("Answered; %1 since this page was opened.")
                                           .arg(facts.requests)
                                     : tr("Waiting for the first request. This line changes by "
                                          "itself."));
    send_->setEnabled(facts.isFound);
    lessons_[2]->setCurrent(isAnswered);
    openOwn_->setEnabled(facts.isFound);
    openOwn_->setProperty("role", QLatin1String(isAnswered ? "go" : ""));
}

void ConnectPage::addCard(const FleetCard& fleet, int position)
{
    auto* card = new QWidget(this);
    card->setFixedHeight(kCardHeight);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(theme::kSheetPadding, 0, theme::kPadding, 0);
    row->setSpacing(theme::kGap);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    auto* first = new QHBoxLayout;
    first->addWidget(plainLabel(text::plainText(fleet.name, 32), "name", card));
    if (!fleet.label.isEmpty())
        first->addWidget(plainLabel(text::plainText(fleet.label, 12).toUpper(), "prod", card));
    first->addStretch(1);
    names->addStretch(1);
    names->addLayout(first);
    names->addWidget(plainLabel(fleet.detail, "captionFaint", card));
    names->addStretch(1);
    auto* go = new QPushButton(tr("Connect"), card);
    go->setProperty("role", QLatin1String(position == 0 ? "go" : ""));
    go->setAccessibleName(tr("Connect to %1").arg(text::plainText(fleet.name, 32)));
    go->setToolTip(tr("Connect to %1 (Enter)").arg(text::escapedText(fleet.address)));
    auto* forget = new QPushButton(tr("Forget"), card);
    forget->setProperty("role", QLatin1String("flat"));
    forget->setAccessibleName(tr("Forget %1").arg(text::plainText(fleet.name, 32)));
    forget->setToolTip(tr("Take it off this list; nothing happens to the fleet"));
    row->addLayout(names, 4);
    row->addWidget(plainLabel(text::plainText(fleet.address), "mono", card), 5);
    row->addWidget(plainLabel(fleet.seen, "captionFaint", card));
    row->addWidget(forget);
    row->addWidget(go);
    connect(go, &QPushButton::clicked, this,
            [this, fleet] { Q_EMIT connectRequested(fleet.address, fleet.label); });
    connect(forget, &QPushButton::clicked, this,
            [this, fleet] { Q_EMIT forgetRequested(fleet.address); });
    go->setAutoDefault(true);
    if (position == 0)
        firstTarget_ = go;
    cards_->addWidget(card);
}

void ConnectPage::setFleets(const std::vector<FleetCard>& fleets)
{
    while (QLayoutItem* item = cards_->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    firstTarget_ = nullptr;
    for (std::size_t i = 0; i < fleets.size(); ++i)
        addCard(fleets[i], static_cast<int>(i));
    if (!fleets.empty())
        return;
    QLabel* none = wrapped(tr("None yet. One that you have connected to stays here."), "dim", this);
    none->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                             theme::kPadding);
    cards_->addWidget(none);
}

void ConnectPage::setProblem(const QString& problem)
{
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
}

void ConnectPage::focusFirst()
{
    if (firstTarget_)
        firstTarget_->setFocus(Qt::OtherFocusReason);
    else
        address_->setFocus(Qt::OtherFocusReason);
}

} // namespace signalbox::views
