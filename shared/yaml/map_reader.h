// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/yaml/strict_yaml.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::yaml {

// Reads one map of a hand-written file key by key; what is left unread at the end is an unknown
// key. Problems are collected, reading goes on: the caller sees a default where a value is wrong.
// Lives on: the calling thread, for one read. Borrows the node and the list of problems.
class MapReader {
public:
    MapReader(const Node& node, std::vector<Problem>& problems);
    // Reports every key that nobody asked for, with the nearest that somebody did.
    ~MapReader();
    MapReader(const MapReader&) = delete;
    MapReader& operator=(const MapReader&) = delete;

    bool has(std::string_view key);
    std::string requiredText(std::string_view key);
    std::string text(std::string_view key, std::string_view otherwise = {});
    bool boolean(std::string_view key);
    double number(std::string_view key, double otherwise);
    std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<std::chrono::milliseconds> duration(std::string_view key);
    std::vector<std::string> texts(std::string_view key);
    std::map<std::string, std::string> textMap(std::string_view key);
    // Calls `read` with the map under the key, if there is one.
    void map(std::string_view key, const std::function<void(MapReader&)>& read);
    // Calls `read` with each map of the list under the key.
    void maps(std::string_view key, const std::function<void(MapReader&)>& read);

    // One of the given words; the first stands for an absent key.
    template <typename Enum, std::size_t kCount>
    Enum word(std::string_view key,
              const std::array<std::pair<std::string_view, Enum>, kCount>& all)
    {
        std::vector<std::string> known;
        for (const auto& [name, value] : all)
            known.emplace_back(name);
        const std::size_t index = wordIndex(key, known);
        return all[index].second;
    }

    void problem(std::string_view key, std::string text);
    Place place() const { return node_.place; }

private:
    const Node* take(std::string_view key);
    const Node* takeScalar(std::string_view key);
    std::size_t wordIndex(std::string_view key, const std::vector<std::string>& known);
    void report(Place place, std::string text);

    const Node& node_;
    std::vector<Problem>& problems_;
    std::vector<std::string> asked_;
};

} // namespace signalbox::yaml
