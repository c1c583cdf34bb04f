// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/map_reader.h"

#include "shared/base/names.h"
#include "shared/base/result.h"
#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::yaml {

MapReader::MapReader(const Node& node, std::vector<Problem>& problems)
    : node_(node), problems_(problems)
{
    if (node_.kind != Kind::Map)
        report(node_.place, "must be a map of keys and values");
}

MapReader::~MapReader()
{
    for (const Entry& entry : node_.entries) {
        if (std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end())
            continue;
        const auto nearest = base::nearestWord(entry.key, asked_);
        report(entry.place, fmt::format("unknown key {}{}", excerpt(entry.key),
                                        nearest ? fmt::format("; did you mean {}?", *nearest)
                                                : std::string()));
    }
}

bool MapReader::has(std::string_view key)
{
    return take(key) != nullptr;
}

std::string MapReader::requiredText(std::string_view key)
{
    std::string value = text(key);
    if (value.empty())
        problem(key, "must be given");
    return value;
}

std::string MapReader::text(std::string_view key, std::string_view otherwise)
{
    const Node* node = takeScalar(key);
    return node != nullptr ? node->text : std::string(otherwise);
}

bool MapReader::boolean(std::string_view key)
{
    const Node* node = takeScalar(key);
    if (node == nullptr)
        return false;
    const auto value = parseBoolean(node->text);
    if (!value)
        problem(key, value.error().text());
    return value && *value;
}

double MapReader::number(std::string_view key, double otherwise)
{
    const Node* node = takeScalar(key);
    if (node == nullptr)
        return otherwise;
    const auto value = parseNumber(node->text);
    if (value)
        return *value;
    problem(key, value.error().text());
    return otherwise;
}

std::int64_t MapReader::integer(std::string_view key, std::int64_t least, std::int64_t most)
{
    const Node* node = takeScalar(key);
    if (node == nullptr)
        return least;
    const bool isNegative = node->text.starts_with('-');
    const auto magnitude = parseInteger(std::string_view(node->text).substr(isNegative));
    if (!magnitude) {
        problem(key, magnitude.error().text());
        return least;
    }
    const auto value = static_cast<std::int64_t>(*magnitude) * (isNegative ? -1 : 1);
    if (value >= least && value <= most)
        return value;
    problem(key, fmt::format("must be {} to {}", least, most));
    return least;
}

std::optional<std::chrono::milliseconds> MapReader::duration(std::string_view key)
{
    const Node* node = takeScalar(key);
    if (node == nullptr)
        return std::nullopt;
    const auto value = parseDuration(node->text);
    if (value)
        return *value;
    problem(key, value.error().text());
    return std::nullopt;
}

std::vector<std::string> MapReader::texts(std::string_view key)
{
    const Node* node = take(key);
    std::vector<std::string> values;
    if (node == nullptr)
        return values;
    if (node->kind != Kind::List) {
        problem(key, "must be a list");
        return values;
    }
    for (const Node& item : node->items) {
        if (item.kind == Kind::Scalar)
            values.push_back(item.text);
        else
            report(item.place, fmt::format("{} must be a list of text", key));
    }
    return values;
}

std::map<std::string, std::string> MapReader::textMap(std::string_view key)
{
    const Node* node = take(key);
    std::map<std::string, std::string> values;
    if (node == nullptr)
        return values;
    if (node->kind != Kind::Map)
        problem(key, "must be a map of text");
    for (const Entry& entry : node->entries) {
        if (entry.value.kind == Kind::Scalar)
            values.emplace(entry.key, entry.value.text);
        else
            report(entry.place, fmt::format("{} must be a map of text", key));
    }
    return values;
}

void MapReader::map(std::string_view key, const std::function<void(MapReader&)>& read)
{
    if (const Node* node = take(key)) {
        MapReader inner(*node, problems_);
        if (node->kind == Kind::Map)
            read(inner);
    }
}

void MapReader::maps(std::string_view key, const std::function<void(MapReader&)>& read)
{
    const Node* node = take(key);
    if (node == nullptr)
        return;
    if (node->kind != Kind::List)
        problem(key, "must be a list");
    for (const Node& item : node->items) {
        MapReader inner(item, problems_);
        if (item.kind == Kind::Map)
            read(inner);
    }
}

void MapReader::problem(std::string_view key, std::string text)
{
    const Node* value = node_.find(key);
    report(value != nullptr ? value->place : node_.place, fmt::format("{}: {}", key, text));
}

const Node* MapReader::take(std::string_view key)
{
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
        asked_.emplace_back(key);
    return node_.find(key);
}

const Node* MapReader::takeScalar(std::string_view key)
{
    const Node* node = take(key);
    if (node == nullptr || node->kind == Kind::Scalar)
        return node;
    problem(key, node->kind == Kind::Null ? "has no value" : "must be a single value");
    return nullptr;
}

std::size_t MapReader::wordIndex(std::string_view key, const std::vector<std::string>& known)
{
    const Node* node = takeScalar(key);
    if (node == nullptr)
        return 0;
    const auto found = std::find(known.begin(), known.end(), node->text);
    if (found != known.end())
        return static_cast<std::size_t>(found - known.begin());
    problem(key, fmt::format("{} is none of {}", excerpt(node->text), fmt::join(known, ", ")));
    return 0;
}

void MapReader::report(Place place, std::string text)
{
    problems_.push_back(Problem{place, std::move(text)});
}

} // namespace signalbox::yaml
