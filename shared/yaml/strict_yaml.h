// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// YAML as people write it by hand, and nothing more: maps, lists and scalars. Anchors, aliases,
// tags, merge keys, duplicate keys, tabs, CR, BOM, control bytes and second documents are refused,
// because each of them has meant something else to somebody than to the program.
namespace signalbox::yaml {

// Where something stands; both count from 1. Columns count bytes.
struct Place {
    int line = 1;
    int column = 1;
    bool operator==(const Place&) const = default;
};

struct Problem {
    Place place;
    std::string text; // lower case, one line
    bool operator==(const Problem&) const = default;
};

enum class Kind : std::uint8_t { Null, Scalar, List, Map };

struct Entry;

// One value with its place. Lives on: any thread (a value).
struct Node {
    Kind kind = Kind::Null;
    Place place;
    std::string text; // scalars: the value as written, quotes removed
    std::vector<Node> items; // lists
    std::vector<Entry> entries; // maps, in the order of the file

    const Node* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    Place place; // of the key
    Node value;
};

struct Limits {
    std::size_t bytesMax = 256 * 1024; // read within 100 ms whatever it holds
    std::size_t nodesMax = 20'000;
    int depthMax = 16;
};

// The root is meaningful only when there is no problem, and is then a map.
struct Document {
    Node root;
    std::vector<Problem> problems;
};

Document parse(std::string_view text, const Limits& limits = {});

// "name:12:3", the form that editors jump to.
std::string placeText(std::string_view name, Place place);

} // namespace signalbox::yaml
