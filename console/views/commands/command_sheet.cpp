// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands/command_sheet.h"

#include "console/models/edit_words.h"
#include "console/text/plain_text.h"
#include "console/theme/hatch.h"
#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/views/commands/course_pane.h"
#include "console/views/commands/preview_pane.h"
#include "console/views/commands/sheet_foot.h"
#include "console/views/frame/panel.h"

#include <QApplication>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

using command::CommandStage;

bool isEnter(const QKeyEvent& event)
{
    return event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter;
}

QFrame* makeHairline(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(theme::kHairline);
    line->setProperty("role", QLatin1String("hairline"));
    return line;
}

QPushButton* makeTallButton(const QString& text, const QString& toolTip, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setProperty("role", QLatin1String("tall"));
    button->setAccessibleName(text);
    button->setToolTip(toolTip);
    return button;
}

} // namespace

CommandSheet::CommandSheet(Session& session, command::CommandDesk& desk, QWidget* workArea)
    : QWidget(workArea), session_(session), desk_(desk), frame_(new QFrame(this))
{
    setAccessibleName(tr("Command"));
    setFocusPolicy(Qt::NoFocus);
    makeFrame();
    connectAll();
    workArea->installEventFilter(this);
    hide();
}

CommandSheet::~CommandSheet() = default;

void CommandSheet::makeFrame()
{
    frame_->setProperty("role", QLatin1String("sheet"));
    pages_ = new QStackedWidget(frame_);
    auto* all = new QVBoxLayout(frame_);
    all->setContentsMargins(theme::kSheetEdgeWidth, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(makeHead());
    all->addWidget(makeHairline(frame_));
    all->addWidget(pages_, 1);
    pages_->addWidget(makePreparing());
    pages_->addWidget(makeCourse());
}

QWidget* CommandSheet::makeHead()
{
    auto* head = new QWidget(frame_);
    head->setFixedHeight(theme::kSheetHeadHeight);
    title_ = plainLabel({}, "title", head);
    subtitle_ = plainLabel({}, "dim", head);
    close_ = new QPushButton(head);
    close_->setProperty("role", QLatin1String("flat"));
    close_->setIcon(theme::iconFor(theme::Icon::Close));
    close_->setAccessibleName(tr("Close"));
    close_->setToolTip(tr("Leaves the sheet (Esc)"));
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(theme::kSheetPadding, 0, theme::kPadding, 0);
    line->setSpacing(theme::kPadding);
    line->addWidget(title_);
    line->addWidget(subtitle_, 1);
    line->addWidget(close_);
    return head;
}

QWidget* CommandSheet::makePreparing()
{
    auto* page = new QWidget(pages_);
    cardPlace_ = new QScrollArea(page);
    cardPlace_->setFixedWidth(theme::kSheetParametersWidth);
    cardPlace_->setWidgetResizable(true);
    cardPlace_->setFrameShape(QFrame::NoFrame);
    cardPlace_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    cardPlace_->setAccessibleName(tr("Parameters"));
    cardPlace_->setToolTip(tr("What is to change"));
    preview_ = new PreviewPane(page);
    foot_ = new SheetFoot(page);
    auto* upright = new QFrame(page);
    upright->setFrameShape(QFrame::VLine);
    upright->setFixedWidth(theme::kHairline);
    upright->setProperty("role", QLatin1String("hairline"));
    auto* body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(cardPlace_);
    body->addWidget(upright);
    body->addWidget(preview_, 1);
    auto* all = new QVBoxLayout(page);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(body, 1);
    all->addWidget(makeHairline(page));
    all->addWidget(foot_);
    return page;
}

QWidget* CommandSheet::makeCourse()
{
    auto* page = new QWidget(pages_);
    coursePane_ = new CoursePane(session_, page);
    auto* foot = new QFrame(page);
    foot->setProperty("role", QLatin1String("sunken"));
    courseSentence_ = plainLabel({}, "dim", foot);
    courseSentence_->setWordWrap(true);
    letGo_ = makeTallButton(tr("Stop following"),
                            tr("Asks no more what comes of it; the change stays"), foot);
    undo_ = makeTallButton(tr("Undo, preview"), tr("Opens the preview of its undo"), foot);
    leaveCourse_ = makeTallButton(tr("Close   Esc"), tr("Leaves the sheet (Esc)"), foot);
    auto* line = new QHBoxLayout(foot);
    line->setContentsMargins(theme::kSheetPadding, theme::kPadding, theme::kSheetPadding,
                             theme::kPadding);
    line->setSpacing(theme::kGap);
    line->addWidget(courseSentence_, 1);
    line->addWidget(letGo_);
    line->addWidget(undo_);
    line->addWidget(leaveCourse_);
    auto* all = new QVBoxLayout(page);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(coursePane_, 1);
    all->addWidget(makeHairline(page));
    all->addWidget(foot);
    return page;
}

void CommandSheet::connectAll()
{
    connect(close_, &QPushButton::clicked, this, &CommandSheet::leave);
    connect(foot_, &SheetFoot::cancelled, this, &CommandSheet::leave);
    connect(leaveCourse_, &QPushButton::clicked, this, &CommandSheet::leave);
    connect(foot_, &SheetFoot::applyRequested, &desk_, &command::CommandDesk::apply);
    connect(foot_, &SheetFoot::causeTyped, this,
            [this](const QString& cause) { desk_.setCause(cause.toStdString()); });
    connect(foot_, &SheetFoot::nameTyped, this,
            [this](const QString& name) { desk_.setTypedName(name.toStdString()); });
    connect(preview_, &PreviewPane::changeAccepted, this, [this] {
        desk_.acceptChange();
        foot_->cause()->setFocus(Qt::OtherFocusReason);
    });
    connect(letGo_, &QPushButton::clicked, this, [this] { desk_.letGo(course_); });
    connect(undo_, &QPushButton::clicked, this, &CommandSheet::undo);
    connect(&desk_, &command::CommandDesk::draftChanged, this, &CommandSheet::showDraft);
    connect(&desk_, &command::CommandDesk::applied, this, &CommandSheet::toCourse);
    connect(&desk_, &command::CommandDesk::followedChanged, this, &CommandSheet::showCourse);
    connect(&desk_, &command::CommandDesk::ticked, this, &CommandSheet::showAges);
}

bool CommandSheet::open(Act act, const std::vector<ObjectRef>& objects)
{
    std::unique_ptr<CommandCard> card = makeCard(session_, act, objects);
    if (!card || !desk_.open(card->subject()))
        return false;
    course_ = 0;
    setCard(std::move(card));
    foot_->begin(QString::fromStdString(desk_.draft().cause));
    foot_->setWaysOut({});
    pages_->setCurrentIndex(0);
    subtitle_->setText(tr("Preview. Nothing has changed yet."));
    desk_.setWish(card_->wish());
    showSheet();
    showDraft();
    foot_->cause()->setFocus(Qt::OtherFocusReason);
    return true;
}

bool CommandSheet::openFollowed(std::uint64_t auditNumber)
{
    const bool mayOpen = desk_.followed(auditNumber) != nullptr
        && (desk_.state() == command::DeskState::Closed || desk_.close());
    if (!mayOpen)
        return false;
    toCourse(auditNumber);
    showSheet();
    leaveCourse_->setFocus(Qt::OtherFocusReason);
    return true;
}

bool CommandSheet::leave()
{
    if (!isOpen_)
        return false;
    if (desk_.state() != command::DeskState::Closed && !desk_.close())
        return false;
    hideSheet();
    return true;
}

QString CommandSheet::title() const
{
    return title_->text();
}

void CommandSheet::setCard(std::unique_ptr<CommandCard> card)
{
    card_ = card.release();
    cardPlace_->setWidget(card_); // and deletes the one before
    card_->show();
    connect(card_, &CommandCard::changed, this, [this] {
        desk_.setWish(card_->wish());
        showDraft();
    });
    connect(card_, &CommandCard::askAgain, &desk_, &command::CommandDesk::askAgain);
}

void CommandSheet::showSheet()
{
    if (!isOpen_)
        opener_ = QApplication::focusWidget();
    isOpen_ = true;
    place();
    show();
    raise();
    Q_EMIT opened();
}

void CommandSheet::hideSheet()
{
    isOpen_ = false;
    course_ = 0;
    hide();
    if (opener_ && opener_->isVisible())
        opener_->setFocus(Qt::OtherFocusReason);
    Q_EMIT left();
}

// It takes the room of the work area; what the sheet leaves free is veiled.
void CommandSheet::place()
{
    const QWidget* area = parentWidget();
    setGeometry(area->rect());
    const bool isWide = window()->width() >= theme::kWideWindow;
    const int wanted = isWide ? theme::kSheetWidth : theme::kSheetNarrowWidth;
    const int width = std::min(wanted, area->width());
    frame_->setGeometry(area->width() - width, 0, width, area->height());
}

void CommandSheet::showDraft()
{
    const bool hasDraft = isOpen_ && course_ == 0 && card_ != nullptr
        && desk_.state() != command::DeskState::Closed;
    if (!hasDraft)
        return;
    title_->setText(card_->title());
    preview_->show(desk_);
    if (desk_.preview()) {
        card_->showPreview(*desk_.preview());
        foot_->setWaysOut(card_->waysOut(*desk_.preview()));
    }
    foot_->show(desk_, card_->buttonText());
    const bool isSent = desk_.state() == command::DeskState::Applying
        || desk_.state() == command::DeskState::Unsure;
    card_->setEnabled(!isSent);
    subtitle_->setText(desk_.state() == command::DeskState::Applying
                           ? tr("Sent. Waiting for its answer.")
                           : desk_.state() == command::DeskState::Unsure
                           ? tr("It is not known whether it was applied.")
                           : tr("Preview. Nothing has changed yet."));
}

void CommandSheet::showAges()
{
    if (isOpen_ && course_ == 0 && card_ != nullptr)
        foot_->show(desk_, card_->buttonText());
}

void CommandSheet::toCourse(quint64 auditNumber)
{
    course_ = auditNumber;
    pages_->setCurrentIndex(1);
    showCourse();
    if (isOpen_)
        leaveCourse_->setFocus(Qt::OtherFocusReason);
}

void CommandSheet::showCourse()
{
    const command::FollowedCommand* followed = course_ != 0 ? desk_.followed(course_) : nullptr;
    if (followed == nullptr)
        return;
    title_->setText(models::editTitle(followed->preview.plan.edit));
    subtitle_->setText(tr("Applied as revision %1 by %2, %3. Cause: %4")
                           .arg(followed->revision)
                           .arg(text::plainText(followed->operatorName),
                                session_.time.clock(followed->appliedUnixMs),
                                text::plainText(followed->cause, text::kReasonCharacters)));
    coursePane_->show(*followed);
    const bool isOver = followed->stage == CommandStage::Done
        || followed->stage == CommandStage::LetGo;
    letGo_->setVisible(!isOver);
    undo_->setEnabled(desk_.access() == command::Access::Operate);
    courseSentence_->setText(
        isOver ? tr("Undo is a command of its own, previewed first.")
               : tr("It is done when every agent it alters reports revision %1%2. Closing this "
                    "sheet does not stop it; \"Look\" in the timeline's undo list opens it again.")
                     .arg(followed->revision)
                     .arg(followed->hasDrain() ? tr(" and the last stream has ended") : QString()));
}

void CommandSheet::undo()
{
    open(Act::Undo, {{ObjectKind::Audit, std::to_string(course_)}});
}

bool CommandSheet::eventFilter(QObject* watched, QEvent* event)
{
    const bool isResized = watched == parentWidget() && event->type() == QEvent::Resize;
    if (isResized && isOpen_)
        place();
    return QWidget::eventFilter(watched, event);
}

// While it is open, keys are its own: a letter must not reach the actions of the screen under it.
bool CommandSheet::event(QEvent* event)
{
    if (event->type() == QEvent::StyleChange)
        close_->setIcon(theme::iconFor(theme::Icon::Close)); // in the tokens of now
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isPlain = (key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
        const bool isApply = isEnter(*key) && key->modifiers().testFlag(Qt::ControlModifier);
        const bool isFunction = key->key() >= Qt::Key_F1 && key->key() <= Qt::Key_F12;
        if ((isPlain && !isFunction) || isApply) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void CommandSheet::keyPressEvent(QKeyEvent* event)
{
    const bool isPress = !event->isAutoRepeat();
    const bool isDraft = course_ == 0;
    const bool isApply = isEnter(*event) && event->modifiers().testFlag(Qt::ControlModifier);
    if (isApply && isPress && isDraft)
        desk_.apply();
    if (event->key() == Qt::Key_Escape && isPress)
        leave();
    event->accept(); // Enter, and whatever else nobody in it took
}

// A press on the veil is a press beside the sheet: it neither leaves nor reaches what is under it.
void CommandSheet::mousePressEvent(QMouseEvent* event)
{
    event->accept();
}

void CommandSheet::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    theme::paintVeil(painter, QRect(0, 0, frame_->x(), height()), theme::tokens());
}

// Tab stays within the sheet: what is veiled cannot be worked with.
bool CommandSheet::focusNextPrevChild(bool next)
{
    QWidget* from = QApplication::focusWidget();
    if (from == nullptr || !isAncestorOf(from))
        from = frame_;
    for (QWidget* at = next ? from->nextInFocusChain() : from->previousInFocusChain(); at != from;
         at = next ? at->nextInFocusChain() : at->previousInFocusChain()) {
        const bool takesTab = (at->focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
        if (takesTab && isAncestorOf(at) && at->isVisible() && at->isEnabled()) {
            at->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            return true;
        }
    }
    return true;
}

} // namespace signalbox::views
