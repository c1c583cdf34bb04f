// SPDX-License-Identifier: Apache-2.0
#include "agent/control/store_keys.h"

#include <charconv>

namespace signalbox::control {

std::optional<StoreKeys::PolicyKey> StoreKeys::parsePolicy(std::string_view key) const
{
    const std::string prefix = policyPrefix();
    if (!key.starts_with(prefix))
        return std::nullopt;
    key.remove_prefix(prefix.size());
    const std::size_t slash = key.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    for (const model::PolicyKind kind :
         {model::PolicyKind::Access, model::PolicyKind::Key, model::PolicyKind::Pool,
          model::PolicyKind::Route, model::PolicyKind::Admin}) {
        if (key.substr(0, slash) == model::nameOf(kind))
            return PolicyKey{kind, std::string(key.substr(slash + 1))};
    }
    return std::nullopt;
}

std::optional<std::uint64_t> StoreKeys::parseAudit(std::string_view key) const
{
    const std::string prefix = auditPrefix();
    if (!key.starts_with(prefix))
        return std::nullopt;
    key.remove_prefix(prefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool isNumber = key.size() == kAuditDigits && error == std::errc{}
        && end == key.data() + key.size();
    return isNumber ? std::optional(number) : std::nullopt;
}

} // namespace signalbox::control
