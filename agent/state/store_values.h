// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The words of etcd v3 as plain values. Meanings are etcd's, to the letter.
namespace signalbox::state {

using base::Revision;
using LeaseId = std::int64_t; // 0 = no lease

struct KeyValue {
    std::string key;
    std::string value;
    Revision createRevision = 0; // of the key's current life
    Revision modRevision = 0;
    std::int64_t version = 0; // writes since creation; 1 after a create
    LeaseId lease = 0;

    bool operator==(const KeyValue&) const = default;
};

// Which world answered, and how far it is.
struct Header {
    std::uint64_t clusterId = 0;
    std::uint64_t memberId = 0;
    Revision revision = 0; // of the whole store, not of the keys in the answer

    bool operator==(const Header&) const = default;
};

// Keys in [key, end). An empty end means the one key; end of one zero byte means "and all after".
struct KeyRange {
    std::string key;
    std::string end;

    static KeyRange one(std::string key);
    static KeyRange prefix(std::string_view prefix); // an empty prefix is everything
    static KeyRange from(std::string key);
    static KeyRange all();

    bool contains(std::string_view candidate) const;
    bool isOneKey() const { return end.empty(); }
    bool reachesLast() const { return end.size() == 1 && end[0] == '\0'; }
    bool operator==(const KeyRange&) const = default;
};

enum class SortOrder : std::uint8_t { None, Ascending, Descending };
enum class SortBy : std::uint8_t { Key, Version, CreateRevision, ModRevision, Value };
enum class Fields : std::uint8_t { All, KeysOnly, CountOnly };
enum class Consistency : std::uint8_t { Linearizable, Serializable };

// Inclusive bounds on a revision of a key; 0 = no bound.
struct RevisionBounds {
    Revision least = 0;
    Revision most = 0;
    bool allows(Revision revision) const
    {
        return (least == 0 || revision >= least) && (most == 0 || revision <= most);
    }
};

struct Range {
    KeyRange keys;
    Revision revision = 0;  // 0 = newest
    std::int64_t limit = 0; // 0 = all
    SortOrder order = SortOrder::None;
    SortBy sortBy = SortBy::Key;
    Fields fields = Fields::All;
    Consistency consistency = Consistency::Linearizable;
    RevisionBounds modRevision;
    RevisionBounds createRevision;
};

struct RangeResult {
    Header header;
    std::vector<KeyValue> keys;
    std::int64_t count = 0; // in the range, whatever the limit
    bool isCut = false;     // the limit left some out
};

struct Put {
    std::string key;
    std::string value;
    LeaseId lease = 0; // 0 detaches the key from any lease
    bool wantsPrevious = false;
    bool keepsValue = false; // change only the lease; the key must exist
    bool keepsLease = false; // change only the value; the key must exist
};

struct PutResult {
    Header header;
    std::optional<KeyValue> previous;
};

struct Delete {
    KeyRange keys;
    bool wantsPrevious = false;
};

struct DeleteResult {
    Header header;
    std::int64_t deleted = 0;
    std::vector<KeyValue> previous;
};

// A condition of a transaction. A missing key reads as version, revisions and lease 0; a condition
// on the value of a missing key is false. With a range, every key in it must meet the condition.
struct Compare {
    enum class Target : std::uint8_t { Version, CreateRevision, ModRevision, Value, Lease };
    enum class Relation : std::uint8_t { Equal, Greater, Less, NotEqual };

    KeyRange keys;
    Target target = Target::ModRevision;
    Relation relation = Relation::Equal;
    std::int64_t number = 0; // for all targets but Value
    std::string value;       // for Value

    // "Nobody has written this key since I read it"; 0 = the key does not exist.
    static Compare modRevision(std::string key, Revision revision);
    static Compare createRevision(std::string key, Revision revision);
    static Compare version(std::string key, std::int64_t version);
    static Compare valueOf(std::string key, std::string value);
};

using Operation = std::variant<Range, Put, Delete>;
using OperationResult = std::variant<RangeResult, PutResult, DeleteResult>;

// If all compares hold, success, else failure; one revision for all writes of the branch.
// At most 128 entries in each list; one branch may not write a key twice.
struct Txn {
    std::vector<Compare> compares;
    std::vector<Operation> success;
    std::vector<Operation> failure;
};

struct TxnResult {
    Header header;
    bool succeeded = false;
    std::vector<OperationResult> results; // one for each operation of the branch that ran
};

struct Event {
    enum class Kind : std::uint8_t { Put, Delete };
    Kind kind = Kind::Put;
    KeyValue now; // of a delete only key and modRevision
    std::optional<KeyValue> previous;

    bool operator==(const Event&) const = default;
};

struct WatchBatch {
    Header header;
    std::vector<Event> events;
};

struct LeaseLife {
    Header header;
    LeaseId id = 0;
    std::chrono::seconds granted{0};
    std::chrono::seconds remaining{-1}; // -1 = no such lease
    std::vector<std::string> keys;
};

struct StoreStatus {
    Header header;
    std::string version;
    std::int64_t databaseBytes = 0;
    std::int64_t databaseBytesUsed = 0;
    std::vector<std::string> errors;
};

} // namespace signalbox::state
