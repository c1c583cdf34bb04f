// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/ledger.h"

#include "agent/control/commands/audit_chain.h"
#include "agent/control/files/digest.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::control {

namespace {

using model::PolicyKind;
using Records = std::vector<model::AuditRecord>;

state::Put putOf(std::string key, std::string value)
{
    state::Put put;
    put.key = std::move(key);
    put.value = std::move(value);
    return put;
}

// The object's JSON; nothing when the policy does not hold it.
std::optional<std::string> jsonOf(const model::Policy& policy, const model::PolicyObject& object)
{
    const auto in = [&](const auto& objects) -> std::optional<std::string> {
        const auto found = objects.find(object.name);
        if (found == objects.end())
            return std::nullopt;
        return wire::toJson(found->second);
    };
    switch (object.kind) {
    case PolicyKind::Access: return wire::toJson(policy.access);
    case PolicyKind::Key: return in(policy.keys);
    case PolicyKind::Pool: return in(policy.pools);
    case PolicyKind::Route: return in(policy.routes);
    case PolicyKind::Admin: return in(policy.admin);
    }
    return std::nullopt;
}

base::Result<LedgerPage> pageFrom(const StoreKeys& keys, const state::TxnResult& result)
{
    LedgerPage page;
    PolicyReader reader(keys);
    for (const state::KeyValue& key : std::get<state::RangeResult>(result.results.at(0)).keys)
        reader.add(key);
    page.policy = reader.finish();
    const auto& heads = std::get<state::RangeResult>(result.results.at(1)).keys;
    if (!heads.empty()) {
        SB_TRY(page.auditHead, wire::auditHeadFromJson(heads.front().value));
        page.auditHeadRevision = heads.front().modRevision;
    }
    if (page.auditHead.number < page.policy.headAuditNumber) {
        return base::Error(base::Code::DataLoss,
                           fmt::format("the audit chain ends at {}, but policy was written by "
                                       "command {}: {} was changed by hand; nothing is written "
                                       "until it is put back",
                                       page.auditHead.number, page.policy.headAuditNumber,
                                       keys.auditHead()),
                           base::Origin::Store);
    }
    return page;
}

base::Result<model::AuditRecord> recordFrom(const state::KeyValue& key)
{
    SB_TRY(model::AuditRecord record, wire::auditFromJson(key.value));
    record.revision = key.modRevision;
    return record;
}

void checkChain(const StoreKeys& keys, const std::vector<state::KeyValue>& ascending)
{
    AuditChain chain;
    for (const state::KeyValue& key : ascending)
        chain.add(keys.parseAudit(key.key).value_or(0), key.value);
    for (const std::string& problem : chain.problems())
        log::error("control", "audit_chain_broken", "why", problem);
}

} // namespace

void Ledger::read(Done<LedgerPage> done)
{
    state::Txn txn;
    state::Range policy;
    policy.keys = state::KeyRange::prefix(keys_.policyPrefix());
    txn.success.push_back(std::move(policy));
    state::Range head;
    head.keys = state::KeyRange::one(keys_.auditHead());
    txn.success.push_back(std::move(head));
    store_.txn(std::move(txn), state::kStoreTimeout,
               [keys = keys_, done = std::move(done)](base::Result<state::TxnResult> result) {
                   if (result)
                       done(pageFrom(keys, *result));
                   else
                       done(result.error());
               });
}

void Ledger::readRange(std::uint64_t first, std::uint64_t end,
                       Done<std::vector<state::KeyValue>> done)
{
    state::Range range;
    range.keys = state::KeyRange{keys_.audit(first), keys_.audit(end)};
    store_.range(std::move(range), state::kStoreTimeout,
                 [done = std::move(done)](base::Result<state::RangeResult> result) {
                     if (result)
                         done(std::move(result->keys));
                     else
                         done(result.error());
                 });
}

void Ledger::record(std::uint64_t number, Done<model::AuditRecord> done)
{
    readRange(number, number + 1,
              [number, done = std::move(done)](base::Result<std::vector<state::KeyValue>> keys) {
                  if (!keys)
                      return done(keys.error());
                  if (keys->empty()) {
                      return done(base::Error(base::Code::NotFound,
                                              fmt::format("there is no audit record {}", number),
                                              base::Origin::Client));
                  }
                  done(recordFrom(keys->front()));
              });
}

void Ledger::list(std::uint64_t before, std::uint32_t count, Done<Records> done)
{
    const auto answer = [keys = keys_, done](base::Result<std::vector<state::KeyValue>> found) {
        if (!found)
            return done(found.error());
        checkChain(keys, *found);
        Records records;
        for (auto key = found->rbegin(); key != found->rend(); ++key) {
            auto record = recordFrom(*key);
            if (!record)
                return done(record.error().because("reading " + keys.relative(key->key)));
            records.push_back(std::move(*record));
        }
        done(std::move(records));
    };
    const std::uint64_t most = std::min<std::uint64_t>(count, limits::kAuditPage);
    if (before != 0)
        return readRange(before - std::min(before, most), before, answer);
    read([self = *this, most, answer, done](base::Result<LedgerPage> page) mutable {
        if (!page)
            return done(page.error());
        const std::uint64_t end = page->auditHead.number + 1;
        self.readRange(end - std::min(end, most), end, answer);
    });
}

void Ledger::findRequest(const wire::AuditHead& head, std::string requestId,
                         Done<std::optional<model::AuditRecord>> done)
{
    const std::uint64_t end = head.number + 1;
    readRange(end - std::min<std::uint64_t>(end, limits::kRepeatLookback), end,
              [requestId = std::move(requestId),
               done = std::move(done)](base::Result<std::vector<state::KeyValue>> keys) {
                  if (!keys)
                      return done(keys.error());
                  for (const state::KeyValue& key : *keys) {
                      auto record = recordFrom(key);
                      if (record && record->requestId == requestId)
                          return done(std::optional(std::move(*record)));
                  }
                  done(std::optional<model::AuditRecord>{});
              });
}

void Ledger::addPolicy(const Entry& entry, state::Txn& txn) const
{
    const model::Policy& before = entry.page.policy.policy;
    const auto compare = [&](const std::string& key) {
        txn.compares.push_back(
            state::Compare::modRevision(key, entry.page.policy.revisionOf(keys_.relative(key))));
    };
    for (const model::PolicyObject& object : model::changedObjects(before, entry.after)) {
        const std::string key = keys_.policy(object.kind, object.name);
        compare(key);
        if (auto json = jsonOf(entry.after, object)) {
            txn.success.push_back(putOf(key, std::move(*json)));
            continue;
        }
        state::Delete removal;
        removal.keys = state::KeyRange::one(key);
        txn.success.push_back(std::move(removal));
    }
    compare(keys_.policyHead());
    txn.success.push_back(
        putOf(keys_.policyHead(), wire::policyHeadJson(entry.record.number)));
}

// The record stands in every transaction that is built here; policy only beside it.
base::Result<state::Txn> Ledger::transactionFor(const Entry& entry) const
{
    state::Txn txn;
    if (!(entry.after == entry.page.policy.policy))
        addPolicy(entry, txn);
    const std::string recordKey = keys_.audit(entry.record.number);
    txn.compares.push_back(
        state::Compare::modRevision(keys_.auditHead(), entry.page.auditHeadRevision));
    txn.compares.push_back(state::Compare::createRevision(recordKey, 0));
    std::string record = wire::toJson(entry.record);
    txn.success.push_back(
        putOf(keys_.auditHead(), wire::toJson({entry.record.number, sha256Hex(record)})));
    txn.success.push_back(putOf(recordKey, std::move(record)));

    std::size_t bytes = 0;
    for (const state::Operation& operation : txn.success) {
        if (const auto* put = std::get_if<state::Put>(&operation))
            bytes += put->key.size() + put->value.size();
    }
    const bool isTooLarge = txn.success.size() > limits::kStoreTxnOperations
        || txn.compares.size() > limits::kStoreTxnOperations || bytes > limits::kStoreRequestBytes;
    if (isTooLarge) {
        return base::Error(base::Code::ResourceExhausted,
                           fmt::format("{} objects and {} bytes do not fit one transaction "
                                       "(at most {} and {}): do it in parts",
                                       txn.success.size(), bytes, limits::kStoreTxnOperations,
                                       limits::kStoreRequestBytes),
                           base::Origin::Client);
    }
    return txn;
}

void Ledger::write(Entry entry, Done<Written> done)
{
    const std::uint64_t number = entry.page.auditHead.number + 1;
    entry.record.number = number;
    entry.record.previousHash = entry.page.auditHead.hash;
    if (entry.record.atUnixMs == 0)
        entry.record.atUnixMs = base::unixMs(clock_.wall());
    auto txn = transactionFor(entry);
    if (!txn)
        return done(txn.error());
    store_.txn(std::move(*txn), state::kStoreTimeout,
               [number, done = std::move(done)](base::Result<state::TxnResult> result) {
                   if (!result)
                       return done(result.error());
                   if (!result->succeeded)
                       return done(Written{true, 0, 0});
                   done(Written{false, result->header.revision, number});
               });
}

} // namespace signalbox::control
