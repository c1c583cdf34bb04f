// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/sqlite_log.h"

#include <fmt/format.h>

#include <map>
#include <random>
#include <utility>

namespace signalbox::state {

using sqlite::Statement;

namespace {

constexpr std::int64_t kSchema = 1;

// `log` is the history, `living` names the newest row of each key that exists. Values are stored
// once; the index over leases is small, because few keys have one.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE log(
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    sub INTEGER NOT NULL,
    is_delete INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    checksum INTEGER NOT NULL);
CREATE UNIQUE INDEX log_by_revision ON log(revision, sub);
CREATE UNIQUE INDEX log_by_key ON log(key, revision);
CREATE TABLE living(key BLOB PRIMARY KEY, row INTEGER NOT NULL, lease INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE INDEX living_by_lease ON living(lease) WHERE lease != 0;
CREATE TABLE lease(id INTEGER PRIMARY KEY, ttl INTEGER NOT NULL);
)sql";

#define SB_LOG_COLUMNS                                                                             \
    "log.revision, log.sub, log.is_delete, log.key, log.value, log.create_revision, log.version, " \
    "log.lease, log.checksum "

struct Row {
    KeyValue key;
    std::int64_t sub = 0;
    bool isDelete = false;
};

// FNV-1a, 64 bits: any one changed byte changes it, and it needs no library.
class Checksum {
public:
    void add(std::string_view bytes)
    {
        add(static_cast<std::int64_t>(bytes.size()));
        for (const char byte : bytes)
            addByte(static_cast<unsigned char>(byte));
    }
    void add(std::int64_t number)
    {
        for (int shift = 0; shift < 64; shift += 8)
            addByte(static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> shift));
    }
    std::int64_t value() const { return static_cast<std::int64_t>(state_); }

private:
    void addByte(unsigned char byte)
    {
        state_ ^= byte;
        state_ *= 0x100000001b3ULL;
    }
    std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

std::int64_t checksumOf(const Row& row)
{
    Checksum sum;
    sum.add(row.key.modRevision);
    sum.add(row.sub);
    sum.add(row.isDelete ? 1 : 0);
    sum.add(row.key.key);
    sum.add(row.key.value);
    sum.add(row.key.createRevision);
    sum.add(row.key.version);
    sum.add(row.key.lease);
    return sum.value();
}

base::Result<Row> readRow(const Statement& statement)
{
    Row row;
    row.key.modRevision = statement.integer(0);
    row.sub = statement.integer(1);
    row.isDelete = statement.integer(2) != 0;
    row.key.key = statement.blob(3);
    row.key.value = statement.blob(4);
    row.key.createRevision = statement.integer(5);
    row.key.version = statement.integer(6);
    row.key.lease = statement.integer(7);
    if (statement.integer(8) != checksumOf(row))
        return base::Error(base::Code::DataLoss,
                           fmt::format("the store's row at revision {}.{} is damaged",
                                       row.key.modRevision, row.sub),
                           base::Origin::Store);
    return row;
}

std::uint64_t randomId()
{
    std::random_device device;
    const std::uint64_t high = device();
    // Never 0 (etcd's "no such member"), and positive when somebody prints it as signed.
    return ((high << 32 | device()) >> 1) | 1;
}

void bindRange(Statement& statement, const KeyRange& keys)
{
    statement.bindBlob(1, keys.key);
    if (!keys.reachesLast())
        statement.bindBlob(2, keys.end);
}

// Resets a statement when a function is left, so that it holds no read open.
class InUse {
public:
    explicit InUse(Statement& statement) : statement_(statement) {}
    ~InUse() { statement_.reset(); }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

private:
    Statement& statement_;
};

base::Error tooLarge()
{
    return base::Error(base::Code::ResourceExhausted,
                       "etcdserver: the answer is too large; ask for less, with a limit",
                       base::Origin::Store);
}

} // namespace

struct SqliteLog::Statements {
    Statement insert;
    Statement setLiving;
    Statement clearLiving;
    Statement newestOne;
    Statement newestRange;
    Statement newestFrom;
    Statement countRange;
    Statement countFrom;
    Statement atRange;
    Statement atFrom;
    Statement changes;
    Statement before;
    Statement setMeta;
    Statement putLease;
    Statement removeLease;
    Statement lease;
    Statement leases;
    Statement keysOf;
    Statement sweepCandidates;
    Statement hasNewer;
    Statement removeRow;

    static base::Result<std::unique_ptr<Statements>> prepare(sqlite::Database& database);
};

base::Result<std::unique_ptr<SqliteLog::Statements>>
SqliteLog::Statements::prepare(sqlite::Database& database)
{
#define SB_LIVING "SELECT " SB_LOG_COLUMNS "FROM living JOIN log ON log.id = living.row WHERE "
#define SB_HISTORY "SELECT " SB_LOG_COLUMNS "FROM log WHERE "
    SB_TRY(Statement insert,
           database.prepare("INSERT INTO log(revision, sub, is_delete, key, value, "
                            "create_revision, version, lease, checksum) "
                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    SB_TRY(Statement setLiving,
           database.prepare("INSERT OR REPLACE INTO living(key, row, lease) "
                            "VALUES(?1, last_insert_rowid(), ?2)"));
    SB_TRY(Statement clearLiving, database.prepare("DELETE FROM living WHERE key = ?1"));
    SB_TRY(Statement newestOne, database.prepare(SB_LIVING "living.key = ?1"));
    SB_TRY(Statement newestRange,
           database.prepare(SB_LIVING "living.key >= ?1 AND living.key < ?2 ORDER BY living.key"));
    SB_TRY(Statement newestFrom,
           database.prepare(SB_LIVING "living.key >= ?1 ORDER BY living.key"));
    SB_TRY(Statement countRange,
           database.prepare("SELECT count(*) FROM living WHERE key >= ?1 AND key < ?2"));
    SB_TRY(Statement countFrom, database.prepare("SELECT count(*) FROM living WHERE key >= ?1"));
    SB_TRY(Statement atRange,
           database.prepare(SB_HISTORY "key >= ?1 AND key < ?2 AND revision <= ?3 "
                                       "ORDER BY key, revision"));
    SB_TRY(Statement atFrom, database.prepare(SB_HISTORY "key >= ?1 AND revision <= ?3 "
                                                         "ORDER BY key, revision"));
    SB_TRY(Statement changes, database.prepare(SB_HISTORY "revision >= ?1 ORDER BY revision, sub"));
    SB_TRY(Statement before, database.prepare(SB_HISTORY "key = ?1 AND revision < ?2 "
                                                         "ORDER BY revision DESC LIMIT 1"));
    SB_TRY(Statement setMeta,
           database.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)"));
    SB_TRY(Statement putLease, database.prepare("INSERT INTO lease(id, ttl) VALUES(?1, ?2)"));
    SB_TRY(Statement removeLease, database.prepare("DELETE FROM lease WHERE id = ?1"));
    SB_TRY(Statement lease, database.prepare("SELECT id, ttl FROM lease WHERE id = ?1"));
    SB_TRY(Statement leases, database.prepare("SELECT id, ttl FROM lease ORDER BY id"));
    SB_TRY(Statement keysOf, database.prepare("SELECT key FROM living WHERE lease = ?1 "
                                              "AND lease != 0 ORDER BY key"));
    SB_TRY(Statement sweepCandidates,
           database.prepare("SELECT id, revision, is_delete, key FROM log "
                            "WHERE id > ?1 AND revision < ?2 ORDER BY id LIMIT ?3"));
    SB_TRY(Statement hasNewer, database.prepare("SELECT 1 FROM log WHERE key = ?1 "
                                                "AND revision > ?2 AND revision <= ?3 LIMIT 1"));
    SB_TRY(Statement removeRow, database.prepare("DELETE FROM log WHERE id = ?1"));
#undef SB_LIVING
#undef SB_HISTORY
    return std::unique_ptr<Statements>(new Statements{
        std::move(insert), std::move(setLiving), std::move(clearLiving), std::move(newestOne),
        std::move(newestRange), std::move(newestFrom), std::move(countRange), std::move(countFrom),
        std::move(atRange), std::move(atFrom), std::move(changes), std::move(before),
        std::move(setMeta), std::move(putLease), std::move(removeLease), std::move(lease),
        std::move(leases), std::move(keysOf), std::move(sweepCandidates), std::move(hasNewer),
        std::move(removeRow)});
}

SqliteLog::SqliteLog() = default;
SqliteLog::~SqliteLog() = default;

base::Result<std::unique_ptr<SqliteLog>> SqliteLog::open(const std::string& path)
{
    std::unique_ptr<SqliteLog> log(new SqliteLog);
    sqlite::DatabaseOptions options;
    options.path = path;
    SB_TRY(log->database_, sqlite::Database::open(std::move(options)));
    SB_CHECK(log->createTables());
    SB_TRY(log->statements_, Statements::prepare(*log->database_));
    SB_CHECK(log->readMeta());
    SB_CHECK(log->verifyRows());
    return log;
}

base::Status SqliteLog::createTables()
{
    SB_TRY(Statement tables, database_->prepare("SELECT count(*) FROM sqlite_schema"));
    SB_TRY(const bool hasRow, tables.step());
    const bool isNew = hasRow && tables.integer(0) == 0;
    tables.reset();
    if (!isNew)
        return {};
    SB_CHECK(database_->begin());
    SB_CHECK(database_->execute(kTables));
    SB_CHECK(database_->execute(fmt::format(
        "INSERT INTO meta VALUES('schema', {}), ('cluster_id', {}), ('member_id', {}), "
        "('compacted', -1);",
        kSchema, randomId(), randomId())));
    return database_->commit();
}

base::Status SqliteLog::readMeta()
{
    std::map<std::string, std::int64_t, std::less<>> meta;
    SB_TRY(Statement all, database_->prepare("SELECT name, value FROM meta"));
    while (true) {
        SB_TRY(const bool hasRow, all.step());
        if (!hasRow)
            break;
        meta.emplace(all.text(0), all.integer(1));
    }
    if (meta["schema"] != kSchema)
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("{} was written by another version (schema {}, known is {})",
                                       database_->path(), meta["schema"], kSchema),
                           base::Origin::Store);
    identity_.clusterId = static_cast<std::uint64_t>(meta["cluster_id"]);
    identity_.memberId = static_cast<std::uint64_t>(meta["member_id"]);
    compacted_ = meta["compacted"];
    return {};
}

// Reads every row once, so that damage is found before anybody is served.
base::Status SqliteLog::verifyRows()
{
    {
        SB_TRY(Statement all,
               database_->prepare("SELECT " SB_LOG_COLUMNS "FROM log ORDER BY id"));
        while (true) {
            SB_TRY(const bool hasRow, all.step());
            if (!hasRow)
                break;
            SB_TRY(const Row row, readRow(all));
            revision_ = std::max(revision_, row.key.modRevision);
        }
    }
    revision_ = std::max(revision_, compacted_);
    // The newest row of every key is its living one, or a deletion and it has none.
    SB_TRY(Statement wrong,
           database_->prepare(
               "SELECT count(*) FROM (SELECT key, max(revision), id, is_delete FROM log "
               "GROUP BY key) AS last LEFT JOIN living ON living.key = last.key "
               "WHERE CASE last.is_delete WHEN 0 THEN living.row IS NOT last.id "
               "ELSE living.row IS NOT NULL END"));
    SB_TRY(const bool hasRow, wrong.step());
    SB_TRY(Statement orphans, database_->prepare("SELECT count(*) FROM living LEFT JOIN log "
                                                 "ON log.id = living.row WHERE log.key IS NOT "
                                                 "living.key OR log.lease IS NOT living.lease"));
    SB_TRY(const bool hasOrphans, orphans.step());
    if (!hasRow || !hasOrphans || wrong.integer(0) != 0 || orphans.integer(0) != 0)
        return base::Error(base::Code::DataLoss,
                           fmt::format("{} is damaged: the keys do not agree with their history; "
                                       "restore a backup",
                                       database_->path()),
                           base::Origin::Store);
    return {};
}

base::Status SqliteLog::insert(const KeyValue& key, Change change, std::int64_t sub)
{
    Row row{key, sub, change == Change::Delete};
    Statement& insert = statements_->insert;
    insert.bind(1, key.modRevision);
    insert.bind(2, sub);
    insert.bind(3, row.isDelete ? 1 : 0);
    insert.bindBlob(4, key.key);
    insert.bindBlob(5, key.value);
    insert.bind(6, key.createRevision);
    insert.bind(7, key.version);
    insert.bind(8, key.lease);
    insert.bind(9, checksumOf(row));
    return insert.run();
}

base::Status SqliteLog::append(const KeyValue& key, std::int64_t sub)
{
    SB_CHECK(insert(key, Change::Put, sub));
    Statement& living = statements_->setLiving;
    living.bindBlob(1, key.key);
    living.bind(2, key.lease);
    return living.run();
}

base::Status SqliteLog::appendDelete(const std::string& key, Revision revision, std::int64_t sub)
{
    KeyValue grave;
    grave.key = key;
    grave.modRevision = revision;
    SB_CHECK(insert(grave, Change::Delete, sub));
    Statement& living = statements_->clearLiving;
    living.bindBlob(1, key);
    return living.run();
}

base::Result<std::optional<KeyValue>> SqliteLog::newest(const std::string& key)
{
    Statement& select = statements_->newestOne;
    const InUse inUse(select);
    select.bindBlob(1, key);
    SB_TRY(const bool hasRow, select.step());
    if (!hasRow)
        return std::optional<KeyValue>();
    SB_TRY(Row row, readRow(select));
    return std::optional(std::move(row.key));
}

base::Result<std::vector<KeyValue>> SqliteLog::newest(const KeyRange& keys, ReadBounds bounds)
{
    std::vector<KeyValue> found;
    if (keys.isOneKey()) {
        SB_TRY(std::optional<KeyValue> key, newest(keys.key));
        if (key)
            found.push_back(std::move(*key));
        return found;
    }
    Statement& select = keys.reachesLast() ? statements_->newestFrom : statements_->newestRange;
    const InUse inUse(select);
    bindRange(select, keys);
    std::size_t bytes = 0;
    while (bounds.rows == 0 || static_cast<std::int64_t>(found.size()) < bounds.rows) {
        SB_TRY(const bool hasRow, select.step());
        if (!hasRow)
            break;
        SB_TRY(Row row, readRow(select));
        bytes += row.key.key.size() + row.key.value.size();
        if (bounds.bytes != 0 && bytes > bounds.bytes)
            return tooLarge();
        found.push_back(std::move(row.key));
    }
    return found;
}

base::Result<std::int64_t> SqliteLog::count(const KeyRange& keys)
{
    if (keys.isOneKey()) {
        SB_TRY(const std::optional<KeyValue> key, newest(keys.key));
        return key ? std::int64_t{1} : std::int64_t{0};
    }
    Statement& select = keys.reachesLast() ? statements_->countFrom : statements_->countRange;
    const InUse inUse(select);
    bindRange(select, keys);
    SB_TRY(const bool hasRow, select.step());
    return hasRow ? select.integer(0) : 0;
}

base::Result<std::vector<KeyValue>> SqliteLog::at(const KeyRange& keys, Revision revision,
                                                  ReadBounds bounds)
{
    std::vector<KeyValue> found;
    if (keys.isOneKey()) {
        SB_TRY(std::optional<KeyValue> key, before(keys.key, revision + 1));
        if (key)
            found.push_back(std::move(*key));
        return found;
    }
    Statement& select = keys.reachesLast() ? statements_->atFrom : statements_->atRange;
    const InUse inUse(select);
    bindRange(select, keys);
    select.bind(3, revision);
    std::size_t bytes = 0;
    // Rows come by key and then by revision, so that the last one of each key is the one that
    // counts.
    std::optional<Row> last;
    const auto take = [&] {
        if (last && !last->isDelete) {
            bytes += last->key.key.size() + last->key.value.size();
            found.push_back(std::move(last->key));
        }
    };
    while (true) {
        SB_TRY(const bool hasRow, select.step());
        if (!hasRow)
            break;
        SB_TRY(Row row, readRow(select));
        if (last && last->key.key != row.key.key)
            take();
        last = std::move(row);
        if (bounds.bytes != 0 && bytes > bounds.bytes)
            return tooLarge();
    }
    take();
    return found;
}

base::Result<std::vector<Event>> SqliteLog::changes(Revision from, ReadBounds bounds)
{
    Statement& select = statements_->changes;
    const InUse inUse(select);
    select.bind(1, from);
    std::vector<Event> events;
    std::size_t bytes = 0;
    while (true) {
        SB_TRY(const bool hasRow, select.step());
        if (!hasRow)
            break;
        const bool isEnough = static_cast<std::int64_t>(events.size()) >= bounds.rows
            || bytes >= bounds.bytes;
        if (isEnough && !events.empty() && events.back().now.modRevision != select.integer(0))
            break;
        SB_TRY(Row row, readRow(select));
        bytes += row.key.key.size() + row.key.value.size();
        Event event;
        event.kind = row.isDelete ? Event::Kind::Delete : Event::Kind::Put;
        event.now = std::move(row.key);
        events.push_back(std::move(event));
    }
    return events;
}

base::Result<std::optional<KeyValue>> SqliteLog::before(const std::string& key, Revision revision)
{
    Statement& select = statements_->before;
    const InUse inUse(select);
    select.bindBlob(1, key);
    select.bind(2, revision);
    SB_TRY(const bool hasRow, select.step());
    if (!hasRow)
        return std::optional<KeyValue>();
    SB_TRY(Row row, readRow(select));
    if (row.isDelete)
        return std::optional<KeyValue>();
    return std::optional(std::move(row.key));
}

base::Status SqliteLog::putLease(LeaseId id, std::chrono::seconds ttl)
{
    statements_->putLease.bind(1, id);
    statements_->putLease.bind(2, ttl.count());
    return statements_->putLease.run();
}

base::Status SqliteLog::removeLease(LeaseId id)
{
    statements_->removeLease.bind(1, id);
    return statements_->removeLease.run();
}

base::Result<std::optional<LeaseRow>> SqliteLog::lease(LeaseId id)
{
    Statement& select = statements_->lease;
    const InUse inUse(select);
    select.bind(1, id);
    SB_TRY(const bool hasRow, select.step());
    if (!hasRow)
        return std::optional<LeaseRow>();
    return std::optional(LeaseRow{select.integer(0), std::chrono::seconds{select.integer(1)}});
}

base::Result<std::vector<LeaseRow>> SqliteLog::leases()
{
    Statement& select = statements_->leases;
    const InUse inUse(select);
    std::vector<LeaseRow> rows;
    while (true) {
        SB_TRY(const bool hasRow, select.step());
        if (!hasRow)
            break;
        rows.push_back(LeaseRow{select.integer(0), std::chrono::seconds{select.integer(1)}});
    }
    return rows;
}

base::Result<std::vector<std::string>> SqliteLog::keysOf(LeaseId id)
{
    Statement& select = statements_->keysOf;
    const InUse inUse(select);
    select.bind(1, id);
    std::vector<std::string> keys;
    while (true) {
        SB_TRY(const bool hasRow, select.step());
        if (!hasRow)
            break;
        keys.emplace_back(select.blob(0));
    }
    return keys;
}

base::Status SqliteLog::markCompacted(Revision revision)
{
    sweptTo_ = 0;
    statements_->setMeta.bindText(1, "compacted");
    statements_->setMeta.bind(2, revision);
    return statements_->setMeta.run();
}

// A row before the compacted revision goes when a newer one took its place by then, or when it is a
// deletion. Rows at the compacted revision all stay: a watch may still start there.
base::Result<bool> SqliteLog::sweep(Revision compacted, std::int64_t rows)
{
    struct Candidate {
        std::int64_t id;
        Revision revision;
        bool isDelete;
        std::string key;
    };
    std::vector<Candidate> candidates;
    {
        Statement& select = statements_->sweepCandidates;
        const InUse inUse(select);
        select.bind(1, sweptTo_);
        select.bind(2, compacted);
        select.bind(3, rows);
        while (true) {
            SB_TRY(const bool hasRow, select.step());
            if (!hasRow)
                break;
            candidates.push_back({select.integer(0), select.integer(1), select.integer(2) != 0,
                                  std::string(select.blob(3))});
        }
    }
    for (const Candidate& candidate : candidates) {
        bool isDead = candidate.isDelete;
        if (!isDead) {
            Statement& newer = statements_->hasNewer;
            const InUse inUse(newer);
            newer.bindBlob(1, candidate.key);
            newer.bind(2, candidate.revision);
            newer.bind(3, compacted);
            SB_TRY(isDead, newer.step());
        }
        if (isDead) {
            statements_->removeRow.bind(1, candidate.id);
            SB_CHECK(statements_->removeRow.run());
        }
        sweptTo_ = candidate.id;
    }
    return static_cast<std::int64_t>(candidates.size()) == rows;
}

} // namespace signalbox::state
