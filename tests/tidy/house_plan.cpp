// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/house_plan.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <sstream>

namespace signalbox::tidy {

namespace {

std::set<std::string> words(const std::string& text)
{
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

// First match wins, so the narrower prefix stands first.
struct PackagePrefix {
    std::string_view prefix;
    std::string_view package;
};
constexpr PackagePrefix kPackages[] = {
    {"boost/beast", "beast"},
    {"boost/", "asio"},
    {"grpcpp/", "grpc"},
    {"grpc/", "grpc"},
    {"google/protobuf", "protobuf"},
    {"sqlite3.h", "sqlite"},
    {"yaml-cpp/", "yaml"},
    {"hiredis/", "redis"},
    {"simdjson.h", "simdjson"},
    {"openssl/", "openssl"},
    {"CLI/", "cli11"},
    {"zstd.h", "zstd"},
    {"fmt/", "fmt"},
    {"spdlog/", "spdlog"},
    {"gtest/", "gtest"},
    {"gmock/", "gtest"},
    {"benchmark/", "benchmark"},
};

constexpr std::string_view kPosixFolders[]
    = {"sys/", "netinet/", "arpa/", "linux/", "net/", "sanitizer/"};
constexpr std::string_view kPosixHeaders[]
    = {"unistd.h",   "fcntl.h",  "signal.h", "poll.h",    "netdb.h",  "dirent.h",
       "spawn.h",    "pwd.h",    "grp.h",    "pthread.h", "sched.h",  "termios.h",
       "langinfo.h", "locale.h", "limits.h", "time.h",    "stdlib.h", "string.h",
       "errno.h",    "link.h",   "malloc.h", "wchar.h",   "emmintrin.h"};

// <QColor>, <QtMath>, <QtCharts/QChart>: which module of Qt it is, CMake knows, since
// a room finds only the headers of those modules that it links.
bool isQt(std::string_view header)
{
    const auto isUpper = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
    if (header.size() < 3 || header[0] != 'Q')
        return false;
    return isUpper(header[1]) || (header[1] == 't' && isUpper(header[2]));
}

bool isPosix(std::string_view header)
{
    return std::any_of(std::begin(kPosixFolders), std::end(kPosixFolders),
                       [&](std::string_view folder) { return header.starts_with(folder); })
        || std::find(std::begin(kPosixHeaders), std::end(kPosixHeaders), header)
        != std::end(kPosixHeaders);
}

} // namespace

HousePlan HousePlan::parse(std::string_view text)
{
    static const std::regex kLine(R"(^([a-z_/]+) :([^:]*):(.*)$)");
    HousePlan plan;
    std::size_t number = 0;
    for (const std::string_view view : splitLines(text)) {
        ++number;
        const std::string line(view.substr(0, view.find('#')));
        std::smatch match;
        if (!std::regex_match(line, match, kLine))
            continue;
        Room room;
        room.name = match[1];
        room.rooms = words(match[2]);
        room.packages = words(match[3]);
        room.line = number;
        plan.rooms_.push_back(std::move(room));
    }
    return plan;
}

const HousePlan& HousePlan::ofTree()
{
    static const HousePlan kPlan = [] {
        for (const SourceFile& file : tree()) {
            if (file.path == "tests/tidy/rooms.txt")
                return parse(file.text);
        }
        return HousePlan();
    }();
    return kPlan;
}

const Room* HousePlan::find(std::string_view name) const
{
    const auto room = std::find_if(rooms_.begin(), rooms_.end(),
                                   [&](const Room& candidate) { return candidate.name == name; });
    return room == rooms_.end() ? nullptr : &*room;
}

const Room* HousePlan::roomOf(std::string_view folder) const
{
    while (!folder.empty()) {
        if (const Room* room = find(folder))
            return room;
        const std::size_t slash = folder.rfind('/');
        folder = slash == std::string_view::npos ? "" : folder.substr(0, slash);
    }
    return nullptr;
}

std::set<std::string> HousePlan::reach(const Room& room) const
{
    std::set<std::string> seen{room.name, "shared/base", "shared/model"};
    std::vector<const Room*> open{&room};
    while (!open.empty()) {
        const Room* next = open.back();
        open.pop_back();
        for (const std::string& name : next->rooms) {
            const Room* other = find(name);
            if (seen.insert(name).second && other != nullptr)
                open.push_back(other);
        }
    }
    return seen;
}

std::vector<Finding> HousePlan::problems() const
{
    const std::string path = "tests/tidy/rooms.txt";
    std::vector<Finding> found;
    std::set<std::string> above{"proto"};
    for (const Room& room : rooms_) {
        for (const std::string& other : room.rooms) {
            if (!above.contains(other))
                found.push_back({path, room.line, "plan",
                                 room.name + " names " + other
                                     + ", which no line above defines: a "
                                       "room stands on floors that are built before it"});
        }
        if (!above.insert(room.name).second)
            found.push_back({path, room.line, "plan", room.name + " stands twice in the plan"});
    }
    return found;
}

std::optional<std::string> packageOf(std::string_view header)
{
    for (const PackagePrefix& known : kPackages) {
        if (header.starts_with(known.prefix))
            return std::string(known.package);
    }
    if (isQt(header))
        return "qt";
    if (isStandardHeader(header) || isPosix(header))
        return "";
    return std::nullopt;
}

bool isStandardHeader(std::string_view header)
{
    return header.find('/') == std::string_view::npos && !header.ends_with(".h")
        && !header.ends_with(".hpp") && !isQt(header);
}

std::vector<Include> includesOf(const SourceFile& file)
{
    static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> includes;
    std::size_t number = 0;
    for (const std::string_view view : splitLines(file.text)) {
        ++number;
        std::match_results<std::string_view::const_iterator> match;
        if (view.find("include") != std::string_view::npos
            && std::regex_search(view.begin(), view.end(), match, kInclude))
            includes.push_back({match[2], *match[1].first == '"', number});
    }
    return includes;
}

} // namespace signalbox::tidy
