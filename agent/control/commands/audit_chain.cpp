// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/audit_chain.h"

#include "agent/control/files/digest.h"
#include "shared/wire/store_json.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::control {

void AuditChain::add(std::uint64_t number, std::string_view storedBytes)
{
    const std::uint64_t last = std::exchange(last_, number);
    const std::string hash = std::exchange(lastHash_, sha256Hex(storedBytes));
    const bool isFirst = checked_++ == 0;
    const auto record = wire::auditFromJson(storedBytes);
    if (!record) {
        problems_.push_back(fmt::format("record {} cannot be read: {}", number,
                                        record.error().text()));
        return;
    }
    if (record->number != number)
        problems_.push_back(fmt::format("record {} says it is number {}", number, record->number));
    if (number == 1 && !record->previousHash.empty())
        problems_.push_back("record 1 claims that one came before it");
    if (isFirst)
        return;
    if (number != last + 1)
        problems_.push_back(
            number == last + 2 ? fmt::format("record {} is missing", last + 1)
                               : fmt::format("records {} to {} are missing", last + 1, number - 1));
    else if (record->previousHash != hash)
        problems_.push_back(
            fmt::format("record {} was changed after record {} was written", last, number));
}

void AuditChain::finish(std::uint64_t headNumber, std::string_view headHash)
{
    if (headNumber != last_)
        problems_.push_back(headNumber > last_
                                ? fmt::format("the newest record is {}, audit/head says {}: the "
                                              "end was cut off",
                                              last_, headNumber)
                                : fmt::format("record {} is newer than audit/head, which says {}",
                                              last_, headNumber));
    else if (headNumber != 0 && headHash != lastHash_)
        problems_.push_back(fmt::format("record {} is not what audit/head says it is", last_));
}

} // namespace signalbox::control
