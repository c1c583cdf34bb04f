// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/tokens.h"

namespace signalbox::theme {

namespace {

QColor hex(QRgb rgb)
{
    return QColor(rgb);
}

Tokens makeDark()
{
    Tokens t;
    t.canvas = hex(0x1E2226);
    t.surface = hex(0x252A2F);
    t.sunken = hex(0x191C20);
    t.raised = hex(0x2D3238);
    t.sel = hex(0x30373E);
    t.line = hex(0x363C43);
    t.line2 = hex(0x4A5159);
    t.outline = hex(0x757C84);
    t.edgePen = hex(0x6B727A);
    t.ink = t.inkSolid = hex(0xE8EAED);
    t.ink2 = hex(0xAEB4BB);
    t.ink3 = hex(0x9CA3AB);
    t.normal = hex(0x6B727A);
    t.track = hex(0x191C20);
    t.band = hex(0x3A4149);
    t.trace = hex(0x9CA3AB);
    t.cell = hex(0x373E45);
    t.cellOn = hex(0x757C84);
    t.heat = {hex(0x2C3238), hex(0x3A4148), hex(0x4A5159), hex(0x5F666E), hex(0x7B828A)};
    t.p1 = hex(0xF0421C);
    t.p2 = hex(0xE69F00);
    t.p3 = hex(0xF0E442);
    t.deliberate = hex(0x56B4E9);
    t.p1On = t.p2On = t.p3On = t.deliberateOn = hex(0x000000);
    t.edge = hex(0x14171A);
    t.hollow = t.sunken;
    return t;
}

Tokens makeLight()
{
    Tokens t;
    t.canvas = hex(0xE4E6E8);
    t.surface = hex(0xEFF0F2);
    t.sunken = hex(0xD9DCDF);
    t.raised = hex(0xF7F8F9);
    t.sel = hex(0xD2D7DC);
    t.line = hex(0xC6CACE);
    t.line2 = hex(0xA6ACB2);
    t.outline = hex(0x737A81);
    t.edgePen = hex(0x7A8188);
    t.ink = t.inkSolid = hex(0x1B1E21);
    t.ink2 = hex(0x4A5057);
    t.ink3 = hex(0x555B62);
    t.normal = hex(0xB4B9BF);
    t.track = hex(0xFAFBFC);
    t.band = hex(0xC6CCD2);
    t.trace = hex(0x555B62);
    t.cell = hex(0xD5D9DC);
    t.cellOn = hex(0x838A91);
    t.heat = {hex(0xD9DCDF), hex(0xCACED2), hex(0xB7BCC1), hex(0x9FA5AB), hex(0x7F868D)};
    t.p1 = hex(0xC8321E);
    t.p2 = hex(0xE69F00);
    t.p3 = hex(0xF0E442);
    t.deliberate = hex(0x0072B2);
    t.p1On = t.deliberateOn = hex(0xFFFFFF);
    t.p2On = t.p3On = hex(0x000000);
    t.edge = hex(0x1B1E21);
    t.edgeWidth = 1.5;
    t.hollow = t.raised;
    return t;
}

// Ink on canvas. The greys that are left are fills under ink, never the only carrier of a fact.
Tokens makeHighContrast()
{
    const QColor black = hex(0x000000);
    const QColor white = hex(0xFFFFFF);
    Tokens t;
    t.canvas = t.surface = t.sunken = t.raised = t.track = t.cell = t.hollow = black;
    t.sel = hex(0x333333);
    t.line = hex(0x8C8C8C);
    t.line2 = t.outline = t.edgePen = t.normal = t.trace = t.cellOn = white;
    t.ink = t.inkSolid = t.ink2 = t.ink3 = white;
    t.band = hex(0x4D4D4D);
    t.heat = {hex(0x1F1F1F), hex(0x4D4D4D), hex(0x808080), hex(0xB3B3B3), hex(0xE6E6E6)};
    t.p1 = t.p2 = t.p3 = t.deliberate = white;
    t.p1On = t.p2On = t.p3On = t.deliberateOn = black;
    t.edge = black;
    t.edgeWidth = 1.5;
    t.alarmFill = AlarmFill::Pattern;
    return t;
}

} // namespace

const Tokens& tokensOf(Scheme scheme)
{
    static const Tokens kLight = makeLight();
    static const Tokens kDark = makeDark();
    static const Tokens kHighContrast = makeHighContrast();
    switch (scheme) {
    case Scheme::Light: return kLight;
    case Scheme::HighContrast: return kHighContrast;
    case Scheme::Dark: break;
    }
    return kDark;
}

Tokens oneStepDown(const Tokens& tokens)
{
    Tokens down = tokens;
    down.ink = tokens.ink2;
    down.ink2 = tokens.ink3;
    return down;
}

} // namespace signalbox::theme
