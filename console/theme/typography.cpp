// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/typography.h"

#include <QFontDatabase>
#include <QStringList>

namespace signalbox::theme {

namespace {

struct Face {
    int pixelSize;
    int lineHeight;
    TextWeight weight;
};

Face faceOf(TextStyle style)
{
    switch (style) {
    case TextStyle::Caption: return {11, 16, TextWeight::Regular};
    case TextStyle::Name: return {14, 16, TextWeight::SemiBold};
    case TextStyle::Figure:
    case TextStyle::Title: return {16, 20, TextWeight::SemiBold};
    case TextStyle::Answer: return {20, 24, TextWeight::SemiBold};
    case TextStyle::AnswerLarge: return {24, 32, TextWeight::SemiBold};
    case TextStyle::Mono: return {11, 16, TextWeight::Regular};
    case TextStyle::BadgeDigit: return {11, 16, TextWeight::Bold};
    case TextStyle::Base: break;
    }
    return {12, 16, TextWeight::Regular};
}

QFont::Weight qtWeight(TextWeight weight)
{
    switch (weight) {
    case TextWeight::Medium: return QFont::Medium;
    case TextWeight::SemiBold: return QFont::DemiBold;
    case TextWeight::Bold: return QFont::Bold;
    case TextWeight::Regular: break;
    }
    return QFont::Normal;
}

bool loadOnce()
{
    bool all = true;
    for (const char* file :
         {"SignalboxSans-Regular.otf", "SignalboxSans-Medium.otf", "SignalboxSans-SemiBold.otf",
          "SignalboxSans-Bold.otf", "SignalboxMono-Regular.ttf"}) {
        const QString path = QStringLiteral(":/fonts/") + QString::fromLatin1(file);
        all = QFontDatabase::addApplicationFont(path) >= 0 && all;
    }
    return all;
}

} // namespace

QFont fontFor(TextStyle style)
{
    return fontFor(style, faceOf(style).weight);
}

QFont fontFor(TextStyle style, TextWeight weight)
{
    return fontFor(style, weight, faceOf(style).pixelSize);
}

QFont fontFor(TextStyle style, TextWeight weight, int pixelSize)
{
    const bool mono = style == TextStyle::Mono;
    QFont font(mono ? QStringLiteral("Signalbox Mono") : QStringLiteral("Signalbox Sans"));
    font.setStyleHint(
        mono ? QFont::Monospace : QFont::SansSerif,
        static_cast<QFont::StyleStrategy>(QFont::PreferAntialias | QFont::NoSubpixelAntialias));
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setPixelSize(pixelSize);
    font.setWeight(qtWeight(weight));
    return font;
}

int lineHeightOf(TextStyle style)
{
    return faceOf(style).lineHeight;
}

int pixelSizeOf(TextStyle style)
{
    return faceOf(style).pixelSize;
}

bool loadFonts()
{
    static const bool kLoaded = loadOnce();
    return kLoaded;
}

} // namespace signalbox::theme
