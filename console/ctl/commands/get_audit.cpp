// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"
#include "console/ctl/fleet_tables.h"
#include "console/ctl/model_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::ctl {

namespace {

constexpr std::uint32_t kPage = 500;

// Walks from the newest record to the first: numbers without a gap, each record holding the hash
// of the one before it. What was altered, removed or inserted breaks the chain at that place.
class ChainCheck {
public:
    explicit ChainCheck(const Fleet& fleet)
        : fleet_(fleet)
    {
    }

    // Newest first, going on where the last page ended. False once the chain is broken.
    bool follow(const std::vector<model::AuditRecord>& page)
    {
        for (const model::AuditRecord& record : page) {
            if (!expects(record))
                return false;
            checked_ += 1;
            wantNumber_ = record.number - 1;
            wantHash_ = record.previousHash;
        }
        return true;
    }

    bool isWhole() const { return problem_.empty() && (checked_ == 0 || wantNumber_ == 0); }
    std::uint64_t checked() const { return checked_; }
    const std::string& problem() const { return problem_; }

private:
    bool expects(const model::AuditRecord& record)
    {
        if (checked_ == 0)
            return true;
        if (record.number != wantNumber_)
            problem_ = fmt::format("record {} is missing: {} follows {}", wantNumber_,
                                   record.number, wantNumber_ + 1);
        else if (fleet_.hashOf(record) != wantHash_)
            problem_ = fmt::format("record {} is not what record {} vouches for", record.number,
                                   record.number + 1);
        return problem_.empty();
    }

    const Fleet& fleet_;
    std::uint64_t checked_ = 0;
    std::uint64_t wantNumber_ = 0;
    std::string wantHash_;
    std::string problem_;
};

ExitCode verify(Desk& desk)
{
    ChainCheck check(desk.fleet);
    std::uint64_t before = 0;
    std::uint64_t newest = 0;
    while (!desk.terminal.interrupted()) {
        const auto page = desk.fleet.audit(before, kPage);
        if (!page)
            return fail(desk, "read the audit", page.error());
        if (page->empty())
            break;
        newest = newest == 0 ? page->front().number : newest;
        if (!check.follow(*page))
            break;
        before = page->back().number;
        if (before <= 1)
            break;
    }
    std::string problem = check.problem();
    if (problem.empty() && !check.isWhole())
        problem = fmt::format("records below {} are missing", before);
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        json.beginObject().field("checked", static_cast<std::int64_t>(check.checked()));
        json.field("newest", static_cast<std::int64_t>(newest));
        json.key("whole").truth(problem.empty());
        desk.terminal.print(json.field("problem", problem).endObject().str());
    } else if (problem.empty()) {
        desk.terminal.print(fmt::format("the audit is whole: {} records, each vouching for the "
                                        "one before it",
                                        check.checked()));
    } else {
        desk.terminal.print(
            fmt::format("THE AUDIT IS BROKEN after {} good records: {}", check.checked(), problem));
    }
    return problem.empty() ? ExitCode::Done : ExitCode::Failed;
}

} // namespace

ExitCode runGetAudit(Desk& desk)
{
    if (desk.options.check == Check::Chain)
        return verify(desk);
    const auto records = desk.fleet.audit(desk.options.beforeNumber, desk.options.count);
    if (!records)
        return fail(desk, "read the audit", records.error());
    if (desk.options.output == Output::Json) {
        JsonWriter json;
        json.beginObject().key("records").beginArray();
        for (const model::AuditRecord& record : *records)
            writeAudit(json, record);
        desk.terminal.print(json.endArray().endObject().str());
        return ExitCode::Done;
    }
    show(desk, auditTable(*records, desk.fleet.nowUnixMs()), "nobody has changed anything yet");
    return ExitCode::Done;
}

} // namespace signalbox::ctl
