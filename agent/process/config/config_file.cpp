// SPDX-License-Identifier: Apache-2.0
#include "agent/process/config/config_file.h"

#include "agent/process/config/agent_settings.h"
#include "agent/process/config/config_rules.h"
#include "shared/base/names.h"
#include "shared/yaml/bounded_file.h"
#include "shared/yaml/scalar_text.h"
#include "shared/yaml/strict_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace signalbox::process {

namespace {

constexpr std::size_t kConfigBytesMax = 256 * 1024; // a hundred times a long one
constexpr std::string_view kVariablePrefix = "SIGNALBOX_";

const Setting* findSetting(std::string_view key)
{
    for (const Setting& setting : agentSettings()) {
        if (setting.key == key)
            return &setting;
    }
    return nullptr;
}

bool isGroup(const std::string& key)
{
    const std::string prefix = key + ".";
    return std::any_of(agentSettings().begin(), agentSettings().end(),
                       [&](const Setting& setting) { return setting.key.starts_with(prefix); });
}

std::string variableName(std::string_view key)
{
    std::string name(kVariablePrefix);
    for (const char c : key)
        name.push_back(c == '.' ? '_' : static_cast<char>(std::toupper(c)));
    return name;
}

// "did you mean ...": the nearest key; else one with the same last word at another level.
std::string suggestion(std::string_view wrong)
{
    std::vector<std::string> known;
    for (const Setting& setting : agentSettings()) {
        known.emplace_back(setting.key);
        for (std::size_t dot = setting.key.find('.'); dot != std::string_view::npos;
             dot = setting.key.find('.', dot + 1))
            known.emplace_back(setting.key.substr(0, dot));
    }
    std::optional<std::string> nearest = base::nearestWord(wrong, known);
    const std::string lastWord = fmt::format(".{}", wrong.substr(wrong.rfind('.') + 1));
    for (const std::string& key : known) {
        if (!nearest && key.ends_with(lastWord))
            nearest = key;
    }
    return nearest ? fmt::format("; did you mean {}?", *nearest)
                   : std::string("; signalbox-agent config --defaults lists them all");
}

// Reads the file's tree and then the environment into one configuration.
// Lives on: the calling thread, for one load.
class Loader {
public:
    explicit Loader(std::string fileName) : fileName_(std::move(fileName)) {}

    void readText(const std::string& text)
    {
        yaml::Document document = yaml::parse(text, {.bytesMax = kConfigBytesMax});
        for (yaml::Problem& problem : document.problems)
            report(placeText(problem.place), std::move(problem.text));
        if (document.problems.empty())
            readMap(document.root, {});
    }

    void readEnvironment(const Environment& environment)
    {
        for (const auto& [name, value] : environment) {
            if (name.starts_with(kVariablePrefix))
                readVariable(name, value);
        }
    }

    void report(std::string where, std::string text)
    {
        loaded_.problems.push_back(ConfigProblem{std::move(where), std::move(text)});
    }

    LoadedConfig finish(const Environment& environment)
    {
        noteGiven();
        completeConfig(loaded_.config, environment);
        for (RuleProblem& problem : checkRules(loaded_.config)) {
            const auto place = places_.find(problem.key);
            report(place == places_.end() ? fileName_ : place->second,
                   fmt::format("{}: {}", problem.key, problem.text));
        }
        return std::move(loaded_);
    }

private:
    std::string placeText(yaml::Place place) const { return yaml::placeText(fileName_, place); }

    void readMap(const yaml::Node& map, const std::string& prefix)
    {
        for (const yaml::Entry& entry : map.entries) {
            const std::string key = prefix.empty() ? entry.key : prefix + "." + entry.key;
            readEntry(key, entry);
        }
    }

    void readEntry(const std::string& key, const yaml::Entry& entry)
    {
        const Setting* setting = findSetting(key);
        // "serve: ADDRESS" is short for "serve: {address: ADDRESS}".
        if (setting == nullptr && entry.value.kind == yaml::Kind::Scalar)
            setting = findSetting(key + ".address");
        if (setting != nullptr)
            readValue(*setting, entry);
        else if (!isGroup(key))
            report(placeText(entry.place),
                   fmt::format("unknown key {}{}", yaml::excerpt(key), suggestion(key)));
        else if (entry.value.kind == yaml::Kind::Map)
            readMap(entry.value, key);
        else
            report(placeText(entry.place),
                   fmt::format("{} is a group of keys, it has no value of its own", key));
    }

    void readValue(const Setting& setting, const yaml::Entry& entry)
    {
        const yaml::Node& value = entry.value;
        const bool isList = std::holds_alternative<ListField>(setting.field);
        const std::string where = placeText(value.kind == yaml::Kind::Null ? entry.place
                                                                           : value.place);
        if (value.kind == yaml::Kind::Null)
            return report(where, fmt::format("{} has no value: write one, or leave the key out",
                                             setting.key));
        if (isList && value.kind == yaml::Kind::List)
            return readList(setting, value, where);
        if (isList || value.kind != yaml::Kind::Scalar)
            return report(where, fmt::format("{} must be {}", setting.key, typeName(setting)));
        apply(setting, value.text, where, std::filesystem::path(fileName_).parent_path());
    }

    void readList(const Setting& setting, const yaml::Node& list, const std::string& where)
    {
        std::vector<std::string> values;
        for (const yaml::Node& item : list.items) {
            if (item.kind != yaml::Kind::Scalar)
                return report(placeText(item.place),
                              fmt::format("{} must be a list of text", setting.key));
            values.push_back(item.text);
        }
        std::get<ListField>(setting.field)(loaded_.config) = std::move(values);
        places_[std::string(setting.key)] = where;
    }

    void readVariable(const std::string& name, const std::string& value)
    {
        for (const Setting& setting : agentSettings()) {
            const std::string full = variableName(setting.key);
            if (name == full || name + "_ADDRESS" == full)
                return apply(setting, value, name, {});
        }
        // Not a problem: orchestrators set variables of that shape for a service of our name.
        loaded_.warnings.push_back({name, "no such key, so it is ignored"});
    }

    // Relative paths start at `directory`: the file's own, or the working directory when empty.
    void apply(const Setting& setting, std::string_view text, const std::string& where,
               const std::filesystem::path& directory)
    {
        std::string value(text);
        if (setting.unit == Unit::Path && !value.empty())
            value = std::filesystem::absolute(directory / value).lexically_normal().string();
        const base::Status status = setFromText(setting, loaded_.config, value);
        if (!status)
            return report(where, fmt::format("{}: {}", setting.key, status.error().text()));
        places_[std::string(setting.key)] = where;
    }

    // Writing a default out must not differ from leaving it away.
    void noteGiven()
    {
        const AgentConfig defaults;
        for (const Setting& setting : agentSettings()) {
            if (places_.contains(std::string(setting.key))
                && valueText(setting, loaded_.config) != valueText(setting, defaults))
                loaded_.config.given.insert(std::string(setting.key));
        }
    }

    std::string fileName_;
    LoadedConfig loaded_;
    std::map<std::string, std::string> places_; // key -> where its value came from
};

} // namespace

Environment processEnvironment()
{
    Environment environment;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

LoadedConfig loadConfig(const std::string& path, const Environment& environment)
{
    Loader loader(path.empty() ? "environment" : path);
    if (!path.empty()) {
        const base::Result<std::string> text = yaml::readBoundedFile(path, kConfigBytesMax);
        if (text)
            loader.readText(*text);
        else
            loader.report({}, text.error().text());
    }
    loader.readEnvironment(environment);
    return loader.finish(environment);
}

LoadedConfig parseConfig(const std::string& name, const std::string& text,
                         const Environment& environment)
{
    Loader loader(name);
    loader.readText(text);
    loader.readEnvironment(environment);
    return loader.finish(environment);
}

} // namespace signalbox::process
