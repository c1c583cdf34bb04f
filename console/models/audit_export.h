// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/command.h"

#include <QByteArray>

#include <vector>

namespace signalbox::models {

// Records for other programs: whole texts, moments in UTC. In CSV a text that a spreadsheet would
// run as a formula gets an apostrophe in front.
QByteArray auditCsv(const std::vector<model::AuditRecord>& records);
QByteArray auditJson(const std::vector<model::AuditRecord>& records);

} // namespace signalbox::models
