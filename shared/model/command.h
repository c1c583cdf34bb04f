// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/model/health.h"
#include "shared/model/policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// One path for every verb: preview -> apply -> converge -> undo. A new verb adds a case to Edit.
namespace signalbox::model {

enum class Verb : std::uint8_t {
    Drain,
    Undrain,
    SetAdmin,
    Failover,
    Failback,
    SetWeights,
};
std::string_view nameOf(Verb verb);

// Several agents at once keep what each had before, so that an inverse can restore it.
struct AdminChange {
    std::string agent;
    Admin admin = Admin::Run;
    std::int64_t deadlineUnixMs = 0; // 0 = none
    bool operator==(const AdminChange&) const = default;
};

struct AdminEdit {
    Verb verb = Verb::Drain;
    std::string pool; // the pool the operator named, empty when he named agents
    std::vector<AdminChange> changes;
    bool operator==(const AdminEdit&) const = default;
};

// Everything about a route that a RouteEdit may change.
struct RouteRestore {
    RoutePlacement placement;
    RoutePlacement home; // no targets = it had not failed over
    bool operator==(const RouteRestore&) const = default;
};

// Failover moves a route to one pool in one step; failback brings it home; weights share it out.
struct RouteEdit {
    Verb verb = Verb::Failover;
    std::string route;
    std::string toPool = {}; // of a failover; empty = its first fallback
    std::vector<RouteTarget> targets = {}; // of weights: pools that get another one
    std::vector<AdminChange> members = {}; // left out of the pools it goes to; drained with it
    std::optional<RouteRestore> restore = {}; // in an inverse: put this back, whatever the verb
    bool operator==(const RouteEdit&) const = default;
};

// Another number of instances for a pool that has a scale. Scaling in drains its victims in the
// same step, and they are stopped once drained; scaling out takes back drains of earlier victims.
struct ScaleEdit {
    std::string pool;
    std::uint32_t desired = 0;
    std::vector<AdminChange> changes = {}; // in a request: the victims, or empty = preview chooses
    bool operator==(const ScaleEdit&) const = default;
};

// What an operator asks for. Values, comparable; the wire form is command.proto's Edit.
using Edit = std::variant<AdminEdit, RouteEdit, ScaleEdit>;

// One line of the diff: an object of policy before and after, in the operator's words.
struct DiffLine {
    std::string kind; // nameOf(PolicyKind)
    std::string name;
    std::string field;
    std::string before;
    std::string after;
    bool operator==(const DiffLine&) const = default;
};

// What is left of a pool once the edit is applied, from the newest load reports.
struct SurvivorLoad {
    std::string pool;
    std::uint32_t readyBefore = 0;
    std::uint32_t readyAfter = 0;
    std::uint32_t inFlightMoved = 0; // open exchanges on what leaves (they end where they are)
    double utilisationBefore = 0; // share of token work the members can do, 0..1; < 0 = unknown
    double utilisationAfter = 0;
    double ttftBeforeMs = -1; // predicted mean; -1 = unknown
    double ttftAfterMs = -1;
    bool operator==(const SurvivorLoad&) const = default;
};

enum class ProofVerdict : std::uint8_t {
    Unproven, // it would get requests, and nothing shows that it can answer them
    NotReady, // not healthy: it gets no requests
    LeftOut, // people want it to take no work
    Proven,
};
std::string_view nameOf(ProofVerdict verdict);

// What is known of one member of a pool that a route is about to move to.
struct StandbyProof {
    std::string pool;
    std::string agent; // id, or the address of an engine without an agent
    ProofVerdict verdict = ProofVerdict::Unproven;
    Verdict health;
    bool modelListed = false; // its engine lists every model that it will be asked for
    std::int64_t lastTokenAgeMs = -1; // < 0 = none known
    std::int64_t lastProbeAgeMs = -1;
    std::string problem; // what is missing, in words; empty when proven
    bool operator==(const StandbyProof&) const = default;
};

// The mod_revision a key must still have when the plan is applied; 0 = must not exist.
struct KeyRevision {
    std::string key; // relative to /signalbox/<fleet>/
    std::int64_t modRevision = 0;
    bool operator==(const KeyRevision&) const = default;
};

// A signed, stateless answer to preview: any agent of the fleet can apply it for 60 s.
struct Plan {
    Edit edit;
    base::Revision baseRevision = 0;
    std::vector<KeyRevision> reads;
    std::int64_t expiresUnixMs = 0;
    std::string signer; // id of the agent that previewed it
    std::string signature; // opaque bytes
    std::uint64_t undoes = 0; // audit number this plan undoes, 0 = none
    bool operator==(const Plan&) const = default;
};

struct Preview {
    Plan plan;
    Edit inverse;
    std::vector<DiffLine> diff;
    std::vector<std::string> agents; // whose behaviour the change alters
    std::vector<SurvivorLoad> survivors;
    std::vector<std::string> warnings;
    std::string refusal; // not empty: apply needs the override
    std::vector<StandbyProof> proofs = {}; // of pools that begin to get requests; unproven first
    std::string overrideName = {}; // with a refusal: what must be typed to apply it all the same
    bool operator==(const Preview&) const = default;
};

// Overriding a refusal takes the typed name of the pool (or agent) and the cause.
struct ApplyOptions {
    std::string operatorName;
    std::string cause; // required, 1..256 bytes
    std::string requestId; // same id -> same answer
    std::string overrideName; // empty = no override
};

struct AuditRecord {
    std::uint64_t number = 0; // audit/<20 digits>, without gaps
    std::int64_t atUnixMs = 0;
    std::string operatorName;
    std::string agent; // that applied it
    std::string cause;
    std::string requestId;
    std::string overrideName;
    Edit edit;
    Edit inverse;
    std::vector<DiffLine> diff;
    std::vector<SurvivorLoad> previewed;
    base::Revision baseRevision = 0;
    base::Revision revision = 0; // policy/head after it; known on reading, 0 inside the write
    std::uint64_t undoes = 0; // number of the record it undoes, 0 = none
    std::string previousHash; // SHA-256 of the previous record's bytes, lower hex
    bool operator==(const AuditRecord&) const = default;
};

// How far a change has come. Whole = every live agent; altered = those whose behaviour changes.
struct Convergence {
    base::Revision revision = 0;
    std::uint32_t alteredApplied = 0;
    std::uint32_t alteredTotal = 0;
    std::uint32_t wholeApplied = 0;
    std::uint32_t wholeTotal = 0;
    struct Behind {
        std::string agent;
        base::Revision applied = 0;
        std::int64_t lastSeenMs = 0; // age of its newest fact
        std::string rejectedReason;
        bool operator==(const Behind&) const = default;
    };
    std::vector<Behind> behind; // at most 32, the altered ones first
    bool operator==(const Convergence&) const = default;
};

} // namespace signalbox::model
