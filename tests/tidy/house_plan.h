// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/tidy/findings.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::tidy {

struct Room {
    std::string name; // "agent/http"
    std::set<std::string> rooms; // it may include these; shared/base and shared/model are implied
    std::set<std::string> packages;
    std::size_t line = 0;
};

// rooms.txt as values: which room may include which, and who may see which package.
// Lives on: any thread (a value).
class HousePlan {
public:
    static HousePlan parse(std::string_view text);
    static const HousePlan& ofTree();

    const std::vector<Room>& rooms() const { return rooms_; }
    // The room a file belongs to: the longest room name that its folder is, or is below.
    const Room* roomOf(std::string_view folder) const;
    // Everything a test of that room may see: its rooms and theirs, all the way down.
    std::set<std::string> reach(const Room& room) const;
    // Rooms named before they are built up, twice, or not at all.
    std::vector<Finding> problems() const;

private:
    const Room* find(std::string_view name) const;

    std::vector<Room> rooms_;
};

// "boost/beast/core.hpp" -> "beast"; empty for the standard library and for POSIX.
// nullopt: a header of no package that the house knows.
std::optional<std::string> packageOf(std::string_view header);
bool isStandardHeader(std::string_view header);

struct Include {
    std::string header;
    bool quoted = false;
    std::size_t line = 0;
};
std::vector<Include> includesOf(const SourceFile& file);

} // namespace signalbox::tidy
