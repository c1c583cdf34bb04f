// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace signalbox::sqlite {

class Database;

// A compiled statement: bind, then step through its rows or run it once. Parameters count from 1,
// columns from 0. Text and blobs that a column returns live until the next step or reset.
// Lives on: the thread of its Database, which must outlive it.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    // Copies what it is given.
    void bind(int parameter, std::int64_t value);
    void bindBlob(int parameter, std::string_view value);
    void bindText(int parameter, std::string_view value);
    void bindNull(int parameter);

    // True while there is a row.
    base::Result<bool> step();
    // For statements without rows: steps to the end, then is ready to be bound again.
    base::Status run();
    // Forgets rows and bindings.
    void reset();

    std::int64_t integer(int column) const;
    std::string_view blob(int column) const;
    std::string_view text(int column) const;
    bool isNull(int column) const;

private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* statement);

    Database* database_;
    sqlite3_stmt* statement_;
};

struct DatabaseOptions {
    std::string path;
    // The write-ahead log is folded into the database when it has this many pages.
    int checkpointPages = 1'000;
    std::int64_t cacheBytes = 16 * 1024 * 1024;
};

// One SQLite file in write-ahead mode with full sync and an exclusive lock: this connection is the
// only one that reads, writes and checkpoints (SQLite before 3.51.3 may corrupt a file with two).
// Lives on: one thread, the disk or store thread of its owner. Memory mapping is off.
// Failure: open() names what is wrong (held by whom, damaged how); later errors carry SQLite's
// text; ResourceExhausted = the disk is full, DataLoss = the file is damaged, Unavailable =
// input/output.
class Database {
public:
    // Creates the file (mode 0600) when it is missing; its folder must exist. Checks the whole
    // file.
    static base::Result<std::unique_ptr<Database>> open(DatabaseOptions options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    base::Result<Statement> prepare(std::string_view sql);
    // Statements without parameters or rows, separated by semicolons.
    base::Status execute(const std::string& sql);

    base::Status begin();
    base::Status commit();
    // Safe to call when a failed statement has already ended the transaction.
    void rollback();
    bool isInTransaction() const;

    // Folds the write-ahead log into the file and cuts it to nothing.
    base::Status checkpoint();
    // An error when the file at the path is no longer the one that was opened.
    base::Status checkStillThere() const;
    // Writes a consistent copy to a new file.
    base::Status copyTo(const std::string& path);

    std::int64_t fileBytes() const;
    std::int64_t usedBytes() const; // without free pages
    std::int64_t changes() const;   // rows changed by the last statement
    const std::string& path() const { return options_.path; }

private:
    friend class Statement;

    explicit Database(DatabaseOptions options);
    base::Status lockPath();
    base::Status openFile();
    base::Status configure();
    base::Status quickCheck();
    base::Error errorNow(std::string_view what) const;
    std::int64_t pragma(const char* name) const;

    DatabaseOptions options_;
    sqlite3* handle_ = nullptr;
    int lockFile_ = -1; // held as long as this object, released by the kernel in any case
    std::uint64_t fileNumber_ = 0;
    std::uint64_t deviceNumber_ = 0;
};

// The library's version, for reports.
std::string_view libraryVersion();

} // namespace signalbox::sqlite
