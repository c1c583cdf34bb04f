// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/fleet_picture.h"

#include "shared/model/policy_edit.h"
#include "shared/wire/store_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace signalbox::control {

namespace {

using model::PolicyKind;

constexpr std::string_view kFormat = "fleet 1";

// Takes the text up to the separator off the front of `rest`.
std::string_view takeUpTo(char separator, std::string_view& rest)
{
    const std::size_t end = rest.find(separator);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

template <typename Number>
base::Status readNumber(std::string_view word, Number& number)
{
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size())
        return base::Error(base::Code::DataLoss, "not a number");
    return {};
}

std::optional<PolicyKind> kindFrom(std::string_view name)
{
    for (const PolicyKind kind : {PolicyKind::Access, PolicyKind::Key, PolicyKind::Pool,
                                  PolicyKind::Route, PolicyKind::Admin}) {
        if (name == model::nameOf(kind))
            return kind;
    }
    return std::nullopt;
}

base::Status readAgent(std::string_view json, FleetPicture& picture)
{
    SB_TRY(model::AgentRecord record, wire::agentFromJson(json));
    std::string id = record.id.str();
    picture.agents.insert_or_assign(std::move(id), std::move(record));
    return {};
}

base::Status readLine(std::string_view line, SavedFleet& saved)
{
    const std::string_view word = takeUpTo(' ', line);
    if (word == "saved")
        return readNumber(line, saved.savedUnixMs);
    if (word == "cluster")
        return readNumber(line, saved.clusterId);
    if (word == "store-revision")
        return readNumber(line, saved.storeRevision);
    if (word == "policy-revision")
        return readNumber(line, saved.picture.policy.revision);
    if (word == "boot") {
        saved.bootId = line;
        return {};
    }
    if (word == "agent")
        return readAgent(line, saved.picture);
    const auto kind = kindFrom(word);
    if (!kind)
        return base::Error(base::Code::DataLoss, fmt::format("unknown word '{}'", word));
    return wire::addToPolicy(*kind, line, saved.picture.policy);
}

template <typename Object>
void addAll(PolicyKind kind, const std::map<std::string, Object>& objects, std::string& text)
{
    for (const auto& [name, object] : objects)
        text += fmt::format("{} {}\n", model::nameOf(kind), wire::toJson(object));
}

} // namespace

std::string toText(const SavedFleet& saved)
{
    const model::Policy& policy = saved.picture.policy;
    std::string text = fmt::format("{}\nsaved {}\ncluster {}\nstore-revision {}\nboot {}\n"
                                   "policy-revision {}\naccess {}\n",
                                   kFormat, saved.savedUnixMs, saved.clusterId,
                                   saved.storeRevision, saved.bootId, policy.revision,
                                   wire::toJson(policy.access));
    addAll(PolicyKind::Key, policy.keys, text);
    addAll(PolicyKind::Pool, policy.pools, text);
    addAll(PolicyKind::Route, policy.routes, text);
    addAll(PolicyKind::Admin, policy.admin, text);
    for (const auto& [id, record] : saved.picture.agents)
        text += fmt::format("agent {}\n", wire::toJson(record));
    return text;
}

base::Result<SavedFleet> savedFleetFrom(std::string_view text)
{
    if (takeUpTo('\n', text) != kFormat)
        return base::Error(base::Code::DataLoss, fmt::format("does not begin with '{}'", kFormat));
    SavedFleet saved;
    for (int line = 2; !text.empty(); ++line) {
        if (const auto status = readLine(takeUpTo('\n', text), saved); !status) {
            return base::Error(base::Code::DataLoss,
                               fmt::format("line {}: {}", line, status.error().text()));
        }
    }
    return saved;
}

} // namespace signalbox::control
