// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/apply_theme.h"

#include "console/theme/icons.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QApplication>
#include <QLocale>
#include <QPainter>
#include <QProxyStyle>
#include <QStyleOption>
#include <QVariant>

#include <utility>

namespace signalbox::theme {

namespace {

// "@ink" in the text becomes the token's colour; longer names first, so that @ink2 is not @ink + 2.
QString withColours(QString text, const Tokens& t)
{
    const std::pair<QLatin1String, QColor> names[] = {
        {QLatin1String("@deliberate"), t.deliberate},
        {QLatin1String("@surface"), t.surface},
        {QLatin1String("@outline"), t.outline},
        {QLatin1String("@canvas"), t.canvas},
        {QLatin1String("@sunken"), t.sunken},
        {QLatin1String("@raised"), t.raised},
        {QLatin1String("@line2"), t.line2},
        {QLatin1String("@line"), t.line},
        {QLatin1String("@ink3"), t.ink3},
        {QLatin1String("@ink2"), t.ink2},
        {QLatin1String("@ink"), t.ink},
        {QLatin1String("@sel"), t.sel},
    };
    for (const auto& [name, colour] : names)
        text.replace(name, colour.name());
    return text;
}

QString controlRules()
{
    return QStringLiteral(R"qss(
QPushButton, QToolButton { min-height: 22px; padding: 0 10px; border: 1px solid @line2;
  border-radius: 4px; background: @raised; color: @ink; }
QPushButton:hover, QToolButton:hover { border-color: @outline; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @sel; }
QPushButton:checked { background: @sel; font-weight: 600; }
QPushButton[role="key"] { padding: 0; }
QPushButton:focus, QToolButton:focus { border: 2px solid @ink; padding: 0 9px; min-height: 20px; }
QPushButton:disabled, QToolButton:disabled { color: @ink3; background: transparent;
  border: 1px dashed @line2; }
QPushButton[role="tall"], QPushButton[role="goTall"] { min-height: 26px; padding: 0 14px; }
QPushButton[role="tall"]:focus, QPushButton[role="goTall"]:focus { min-height: 24px;
  padding: 0 13px; }
QPushButton[role="go"], QPushButton[role="goTall"] { background: @ink; border-color: @ink;
  color: @canvas; font-weight: 600; }
QPushButton[role="go"]:focus, QPushButton[role="goTall"]:focus { border: 2px solid @canvas;
  outline: 2px solid @ink; }
QPushButton[role="go"]:disabled, QPushButton[role="goTall"]:disabled { background: transparent;
  color: @ink3; border: 1px dashed @line2; font-weight: 400; }
QPushButton[role="flat"], QToolButton { background: transparent; border-color: transparent;
  padding: 0 6px; color: @ink2; }
QPushButton[role="flat"]:hover, QToolButton:hover { background: @raised; color: @ink; }
QPushButton[role="flat"]:focus, QToolButton:focus { border: 2px solid @ink; padding: 0 5px; }
QPushButton[role="flat"]:disabled { border-color: transparent; color: @ink3; }
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateTimeEdit { min-height: 22px; padding: 0 8px;
  border: 1px solid @line2; border-radius: 4px; background: @sunken; color: @ink;
  selection-background-color: @ink2; selection-color: @canvas; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus {
  border: 2px solid @ink; padding: 0 7px; min-height: 20px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
  color: @ink3; border: 1px dashed @line2; background: transparent; }
QPlainTextEdit { border: 1px solid @line2; border-radius: 4px; background: @sunken; color: @ink;
  padding: 4px 4px; }
QPlainTextEdit:focus { border: 2px solid @ink; padding: 3px 3px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
QDoubleSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { width: 12px; height: 12px; image: url(:/images/down.png); }
QComboBox QAbstractItemView { border: 1px solid @line2; background: @surface; color: @ink; }
QCheckBox, QRadioButton { color: @ink; spacing: 8px; min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: @ink3; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid @ink; border-radius: 4px; }
QSlider::groove:horizontal { height: 4px; background: @line2; }
QSlider::handle:horizontal { width: 8px; margin: -6px 0; background: @ink; border-radius: 2px; }
)qss");
}

QString labelRules()
{
    return QStringLiteral(R"qss(
QLabel[role="dim"] { color: @ink2; }
QLabel[role="faint"] { color: @ink3; }
QLabel[role="caption"] { color: @ink2; font-size: 11px; }
QLabel[role="captionFaint"] { color: @ink3; font-size: 11px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="name"] { font-size: 14px; font-weight: 600; }
QLabel[role="title"], QLabel[role="figure"] { font-size: 16px; font-weight: 600; }
QLabel[role="answer"] { font-size: 20px; font-weight: 600; }
QLabel[role="answerLarge"] { font-size: 24px; font-weight: 600; }
QLabel[role="mono"] { font-family: "Signalbox Mono"; font-size: 11px; }
QLabel[role="key"] { color: @ink2; font-size: 11px; font-weight: 500; padding: 0 4px;
  border: 1px solid @line2; border-radius: 3px; background: @surface; }
QLabel[role="prod"] { color: @ink; font-size: 11px; font-weight: 700; padding: 0 4px;
  border: 1px solid @ink; border-radius: 2px; }
QLabel[role="chip"] { color: @ink2; font-size: 11px; padding: 0 8px; min-height: 18px;
  border: 1px solid @line2; border-radius: 4px; }
QLabel:disabled { color: @ink3; }
)qss");
}

QString frameRules()
{
    return QStringLiteral(R"qss(
QFrame[role="panel"] { background: @surface; border: 1px solid @line; border-radius: 4px; }
QFrame[role="sunken"] { background: @sunken; border: none; }
QFrame[role="strip"] { background: @surface; border: none; border-bottom: 1px solid @line; }
QFrame[role="hairline"] { background: @line; border: none; }
QFrame[role="raised"] { background: @raised; border: 1px solid @line2; border-radius: 4px; }
QFrame[role="sheet"] { background: @surface; border: none; border-left: 2px solid @ink2; }
QFrame[role="hairline"] { background: @line; border: none; }
QFrame[role="palette"] { background: @surface; border: 1px solid @ink2; border-radius: 6px; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @ink2; font-size: 11px; font-weight: 500;
  padding: 0 8px; border: none; border-bottom: 1px solid @line2; min-height: 23px; }
QHeaderView::section:checked { font-weight: 500; }
QHeaderView::section:hover { color: @ink; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle { background: @line2; border-radius: 3px; margin: 2px; min-height: 24px;
  min-width: 24px; }
QScrollBar::handle:hover { background: @outline; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: @raised; color: @ink; border: 1px solid @line2; padding: 4px 6px; }
QMenu { background: @surface; color: @ink; border: 1px solid @line2; padding: 4px 0; }
QMenu::item { min-height: 24px; padding: 0 24px 0 12px; }
QMenu::item:selected { background: @sel; }
QMenu::item:disabled { color: @ink3; }
QMenu::separator { height: 1px; background: @line; margin: 4px 0; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QTabBar::tab { min-height: 24px; padding: 0 12px; color: @ink2; border: none;
  border-bottom: 2px solid transparent; background: transparent; }
QTabBar::tab:selected { color: @ink; font-weight: 600; border-bottom: 2px solid @ink; }
QTabBar::tab:focus { border-bottom: 2px solid @ink; background: @raised; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
)qss");
}

// Fusion's boxes vanish on a dark window, so they are drawn here: outline, and a mark in ink.
// Lives on: gui thread; the application owns it.
class HouseStyle final : public QProxyStyle {
public:
    HouseStyle()
        : QProxyStyle(QStringLiteral("Fusion"))
    {
    }

    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override
    {
        switch (metric) {
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight: return kIndicatorSize;
        default: return QProxyStyle::pixelMetric(metric, option, widget);
        }
    }

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override
    {
        if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton)
            drawIndicator(element, *option, *painter);
        else
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }

private:
    static void drawIndicator(PrimitiveElement element, const QStyleOption& option,
                              QPainter& painter)
    {
        const Tokens& t = tokens();
        const bool enabled = option.state.testFlag(State_Enabled);
        const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
        const QColor mark = enabled ? t.ink : t.ink3;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(enabled ? t.outline : t.line2, kHairline));
        painter.setBrush(t.sunken);
        const double radius = element == PE_IndicatorRadioButton ? box.width() / 2 : kProdRadius;
        painter.drawRoundedRect(box, radius, radius);
        if (option.state.testFlag(State_NoChange)) {
            painter.fillRect(box.adjusted(3, box.height() / 2 - 1, -3, 1 - box.height() / 2), mark);
        } else if (option.state.testFlag(State_On) && element == PE_IndicatorCheckBox) {
            paintIcon(painter, option.rect, Icon::Check, mark);
        } else if (option.state.testFlag(State_On)) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(mark);
            painter.drawEllipse(box.center(), box.width() / 4, box.height() / 4);
        }
        painter.restore();
    }
};

void setActive(QPalette& palette, const Tokens& t)
{
    palette.setColor(QPalette::Window, t.canvas);
    palette.setColor(QPalette::WindowText, t.ink);
    palette.setColor(QPalette::Base, t.surface);
    palette.setColor(QPalette::AlternateBase, t.sunken);
    palette.setColor(QPalette::Text, t.ink);
    palette.setColor(QPalette::PlaceholderText, t.ink3);
    palette.setColor(QPalette::Button, t.raised);
    palette.setColor(QPalette::ButtonText, t.ink);
    palette.setColor(QPalette::BrightText, t.ink);
    palette.setColor(QPalette::Highlight, t.sel);
    palette.setColor(QPalette::HighlightedText, t.ink);
    palette.setColor(QPalette::ToolTipBase, t.raised);
    palette.setColor(QPalette::ToolTipText, t.ink);
    palette.setColor(QPalette::Link, t.ink);
    palette.setColor(QPalette::LinkVisited, t.ink2);
    palette.setColor(QPalette::Light, t.line2);
    palette.setColor(QPalette::Midlight, t.line);
    palette.setColor(QPalette::Mid, t.line2);
    palette.setColor(QPalette::Dark, t.sunken);
    palette.setColor(QPalette::Shadow, t.sunken);
}

} // namespace

QPalette paletteOf(const Tokens& tokens)
{
    QPalette palette;
    setActive(palette, tokens);
    // setColor without a group also writes the disabled one, so that group comes last.
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, tokens.ink3);
    return palette;
}

QString styleSheetOf(const Tokens& tokens)
{
    return withColours(controlRules() + labelRules() + frameRules(), tokens);
}

void applyTheme(QApplication& application, Scheme scheme)
{
    loadFonts();
    QLocale::setDefault(QLocale::c());
    QApplication::setCursorFlashTime(0);
    Theme::current().setScheme(scheme);
    const Tokens& t = tokensOf(scheme);
    constexpr const char* kStyled = "signalboxStyled";
    if (!application.property(kStyled).toBool()) {
        QApplication::setStyle(new HouseStyle);
        application.setProperty(kStyled, true);
    }
    QApplication::setFont(fontFor(TextStyle::Base));
    QApplication::setPalette(paletteOf(t));
    // Under any style sheet a palette reaches labels and tables only when a changed sheet follows.
    application.setStyleSheet(styleSheetOf(t));
}

} // namespace signalbox::theme
