// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/result.h"
#include "shared/sqlite/database.h"

#include <memory>
#include <optional>

namespace signalbox::state {

// Rows that a read may at most collect before it gives up: an answer must fit a message.
struct ReadBounds {
    std::int64_t rows = 0; // 0 = any number
    std::size_t bytes = 0;
};

struct LeaseRow {
    LeaseId id = 0;
    std::chrono::seconds ttl{0};
};

// What has ever been written and not compacted, on disk: one row for each change, at (revision,
// sub-revision), and for each living key which row is its newest. Every row has a checksum.
// Lives on: the store thread. Owned by KeySpace, which knows what the rows mean.
// Failure: DataLoss when a row is not what was written; errors of SQLite as they are.
class SqliteLog {
public:
    struct Identity {
        std::uint64_t clusterId = 0;
        std::uint64_t memberId = 0;
    };

    // Creates the tables in an empty file; checks every row otherwise.
    static base::Result<std::unique_ptr<SqliteLog>> open(const std::string& path);
    ~SqliteLog();

    sqlite::Database& database() { return *database_; }
    const Identity& identity() const { return identity_; }
    Revision revision() const { return revision_; } // when opened
    Revision compacted() const { return compacted_; }

    base::Status append(const KeyValue& key, std::int64_t sub);
    base::Status appendDelete(const std::string& key, Revision revision, std::int64_t sub);

    base::Result<std::optional<KeyValue>> newest(const std::string& key);
    base::Result<std::vector<KeyValue>> newest(const KeyRange& keys, ReadBounds bounds);
    base::Result<std::int64_t> count(const KeyRange& keys);
    // As of a revision that is not compacted.
    base::Result<std::vector<KeyValue>> at(const KeyRange& keys, Revision revision,
                                           ReadBounds bounds);

    // Changes from the revision on, in order, whole revisions, until about so many rows.
    base::Result<std::vector<Event>> changes(Revision from, ReadBounds bounds);
    // The living key just before the revision; nothing when it did not live, or is compacted.
    base::Result<std::optional<KeyValue>> before(const std::string& key, Revision revision);

    base::Status putLease(LeaseId id, std::chrono::seconds ttl);
    base::Status removeLease(LeaseId id);
    base::Result<std::optional<LeaseRow>> lease(LeaseId id);
    base::Result<std::vector<LeaseRow>> leases();
    base::Result<std::vector<std::string>> keysOf(LeaseId id);

    // Marks history before the revision as gone; sweep() takes it away, some rows at a time.
    base::Status markCompacted(Revision revision);
    // True while there may be more to sweep.
    base::Result<bool> sweep(Revision compacted, std::int64_t rows);

private:
    struct Statements;

    SqliteLog();
    base::Status createTables();
    base::Status readMeta();
    base::Status verifyRows();
    enum class Change : std::uint8_t { Put, Delete };
    base::Status insert(const KeyValue& key, Change change, std::int64_t sub);

    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<Statements> statements_;
    Identity identity_;
    Revision revision_ = 1;
    Revision compacted_ = -1;
    std::int64_t sweptTo_ = 0; // the last row that the running sweep has seen
};

} // namespace signalbox::state
