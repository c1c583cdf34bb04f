// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/seed_file.h"

#include "shared/base/limits.h"
#include "shared/base/names.h"
#include "shared/model/policy_edit.h"
#include "shared/yaml/bounded_file.h"
#include "shared/yaml/scalar_text.h"
#include "shared/yaml/strict_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace signalbox::control {

namespace {

using model::PolicyKind;
using yaml::Kind;
using yaml::Node;
using yaml::Place;

constexpr std::size_t kNameLengthMax = 63;

enum class Presence : std::uint8_t { Required, Optional };

// Reads a tree into a policy and keeps every problem with its place. Lives on: the calling thread.
class Reader {
public:
    explicit Reader(std::string fileName) : fileName_(std::move(fileName)) {}

    void problem(Place place, std::string_view text)
    {
        seed_.problems.push_back(fmt::format("{}: {}", yaml::placeText(fileName_, place), text));
    }

    SeedPolicy read(const Node& root)
    {
        checkKeys(root, {"access", "pools", "routes", "keys", "admin"});
        if (const Node* access = root.find("access"))
            readAccess(*access);
        eachOf(root, "pools", [this](const Node& pool) { readPool(pool); });
        eachOf(root, "routes", [this](const Node& route) { readRoute(route); });
        eachOf(root, "keys", [this](const Node& key) { readKey(key); });
        eachOf(root, "admin", [this](const Node& intent) { readAdmin(intent); });
        if (seed_.problems.empty())
            checkMeaning(root.place);
        return std::move(seed_);
    }

    SeedPolicy takeProblems() { return std::move(seed_); }

private:
    bool checkKeys(const Node& map, std::initializer_list<const char*> known)
    {
        if (map.kind != Kind::Map) {
            problem(map.place, "must be a map of keys and values");
            return false;
        }
        const std::vector<std::string> words(known.begin(), known.end());
        for (const yaml::Entry& entry : map.entries) {
            if (std::find(words.begin(), words.end(), entry.key) != words.end())
                continue;
            const auto near = base::nearestWord(entry.key, words);
            problem(entry.place,
                    near ? fmt::format("unknown key {}; did you mean '{}'?",
                                       yaml::excerpt(entry.key), *near)
                         : fmt::format("unknown key {}; known are: {}", yaml::excerpt(entry.key),
                                       fmt::join(words, ", ")));
        }
        return true;
    }

    template <typename Visit>
    void eachOf(const Node& map, const char* key, Visit visit)
    {
        const Node* list = map.find(key);
        if (list == nullptr || list->kind == Kind::Null)
            return;
        if (list->kind != Kind::List)
            return problem(list->place, fmt::format("{} must be a list", key));
        for (const Node& item : list->items)
            visit(item);
    }

    std::string textOf(const Node& map, const char* key, Presence presence)
    {
        const Node* found = map.find(key);
        if (found == nullptr) {
            if (presence == Presence::Required)
                problem(map.place, fmt::format("{} is missing", key));
            return {};
        }
        if (found->kind != Kind::Scalar) {
            problem(found->place, fmt::format("{} must be a single value", key));
            return {};
        }
        return found->text;
    }

    std::uint32_t numberOf(const Node& map, const char* key, std::uint32_t byDefault)
    {
        const std::string text = textOf(map, key, Presence::Optional);
        if (map.find(key) == nullptr)
            return byDefault;
        const auto number = yaml::parseInteger(text);
        if (!number || *number > std::numeric_limits<std::uint32_t>::max()) {
            problem(map.find(key)->place,
                    fmt::format("{}: {} is not a whole number such as 0 or 42", key,
                                yaml::excerpt(text)));
            return byDefault;
        }
        return static_cast<std::uint32_t>(*number);
    }

    std::vector<std::string> wordsOf(const Node& map, const char* key)
    {
        std::vector<std::string> words;
        eachOf(map, key, [&](const Node& item) {
            if (item.kind == Kind::Scalar)
                words.push_back(item.text);
            else
                problem(item.place, fmt::format("{} must be a list of single values", key));
        });
        return words;
    }

    // False when another object of the kind has the name already.
    bool claim(PolicyKind kind, const std::string& name, Place place)
    {
        const auto [first, isNew] = places_.emplace(std::pair{kind, name}, place);
        if (!isNew)
            problem(place, fmt::format("{} '{}' stands in line {} already", model::nameOf(kind),
                                       name, first->second.line));
        return isNew;
    }

    void readAccess(const Node& node)
    {
        if (!checkKeys(node, {"mode"}))
            return;
        const std::string mode = textOf(node, "mode", Presence::Required);
        if (mode == "open")
            seed_.policy.access.mode = model::AccessMode::Open;
        else if (mode != "keys" && node.find("mode") != nullptr)
            problem(node.find("mode")->place,
                    fmt::format("mode is {}; it may be open or keys", yaml::excerpt(mode)));
    }

    void readPool(const Node& node)
    {
        if (!checkKeys(node, {"name", "model", "members", "ready_floor", "scale"}))
            return;
        model::Pool pool;
        pool.name = textOf(node, "name", Presence::Required);
        pool.model = textOf(node, "model", Presence::Optional);
        pool.readyFloor = numberOf(node, "ready_floor", pool.readyFloor);
        eachOf(node, "members", [&](const Node& member) {
            if (checkKeys(member, {"url", "profile"}))
                pool.members.push_back({textOf(member, "url", Presence::Required),
                                        textOf(member, "profile", Presence::Required)});
        });
        if (const Node* scale = node.find("scale"))
            pool.scale = scaleOf(*scale);
        if (claim(PolicyKind::Pool, pool.name, node.place))
            seed_.policy.pools.emplace(pool.name, std::move(pool));
    }

    std::optional<model::PoolScale> scaleOf(const Node& node)
    {
        if (!checkKeys(node, {"kind", "on", "desired", "min", "max", "others", "engine", "agent",
                              "start_timeout", "drain_deadline", "log_bytes"}))
            return std::nullopt;
        model::PoolScale scale;
        const std::string kind = textOf(node, "kind", Presence::Required);
        if (kind != nameOf(scale.kind) && node.find("kind") != nullptr)
            problem(node.find("kind")->place,
                    fmt::format("kind is {}; it may be process", yaml::excerpt(kind)));
        scale.on = textOf(node, "on", Presence::Required);
        scale.others = numberOf(node, "others", scale.others);
        scale.least = numberOf(node, "min", scale.others);
        scale.most = numberOf(node, "max", std::max(scale.most, scale.least));
        scale.desired = numberOf(node, "desired", scale.least);
        scale.engine = wordsOf(node, "engine");
        scale.agent = wordsOf(node, "agent");
        scale.startTimeoutMs = durationOf(node, "start_timeout", scale.startTimeoutMs);
        scale.drainDeadlineMs = durationOf(node, "drain_deadline", scale.drainDeadlineMs);
        if (const Node* bytes = node.find("log_bytes"))
            scale.logBytes = valueOf(*bytes, "log_bytes", yaml::parseBytes, scale.logBytes);
        return scale;
    }

    std::int64_t durationOf(const Node& map, const char* key, std::int64_t byDefault)
    {
        const Node* found = map.find(key);
        const std::chrono::milliseconds value(byDefault);
        return found == nullptr ? byDefault
                                : valueOf(*found, key, yaml::parseDuration, value).count();
    }

    // A value in one of the grammars of shared/yaml.
    template <typename Value, typename Parse>
    Value valueOf(const Node& node, const char* key, Parse parse, Value byDefault)
    {
        const auto parsed = parse(node.text);
        if (parsed)
            return static_cast<Value>(*parsed);
        problem(node.place, fmt::format("{}: {}", key, parsed.error().text()));
        return byDefault;
    }

    void readRoute(const Node& node)
    {
        if (!checkKeys(node, {"name", "model", "aliases", "targets", "fallbacks",
                              "larger_context"}))
            return;
        model::Route route;
        route.model = textOf(node, "model", Presence::Required);
        route.name = textOf(node, "name", Presence::Optional);
        if (route.name.empty())
            route.name = nameFor(route.model);
        route.aliases = wordsOf(node, "aliases");
        eachOf(node, "targets", [&](const Node& target) {
            if (checkKeys(target, {"pool", "weight"}))
                route.targets.push_back({textOf(target, "pool", Presence::Required),
                                         numberOf(target, "weight", model::RouteTarget{}.weight)});
        });
        route.fallbacks = wordsOf(node, "fallbacks");
        route.largerContext = wordsOf(node, "larger_context");
        if (claim(PolicyKind::Route, route.name, node.place))
            seed_.policy.routes.emplace(route.name, std::move(route));
    }

    void readKey(const Node& node)
    {
        if (!checkKeys(node, {"id", "tenant", "secret_sha256", "models"}))
            return;
        model::ApiKey key;
        key.id = textOf(node, "id", Presence::Required);
        key.tenant = textOf(node, "tenant", Presence::Required);
        key.secretSha256 = textOf(node, "secret_sha256", Presence::Required);
        key.models = wordsOf(node, "models");
        if (claim(PolicyKind::Key, key.id, node.place))
            seed_.policy.keys.emplace(key.id, std::move(key));
    }

    void readAdmin(const Node& node)
    {
        if (!checkKeys(node, {"agent", "state", "cause"}))
            return;
        model::AdminIntent intent;
        intent.agent = textOf(node, "agent", Presence::Required);
        intent.cause = textOf(node, "cause", Presence::Optional);
        const std::string state = textOf(node, "state", Presence::Required);
        if (const auto admin = model::adminFromName(state))
            intent.admin = *admin;
        else if (node.find("state") != nullptr)
            problem(node.find("state")->place,
                    fmt::format("state is {}; it may be run, warm, drain, maint, off, standby or "
                                "canary",
                                yaml::excerpt(state)));
        // No object is the word for run.
        if (claim(PolicyKind::Admin, intent.agent, node.place) && intent.admin != model::Admin::Run)
            seed_.policy.admin.emplace(intent.agent, std::move(intent));
    }

    // "Qwen/Qwen3-32B" -> "qwen-qwen3-32b": what names may hold, and not taken yet.
    std::string nameFor(const std::string& model) const
    {
        std::string name;
        for (const char c : model.substr(0, kNameLengthMax - 4)) {
            const bool isUpper = c >= 'A' && c <= 'Z';
            name.push_back(isUpper ? static_cast<char>(c - 'A' + 'a') : c);
            if (!base::isValidName("x" + name))
                name.back() = '-';
        }
        name.erase(0, std::min(name.find_first_not_of("-._"), name.size()));
        if (name.empty())
            name = "route";
        std::string free = name;
        for (int next = 2; places_.contains({PolicyKind::Route, free}); ++next)
            free = fmt::format("{}-{}", name, next);
        return free;
    }

    // What validate() finds gets the place of its object.
    void checkMeaning(Place root)
    {
        for (const std::string& found : model::validate(seed_.policy)) {
            Place place = root;
            for (const auto& [object, where] : places_) {
                const auto& [kind, name] = object;
                if (found.starts_with(fmt::format("{} {}: ", model::nameOf(kind), name)))
                    place = where;
            }
            problem(place, found);
        }
    }

    std::string fileName_;
    SeedPolicy seed_;
    std::map<std::pair<PolicyKind, std::string>, Place> places_;
};

} // namespace

SeedPolicy parseSeedPolicy(std::string_view text, const std::string& fileName)
{
    const yaml::Document document = yaml::parse(text);
    Reader reader(fileName);
    if (document.problems.empty())
        return reader.read(document.root);
    for (const yaml::Problem& problem : document.problems)
        reader.problem(problem.place, problem.text);
    return reader.takeProblems();
}

SeedPolicy readSeedPolicy(const std::string& path)
{
    const auto text = yaml::readBoundedFile(path, limits::kSeedFileBytes);
    if (text)
        return parseSeedPolicy(*text, path);
    SeedPolicy seed;
    seed.problems.push_back(text.error().text());
    return seed;
}

} // namespace signalbox::control
