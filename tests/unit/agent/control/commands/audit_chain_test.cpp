// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/audit_chain.h"
#include "agent/control/files/digest.h"
#include "shared/wire/store_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace signalbox::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Stored {
    std::uint64_t number;
    std::string bytes;
};

std::vector<Stored> chainOf(std::uint64_t count)
{
    std::vector<Stored> records;
    std::string previous;
    for (std::uint64_t number = 1; number <= count; ++number) {
        model::AuditRecord record;
        record.number = number;
        record.cause = "cause " + std::to_string(number);
        record.edit = model::AdminEdit{model::Verb::SetAdmin, "", {}};
        record.inverse = record.edit;
        record.previousHash = previous;
        records.push_back({number, wire::toJson(record)});
        previous = sha256Hex(records.back().bytes);
    }
    return records;
}

std::vector<std::string> problemsOf(const std::vector<Stored>& records, const Stored& newest)
{
    AuditChain chain;
    for (const Stored& record : records)
        chain.add(record.number, record.bytes);
    chain.finish(newest.number, sha256Hex(newest.bytes));
    return chain.problems();
}

TEST(AuditChain, AnUntouchedChainHolds)
{
    const auto records = chainOf(5);

    EXPECT_THAT(problemsOf(records, records.back()), IsEmpty());
    const std::vector<Stored> tail(records.begin() + 2, records.end());
    EXPECT_THAT(problemsOf(tail, records.back()), IsEmpty()) << "a part of it holds too";
    EXPECT_THAT(problemsOf({}, Stored{0, ""}), IsEmpty());
}

TEST(AuditChain, AChangedRecordIsNamed)
{
    for (std::size_t changed = 0; changed < 4; ++changed) {
        auto records = chainOf(5);
        std::string& bytes = records[changed].bytes;
        bytes.replace(bytes.find("cause "), 5, "CAUSE");
        const std::string name = std::to_string(changed + 1);
        const std::string next = std::to_string(changed + 2);

        EXPECT_THAT(problemsOf(records, records.back()),
                    ElementsAre("record " + name + " was changed after record " + next
                                + " was written"));
    }
}

TEST(AuditChain, AChangedNewestRecordIsFoundByTheHead)
{
    const auto records = chainOf(5);
    auto changed = records;
    changed.back().bytes.replace(changed.back().bytes.find("cause "), 5, "CAUSE");

    EXPECT_THAT(problemsOf(changed, records.back()),
                ElementsAre("record 5 is not what audit/head says it is"));
}

TEST(AuditChain, MissingRecordsAreNamed)
{
    const auto records = chainOf(6);
    auto one = records;
    one.erase(one.begin() + 2);
    auto more = records;
    more.erase(more.begin() + 1, more.begin() + 4);
    auto end = records;
    end.resize(4);

    EXPECT_THAT(problemsOf(one, records.back()), ElementsAre("record 3 is missing"));
    EXPECT_THAT(problemsOf(more, records.back()), ElementsAre("records 2 to 4 are missing"));
    EXPECT_THAT(problemsOf(end, records.back()),
                ElementsAre("the newest record is 4, audit/head says 6: the end was cut off"));
}

TEST(AuditChain, WhatWasPutThereIsFound)
{
    const auto records = chainOf(3);
    auto forged = records;
    forged.push_back({4, forged.back().bytes});
    auto unreadable = records;
    unreadable[1].bytes = "{";

    EXPECT_THAT(problemsOf(forged, records.back()),
                ElementsAre("record 4 says it is number 3",
                            "record 3 was changed after record 4 was written",
                            "record 4 is newer than audit/head, which says 3"));
    EXPECT_THAT(problemsOf(unreadable, records.back()),
                ElementsAre(testing::StartsWith("record 2 cannot be read: "),
                            "record 2 was changed after record 3 was written"));
}

} // namespace
} // namespace signalbox::control
