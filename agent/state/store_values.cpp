// SPDX-License-Identifier: Apache-2.0
#include "agent/state/store_values.h"

#include <utility>

namespace signalbox::state {

namespace {

const std::string kLast(1, '\0');

Compare compareNumber(Compare::Target target, std::string key, std::int64_t number)
{
    Compare compare;
    compare.keys = KeyRange::one(std::move(key));
    compare.target = target;
    compare.number = number;
    return compare;
}

} // namespace

KeyRange KeyRange::one(std::string key)
{
    return KeyRange{std::move(key), {}};
}

KeyRange KeyRange::prefix(std::string_view prefix)
{
    if (prefix.empty())
        return all();
    // The first key after the prefix: its last byte below 0xff plus one, the rest cut off.
    std::string end(prefix);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff)
        end.pop_back();
    if (end.empty())
        return KeyRange{std::string(prefix), kLast};
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return KeyRange{std::string(prefix), std::move(end)};
}

KeyRange KeyRange::from(std::string key)
{
    return KeyRange{std::move(key), kLast};
}

KeyRange KeyRange::all()
{
    return KeyRange{kLast, kLast};
}

bool KeyRange::contains(std::string_view candidate) const
{
    if (isOneKey())
        return candidate == key;
    return candidate >= key && (reachesLast() || candidate < end);
}

Compare Compare::modRevision(std::string key, Revision revision)
{
    return compareNumber(Target::ModRevision, std::move(key), revision);
}

Compare Compare::createRevision(std::string key, Revision revision)
{
    return compareNumber(Target::CreateRevision, std::move(key), revision);
}

Compare Compare::version(std::string key, std::int64_t version)
{
    return compareNumber(Target::Version, std::move(key), version);
}

Compare Compare::valueOf(std::string key, std::string value)
{
    Compare compare;
    compare.keys = KeyRange::one(std::move(key));
    compare.target = Target::Value;
    compare.value = std::move(value);
    return compare;
}

} // namespace signalbox::state
