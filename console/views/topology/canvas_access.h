// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The canvas to assistive technology: a list whose items are the nodes, each with its whole name.
namespace signalbox::topology {

class TopologyCanvas;

void installCanvasAccess(); // once a process; more often does nothing
void tellNodesMoved(TopologyCanvas& canvas); // other nodes, or in other places
void tellNodeFocused(TopologyCanvas& canvas, int node);

} // namespace signalbox::topology
