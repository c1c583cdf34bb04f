// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/fleet_numbers.h"
#include "console/ctl/table.h"

#include <string>
#include <vector>

// The tables that people read, from plain values. Order of rows: by id, so that nothing moves.
namespace signalbox::ctl {

Table gatewayTable(const Picture& picture);
Table instanceTable(const Picture& picture);
Table agentTable(const Picture& picture); // addresses, engines, versions
Table poolTable(const std::vector<PoolLine>& pools);
Table auditTable(const std::vector<model::AuditRecord>& records, std::int64_t nowUnixMs);
Table eventTable(const std::vector<model::Event>& events, std::int64_t nowUnixMs);

// Two or three lines: load, then counts of agents.
std::vector<std::string> summaryLines(const Summary& summary, std::int64_t nowUnixMs);
// "! gpu-02  failed for 12 s: connection refused", worst first within the order of ids.
std::vector<Cell> concernLines(const Picture& picture);

// Words of a change for the audit: "drain gpu-02", "undrain pool chat".
std::string editText(const model::Edit& edit);

} // namespace signalbox::ctl
