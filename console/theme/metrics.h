// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Every size of the console, in logical pixels, on a grid of 4.
namespace signalbox::theme {

// --- Frame of the window ---
inline constexpr int kWideWindow = 1500; // below it, labels fold away; alarms never do
inline constexpr int kTitleHeight = 32;
inline constexpr int kDoubleRuleHeight = 4; // of a production fleet, under the title
inline constexpr int kStripHeight = 32;
inline constexpr int kNavigationWidth = 152;
inline constexpr int kNavigationNarrowWidth = 48;
inline constexpr int kNavigationRowHeight = 32;
inline constexpr int kInspectorWidth = 328;
inline constexpr int kInspectorNarrowWidth = 264;
inline constexpr int kInspectorFoldedWidth = 28;
inline constexpr int kTimelineFoldedHeight = 24;
inline constexpr int kTimelineHeight = 121;
inline constexpr int kTimelineOpenHeight = 300;
inline constexpr int kReplayFrameWidth = 6;
inline constexpr int kSheetWidth = 1208;
inline constexpr int kSheetNarrowWidth = 1008;
inline constexpr int kSheetHeadHeight = 40;
inline constexpr int kSheetEdgeWidth = 2;
inline constexpr int kSheetParametersWidth = 272; // at the left of a sheet
inline constexpr int kPaletteWidth = 760;
inline constexpr int kPaletteFieldHeight = 44;
inline constexpr int kPaletteFootHeight = 32;

// --- Rows, heads, controls ---
inline constexpr int kRowHeight = 24;
inline constexpr int kPaletteRowHeight = 28;
inline constexpr int kPanelHeadHeight = 28;
inline constexpr int kDockHeadHeight = 28;
inline constexpr int kScreenHeadHeight = 40;
inline constexpr int kDetailHeadHeight = 56;
inline constexpr int kTimelineBarHeight = 24;
inline constexpr int kButtonHeight = 24;
inline constexpr int kButtonTallHeight = 28; // at the foot of a sheet
inline constexpr int kFieldHeight = 24;
inline constexpr int kChipHeight = 20;
inline constexpr int kTargetSize = 24; // the least that a pointer must be able to hit
inline constexpr int kIndicatorSize = 14; // of check boxes and radio buttons
inline constexpr int kScrollBarWidth = 10;

// --- Paddings and gaps ---
inline constexpr int kGap4 = 4;
inline constexpr int kGap = 8; // in rows
inline constexpr int kPadding = 12; // of panels
inline constexpr int kPanelGap = 12; // between panels
inline constexpr int kSheetPadding = 16;
inline constexpr int kCellPadding = 8;
inline constexpr int kButtonPadding = 10;
inline constexpr int kButtonTallPadding = 14;

// --- Lines and corners ---
inline constexpr int kHairline = 1;
inline constexpr int kSelectionWidth = 3; // bar of a row, ring of a node
inline constexpr int kSelectionGap = 1; // of canvas, inside the ring
inline constexpr int kFocusWidth = 2;
inline constexpr int kFocusGap = 1;
inline constexpr int kRadius = 4;
inline constexpr int kProdRadius = 2;
inline constexpr int kKeyRadius = 3;
inline constexpr int kPaletteRadius = 6;
inline constexpr int kSelectionRadius = 6;
inline constexpr int kEdgeRadius = 8; // corners of traffic edges
inline constexpr double kNodeOutline = 1.5;
inline constexpr double kTraceWidth = 1.5; // a series inside its band
inline constexpr double kAbnormalTraceWidth = 2; // outside of it

// --- Marks ---
inline constexpr int kBadgeSize = 24; // the box; the shape in it is 19 wide
inline constexpr int kKindSize = 14;
inline constexpr int kAdminSize = 16;
inline constexpr int kIconSize = 16;
inline constexpr int kFreshnessWidth = 20;
inline constexpr int kFreshnessHeight = 12;
inline constexpr int kBarHeight = 12; // analogue bar in a row
inline constexpr int kBarValue = 4; // its value
inline constexpr int kBarValueWide = 6;
inline constexpr int kBarMarker = 2;
inline constexpr int kAbnormalRun = 5; // samples outside the band until a series is ink
inline constexpr int kHatchSize = 8;
inline constexpr int kVeilPercent = 55; // of canvas over what a sheet covers

} // namespace signalbox::theme
