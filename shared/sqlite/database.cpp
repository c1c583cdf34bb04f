// SPDX-License-Identifier: Apache-2.0
#include "shared/sqlite/database.h"

#include "shared/base/check.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signalbox::sqlite {

namespace {

base::Error failure(base::Code code, std::string message)
{
    return base::Error(code, std::move(message));
}

base::Code codeOf(int result)
{
    switch (result & 0xff) { // the primary code; the rest says where
    case SQLITE_FULL: return base::Code::ResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return base::Code::DataLoss;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return base::Code::PermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return base::Code::FailedPrecondition;
    case SQLITE_IOERR: return base::Code::Unavailable;
    default: return base::Code::Internal;
    }
}

std::string ownerOf(int lockFile)
{
    char text[32] = {};
    const ssize_t length = ::pread(lockFile, text, sizeof text - 1, 0);
    if (length <= 0)
        return "another process";
    return "process " + std::string(text, std::strcspn(text, "\n"));
}

} // namespace

Statement::Statement(Database& database, sqlite3_stmt* statement)
    : database_(&database), statement_(statement)
{
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr))
{
}

Statement& Statement::operator=(Statement&& other) noexcept
{
    std::swap(database_, other.database_);
    std::swap(statement_, other.statement_);
    return *this;
}

Statement::~Statement()
{
    sqlite3_finalize(statement_);
}

void Statement::bind(int parameter, std::int64_t value)
{
    SB_ASSERT(sqlite3_bind_int64(statement_, parameter, value) == SQLITE_OK);
}

void Statement::bindBlob(int parameter, std::string_view value)
{
    // SQLite takes a null pointer for NULL; an empty blob needs an address.
    const char* data = value.empty() ? "" : value.data();
    SB_ASSERT(sqlite3_bind_blob64(statement_, parameter, data, value.size(), SQLITE_TRANSIENT)
              == SQLITE_OK);
}

void Statement::bindText(int parameter, std::string_view value)
{
    SB_ASSERT(sqlite3_bind_text64(statement_, parameter, value.data(), value.size(),
                                  SQLITE_TRANSIENT, SQLITE_UTF8)
              == SQLITE_OK);
}

void Statement::bindNull(int parameter)
{
    SB_ASSERT(sqlite3_bind_null(statement_, parameter) == SQLITE_OK);
}

base::Result<bool> Statement::step()
{
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE)
        return false;
    base::Error error = database_->errorNow("running a statement");
    sqlite3_reset(statement_);
    return error;
}

base::Status Statement::run()
{
    while (true) {
        SB_TRY(const bool hasRow, step());
        if (!hasRow)
            break;
    }
    reset();
    return {};
}

void Statement::reset()
{
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::blob(int column) const
{
    const void* data = sqlite3_column_blob(statement_, column);
    const int bytes = sqlite3_column_bytes(statement_, column);
    if (data == nullptr)
        return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(bytes)};
}

std::string_view Statement::text(int column) const
{
    const unsigned char* data = sqlite3_column_text(statement_, column);
    const int bytes = sqlite3_column_bytes(statement_, column);
    if (data == nullptr)
        return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(bytes)};
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Database::Database(DatabaseOptions options) : options_(std::move(options)) {}

Database::~Database()
{
    if (handle_ != nullptr)
        sqlite3_close_v2(handle_);
    if (lockFile_ >= 0)
        ::close(lockFile_);
}

base::Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options)
{
    std::unique_ptr<Database> database(new Database(std::move(options)));
    SB_CHECK(database->lockPath());
    SB_CHECK(database->openFile());
    SB_CHECK(database->configure());
    SB_CHECK(database->quickCheck());
    return database;
}

// SQLite's own locks are tied to the process; a lock file of ours also names the one who holds it,
// and holds back a second opener before it has read a byte of the database.
base::Status Database::lockPath()
{
    const std::string path = options_.path + "-lock";
    lockFile_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lockFile_ < 0)
        return failure(base::Code::PermissionDenied,
                       fmt::format("{} cannot be opened: {}", path, std::strerror(errno)));
    if (::flock(lockFile_, LOCK_EX | LOCK_NB) != 0)
        return failure(base::Code::FailedPrecondition,
                       fmt::format("{} is in use by {}; one file has one owner: stop that one, or "
                                   "name another file",
                                   options_.path, ownerOf(lockFile_)));
    const std::string owner = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lockFile_, 0) != 0
        || ::pwrite(lockFile_, owner.data(), owner.size(), 0) != static_cast<ssize_t>(owner.size()))
        return failure(base::Code::Unavailable,
                       fmt::format("{} cannot be written: {}", path, std::strerror(errno)));
    return {};
}

base::Status Database::openFile()
{
    // Made here and not by SQLite, which would leave it readable for others.
    const int file = ::open(options_.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat about {};
    if (file < 0 || ::fstat(file, &about) != 0) {
        const int reason = errno;
        if (file >= 0)
            ::close(file);
        return failure(base::Code::PermissionDenied,
                       fmt::format("{} cannot be opened for writing: {}", options_.path,
                                   std::strerror(reason)));
    }
    ::close(file);
    fileNumber_ = about.st_ino;
    deviceNumber_ = about.st_dev;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(options_.path.c_str(), &handle_, flags, nullptr) != SQLITE_OK)
        return errorNow("opening");
    return {};
}

base::Status Database::configure()
{
    // Exclusive before write-ahead mode: then the index of the log is in memory, not in a shared
    // file, and no other process can read half of it.
    SB_CHECK(execute("PRAGMA locking_mode = EXCLUSIVE;"
                     "PRAGMA journal_mode = WAL;"
                     "PRAGMA synchronous = FULL;"
                     "PRAGMA mmap_size = 0;"
                     "PRAGMA foreign_keys = ON;"
                     "PRAGMA trusted_schema = OFF;"
                     "PRAGMA cell_size_check = ON;"));
    SB_CHECK(execute(fmt::format("PRAGMA wal_autocheckpoint = {};"
                                 "PRAGMA journal_size_limit = {};"
                                 "PRAGMA cache_size = -{};",
                                 options_.checkpointPages, 16 * 1024 * 1024,
                                 options_.cacheBytes / 1024)));
    sqlite3_limit(handle_, SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024);
    SB_TRY(Statement mode, prepare("PRAGMA journal_mode"));
    SB_TRY(const bool hasRow, mode.step());
    if (!hasRow || mode.text(0) != "wal")
        return failure(base::Code::FailedPrecondition,
                       options_.path + ": the file system does not allow write-ahead logging; "
                                       "put the file on a local disk");
    return {};
}

base::Status Database::quickCheck()
{
    SB_TRY(Statement check, prepare("PRAGMA quick_check(1)"));
    SB_TRY(const bool hasRow, check.step());
    if (!hasRow || check.text(0) != "ok")
        return failure(base::Code::DataLoss,
                       fmt::format("{} is damaged: {}; restore a backup, or move the file away to "
                                   "begin anew",
                                   options_.path, hasRow ? check.text(0) : "no answer"));
    return {};
}

base::Error Database::errorNow(std::string_view what) const
{
    const int result = handle_ != nullptr ? sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
    const char* text = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
    return failure(codeOf(result), fmt::format("{} {}: {}", what, options_.path, text));
}

base::Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr)
        != SQLITE_OK)
        return errorNow("preparing a statement for");
    return Statement(*this, statement);
}

base::Status Database::execute(const std::string& sql)
{
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return errorNow("executing on");
    return {};
}

base::Status Database::begin()
{
    return execute("BEGIN IMMEDIATE");
}

base::Status Database::commit()
{
    if (sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK)
        return errorNow("committing to");
    return {};
}

void Database::rollback()
{
    if (isInTransaction())
        sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Database::isInTransaction() const
{
    return sqlite3_get_autocommit(handle_) == 0;
}

base::Status Database::checkpoint()
{
    if (sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr)
        != SQLITE_OK)
        return errorNow("checkpointing");
    return {};
}

base::Status Database::checkStillThere() const
{
    struct stat about {};
    if (::stat(options_.path.c_str(), &about) != 0)
        return failure(base::Code::DataLoss,
                       fmt::format("{} is gone: {}", options_.path, std::strerror(errno)));
    if (about.st_ino != fileNumber_ || about.st_dev != deviceNumber_)
        return failure(base::Code::DataLoss,
                       options_.path + " was replaced by another file while in use");
    return {};
}

base::Status Database::copyTo(const std::string& path)
{
    SB_TRY(Statement copy, prepare("VACUUM INTO ?1"));
    copy.bindText(1, path);
    return copy.run();
}

std::int64_t Database::pragma(const char* name) const
{
    sqlite3_stmt* statement = nullptr;
    const std::string sql = std::string("PRAGMA ") + name;
    std::int64_t value = 0;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

std::int64_t Database::fileBytes() const
{
    return pragma("page_count") * pragma("page_size");
}

std::int64_t Database::usedBytes() const
{
    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(handle_);
}

std::string_view libraryVersion()
{
    return sqlite3_libversion();
}

} // namespace signalbox::sqlite
