// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_table_model.h"

#include <QString>

#include <span>
#include <vector>

// Rows of the table as a file or for the clipboard: values, not what is painted. Moments are RFC
// 3339 UTC; what is not known is empty, or null.
namespace signalbox::models {

enum class TableFormat : std::uint8_t { Csv, Tsv, Json, Markdown };

// Of these agents, in this order; the columns that hold a value, then when each was sampled.
QString exportTable(const InstanceTableModel& model, const std::vector<int>& agentSlots,
                    std::span<const InstanceColumn> columns, TableFormat format);
// A cell that no spreadsheet takes for a formula: what begins with = + - @, tab or return gets an
// apostrophe before it.
QString safeCell(const QString& text);

} // namespace signalbox::models
