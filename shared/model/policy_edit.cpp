// SPDX-License-Identifier: Apache-2.0
#include "shared/model/policy_edit.h"

#include "shared/model/admin_change.h"
#include "shared/model/route_edit.h"
#include "shared/model/scale_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

namespace signalbox::model {

namespace {

constexpr std::string_view kNone = "none";
constexpr std::size_t kHashShown = 8;

std::string orNone(std::string text)
{
    return text.empty() ? std::string(kNone) : text;
}

std::string joined(const std::vector<std::string>& words, std::string_view between)
{
    return fmt::format("{}", fmt::join(words, between));
}

template <typename Object>
std::set<std::string> namesIn(const std::map<std::string, Object>& before,
                              const std::map<std::string, Object>& after)
{
    std::set<std::string> names;
    for (const auto& [name, object] : before)
        names.insert(name);
    for (const auto& [name, object] : after)
        names.insert(name);
    return names;
}

// One field of an object: its name and its value in words. An object is a list of them.
struct Field {
    std::string name;
    std::string value;
};
using Fields = std::vector<Field>;

Fields fieldsOf(const Access& access)
{
    return {{"mode", access.mode == AccessMode::Open ? "open" : "keys"}};
}

Fields fieldsOf(const ApiKey& key)
{
    return {{"tenant", key.tenant},
            {"secret", fmt::format("sha256 {}...", key.secretSha256.substr(0, kHashShown))},
            {"models", key.models.empty() ? "every route" : joined(key.models, ", ")}};
}

void addFields(const PoolScale& scale, Fields& fields)
{
    const auto number = [&](const char* name, std::uint64_t value) {
        fields.push_back({name, fmt::format("{}", value)});
    };
    fields.push_back({"scaler", fmt::format("{} on {}", nameOf(scale.kind), scale.on)});
    number("instances", scale.desired);
    number("instances at least", scale.least);
    number("instances at most", scale.most);
    number("instances started by others", scale.others);
    fields.push_back({"engine command", joined(scale.engine, " ")});
    fields.push_back({"agent command", scale.agent.empty() ? std::string("built in")
                                                           : joined(scale.agent, " ")});
    fields.push_back({"start timeout", spanText(scale.startTimeoutMs)});
    fields.push_back({"drain deadline", spanText(scale.drainDeadlineMs)});
    number("bytes of a log", scale.logBytes);
}

Fields fieldsOf(const Pool& pool)
{
    Fields fields{{"model", pool.model.empty() ? "as the client asks" : pool.model},
                  {"ready floor", fmt::format("{}", pool.readyFloor)}};
    for (const StaticMember& member : pool.members)
        fields.push_back({fmt::format("member {}", member.url), member.profile});
    if (pool.scale)
        addFields(*pool.scale, fields);
    return fields;
}

Fields fieldsOf(const Route& route)
{
    Fields fields{{"model", route.model},
                  {"aliases", orNone(joined(route.aliases, ", "))},
                  {"fallbacks", orNone(joined(route.fallbacks, ", then "))},
                  {"larger context", orNone(joined(route.largerContext, ", then "))}};
    for (const RouteTarget& target : route.targets)
        fields.push_back({fmt::format("weight of {}", target.pool),
                          fmt::format("{}", target.weight)});
    if (route.hasFailedOver())
        fields.push_back({"failed over from", placementText(route.home)});
    return fields;
}

Fields fieldsOf(const AdminIntent& intent)
{
    return {{"admin", std::string(nameOf(intent.admin))},
            {"deadline", timeText(intent.deadlineUnixMs)}};
}

const std::string* valueOf(const Fields& fields, std::string_view name)
{
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &found->value;
}

// Collects the lines of one diff.
class Lines {
public:
    void compare(PolicyKind kind, const std::string& name, const Fields& before,
                 const Fields& after)
    {
        for (const Field& field : before) {
            const std::string* now = valueOf(after, field.name);
            if (now == nullptr || *now != field.value)
                add(kind, name, field.name, field.value,
                    now == nullptr ? std::string(kNone) : *now);
        }
        for (const Field& field : after) {
            if (valueOf(before, field.name) == nullptr)
                add(kind, name, field.name, std::string(kNone), field.value);
        }
    }

    void add(PolicyKind kind, const std::string& name, std::string field, std::string before,
             std::string after)
    {
        found_.push_back({std::string(nameOf(kind)), name, std::move(field), std::move(before),
                          std::move(after)});
    }

    // Both maps by name; an object that is only in one of them is told field by field too.
    template <typename Object>
    void compareAll(PolicyKind kind, const std::map<std::string, Object>& before,
                    const std::map<std::string, Object>& after)
    {
        for (const std::string& name : namesIn(before, after)) {
            const auto was = before.find(name);
            const auto is = after.find(name);
            compare(kind, name, was == before.end() ? Fields{} : fieldsOf(was->second),
                    is == after.end() ? Fields{} : fieldsOf(is->second));
        }
    }

    std::vector<DiffLine> take() { return std::move(found_); }

private:
    std::vector<DiffLine> found_;
};

// No object means run, so the two read the same.
void compareAdmin(const Policy& before, const Policy& after, Lines& lines)
{
    const auto intentIn = [](const Policy& policy, const std::string& name) {
        const auto found = policy.admin.find(name);
        return found == policy.admin.end() ? AdminIntent{name, Admin::Run, 0, ""} : found->second;
    };
    for (const std::string& name : namesIn(before.admin, after.admin)) {
        const AdminIntent was = intentIn(before, name);
        const AdminIntent is = intentIn(after, name);
        lines.compare(PolicyKind::Admin, name, fieldsOf(was), fieldsOf(is));
        const bool onlyCause = was.admin == is.admin && was.deadlineUnixMs == is.deadlineUnixMs;
        if (onlyCause && was.cause != is.cause)
            lines.add(PolicyKind::Admin, name, "cause", orNone(was.cause), orNone(is.cause));
    }
}

// The word for "put these back": the verbs people know where they fit.
Verb verbFor(const std::vector<AdminChange>& changes)
{
    const auto allAre = [&](Admin admin) {
        return std::all_of(changes.begin(), changes.end(),
                           [&](const AdminChange& change) { return change.admin == admin; });
    };
    if (allAre(Admin::Run))
        return Verb::Undrain;
    return allAre(Admin::Drain) ? Verb::Drain : Verb::SetAdmin;
}

// The edit's cases, one overload each; a new verb's case is a compile error until it is here.
base::Result<Policy> apply(const Policy& policy, const AdminEdit& edit, std::string_view cause)
{
    if (edit.changes.empty())
        return base::Error(base::Code::InvalidArgument,
                           "the edit changes no agent: name at least one", base::Origin::Client);
    Policy after = policy;
    SB_CHECK(changeAdmin(edit.changes, cause, after));
    return after;
}

base::Result<Policy> apply(const Policy& policy, const RouteEdit& edit, std::string_view cause)
{
    return applyRouteEdit(policy, edit, cause);
}

base::Result<Policy> apply(const Policy& policy, const ScaleEdit& edit, std::string_view cause)
{
    return applyScaleEdit(policy, edit, cause);
}

Edit inverse(const Policy& policy, const AdminEdit& edit)
{
    AdminEdit back;
    back.pool = edit.pool;
    back.changes = adminBefore(policy, edit.changes);
    back.verb = verbFor(back.changes);
    return back;
}

Edit inverse(const Policy& policy, const RouteEdit& edit)
{
    return inverseOfRouteEdit(policy, edit);
}

Edit inverse(const Policy& policy, const ScaleEdit& edit)
{
    return inverseOfScaleEdit(policy, edit);
}

const std::vector<AdminChange>& adminChanges(const AdminEdit& edit)
{
    return edit.changes;
}

const std::vector<AdminChange>& adminChanges(const RouteEdit& edit)
{
    return edit.members;
}

const std::vector<AdminChange>& adminChanges(const ScaleEdit& edit)
{
    return edit.changes;
}

bool isNothing(const AdminEdit& edit)
{
    return edit.changes.empty();
}

bool isNothing(const RouteEdit& edit)
{
    return edit.route.empty();
}

bool isNothing(const ScaleEdit& edit)
{
    return edit.pool.empty();
}

} // namespace

std::vector<DiffLine> diffOf(const Policy& before, const Policy& after)
{
    Lines lines;
    lines.compare(PolicyKind::Access, std::string(kAccessName), fieldsOf(before.access),
                  fieldsOf(after.access));
    lines.compareAll(PolicyKind::Key, before.keys, after.keys);
    lines.compareAll(PolicyKind::Pool, before.pools, after.pools);
    lines.compareAll(PolicyKind::Route, before.routes, after.routes);
    compareAdmin(before, after, lines);
    return lines.take();
}

base::Result<Policy> applyEdit(const Policy& policy, const Edit& edit, std::string_view cause)
{
    return std::visit([&](const auto& one) { return apply(policy, one, cause); }, edit);
}

Edit inverseOf(const Policy& policy, const Edit& edit)
{
    return std::visit([&](const auto& one) { return inverse(policy, one); }, edit);
}

std::vector<PolicyObject> changedObjects(const Policy& before, const Policy& after)
{
    std::vector<PolicyObject> objects;
    const auto addAll = [&](PolicyKind kind, const auto& was, const auto& is) {
        for (const std::string& name : namesIn(was, is)) {
            const auto old = was.find(name);
            const auto now = is.find(name);
            const bool isSame = old != was.end() && now != is.end() && old->second == now->second;
            if (!isSame)
                objects.push_back({kind, name});
        }
    };
    if (before.access != after.access)
        objects.push_back({PolicyKind::Access, std::string(kAccessName)});
    addAll(PolicyKind::Key, before.keys, after.keys);
    addAll(PolicyKind::Pool, before.pools, after.pools);
    addAll(PolicyKind::Route, before.routes, after.routes);
    addAll(PolicyKind::Admin, before.admin, after.admin);
    return objects;
}

bool isNothing(const Edit& edit)
{
    return std::visit([](const auto& one) { return isNothing(one); }, edit);
}

std::vector<std::string> agentsOf(const Edit& edit)
{
    return std::visit(
        [](const auto& one) {
            std::vector<std::string> agents;
            for (const AdminChange& change : adminChanges(one))
                agents.push_back(change.agent);
            return agents;
        },
        edit);
}

std::vector<std::string> agentsChangedBy(const Policy& policy, const Edit& edit)
{
    return std::visit(
        [&](const auto& one) {
            std::vector<std::string> agents;
            for (const AdminChange& change : adminChanges(one)) {
                if (adminBefore(policy, change.agent) != change)
                    agents.push_back(change.agent);
            }
            return agents;
        },
        edit);
}

std::string timeText(std::int64_t unixMs)
{
    if (unixMs == 0)
        return std::string(kNone);
    const std::time_t seconds = unixMs / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string spanText(std::int64_t ms)
{
    const std::int64_t seconds = std::max<std::int64_t>(ms, 0) / 1000;
    if (seconds < 60)
        return fmt::format("{} s", seconds);
    const std::int64_t minutes = seconds / 60;
    if (minutes < 60)
        return fmt::format("{} min", minutes);
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

} // namespace signalbox::model
