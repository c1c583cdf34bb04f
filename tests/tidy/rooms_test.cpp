// SPDX-License-Identifier: Apache-2.0
// Every #include against the house plan: down a floor, never up, heavy headers only where the plan
// lists their package and never in headers.
#include "tests/tidy/house_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"room", "narrow", "package", "heavy-header", "include-style"};

// An edge of the plan that is open for single headers only: the rest of that room stays private.
struct NarrowEdge {
    std::string_view from;
    std::string_view to;
    std::string_view header;
    std::string_view why;
};
constexpr NarrowEdge kNarrowEdges[] = {
    {"agent/control", "agent/proxy", "agent/proxy/proxy_snapshot.h",
     "control builds the snapshot that the proxy reads, and knows nothing else of it"},
};

// Programs are their rooms' doors: main.cpp may include what it composes.
std::string roomOfProgram(const SourceFile& file)
{
    if (file.path == "console/main.cpp")
        return "console/app";
    return file.path == "agent/main.cpp" ? "agent/process" : "";
}

// Folders of tests that nothing includes; they may look at every room.
bool isFreeTestFolder(const SourceFile& file)
{
    for (const char* folder :
         {"tests/scenario", "tests/fuzz", "tests/bench", "tests/wire", "tests/golden",
          "tests/real"}) {
        if (file.isUnder(folder))
            return true;
    }
    return false;
}

struct View {
    std::set<std::string> rooms;
    std::set<std::string> packages;
    bool everything = false;
};

// What a file may see; nullopt when it stands in no room.
std::optional<View> viewOf(const SourceFile& file, const HousePlan& plan)
{
    if (isFreeTestFolder(file))
        return View{{}, {}, true};
    if (file.isUnder("tests/tidy"))
        return View{{"tests/tidy"}, {"gtest", "protobuf"}};
    std::string folder = file.folder();
    const bool isUnitTest = file.isUnder("tests/unit");
    if (isUnitTest)
        folder.erase(0, std::string_view("tests/unit/").size());
    if (const std::string program = roomOfProgram(file); !program.empty())
        folder = program;
    const Room* room = plan.roomOf(folder);
    if (room == nullptr)
        return std::nullopt;
    View view{room->rooms, room->packages};
    view.rooms.insert({room->name, "shared/base"});
    if (room->name != "shared/base")
        view.rooms.insert("shared/model");
    view.packages.insert("fmt");
    if (isUnitTest) {
        view.rooms = plan.reach(*room);
        view.rooms.insert({"tests/support", "tests/support/gui", "proto"});
        view.everything = false;
        view.packages.insert({"gtest", "asio", "beast", "grpc", "protobuf", "simdjson", "sqlite"});
    }
    return view;
}

std::string_view narrowWhy(const SourceFile& file, const std::string& to, std::string_view header)
{
    std::string_view why;
    for (const NarrowEdge& edge : kNarrowEdges) {
        if (!file.isUnder(edge.from) || edge.to != to)
            continue;
        if (edge.header == header)
            return "";
        why = edge.why;
    }
    return why;
}

void checkOwnInclude(const SourceFile& file, const Include& include, const View& view,
                     const HousePlan& plan, std::vector<Finding>& found)
{
    const std::string folder = include.header.substr(0, include.header.rfind('/'));
    const Room* target = plan.roomOf(folder);
    std::string name = target != nullptr ? target->name : "";
    if (include.header.starts_with("proto/"))
        name = "proto";
    else if (include.header.starts_with("tests/tidy/"))
        name = "tests/tidy";
    else if (include.header.starts_with("tests/unit/")) // what several tests of a room share
        name = file.isUnder("tests/unit") ? "shared/base" : "tests/unit";
    else if (include.header.starts_with("tests/wire/"))
        name = file.isUnder("tests/wire") ? "shared/base" : "tests/wire";
    else if (include.header.starts_with("tests/real/"))
        name = file.isUnder("tests/real") ? "shared/base" : "tests/real";
    else if (include.header.starts_with("tests/scenario/"))
        name = file.isUnder("tests/scenario") ? "shared/base" : "tests/scenario";
    if (name.empty()) {
        found.push_back({file.path, include.line, "include-style",
                         "\"" + include.header
                             + "\" is in no room: name our headers by their full "
                               "path from the root, everything else in <>"});
        return;
    }
    if (!view.everything && !view.rooms.contains(name))
        found.push_back({file.path, include.line, "room",
                         "may not include " + name
                             + ": rooms.txt has no such edge, and an edge is "
                               "a decision (down a floor, never up, never sideways)"});
    if (const std::string_view why = narrowWhy(file, name, include.header); !why.empty())
        found.push_back({file.path, include.line, "narrow", std::string(why)});
    if (file.isHeader() && name == "proto" && !file.isUnder("shared/wire")
        && !file.isUnder("shared/rpc"))
        found.push_back({file.path, include.line, "heavy-header",
                         "wire types stop at the door: generated headers belong in .cpp files"});
}

bool isQtRoom(const View& view)
{
    return std::any_of(view.packages.begin(), view.packages.end(),
                       [](const std::string& package) { return package.starts_with("qt"); });
}

void checkPackage(const SourceFile& file, const Include& include, const View& view,
                  std::vector<Finding>& found)
{
    const std::optional<std::string> package = packageOf(include.header);
    if (!package) {
        found.push_back({file.path, include.line, "include-style",
                         "<" + include.header
                             + "> is of no package that the house knows; a new "
                               "dependency is added to house_plan.cpp and to CMake, on purpose"});
        return;
    }
    if (package->empty())
        return;
    const bool seen = view.everything || view.packages.contains(*package)
        || (*package == "qt" && isQtRoom(view))
        || (*package == "asio" && view.packages.contains("beast"))
        || (*package == "protobuf" && view.packages.contains("grpc"));
    if (!seen)
        found.push_back({file.path, include.line, "package",
                         "<" + include.header + ">: rooms.txt does not give this room the package "
                             + *package + ", so that it stays in the rooms that need it"});
    const bool heavy
        = *package == "asio" || *package == "beast" || *package == "grpc" || *package == "protobuf";
    if (heavy && file.isHeader())
        found.push_back({file.path, include.line, "heavy-header",
                         "<" + include.header
                             + "> costs seconds in every file that sees this "
                               "header: forward-declare it, include it in the .cpp"});
}

std::vector<Finding> checkIncludes(const SourceFile& file, const HousePlan& plan)
{
    std::vector<Finding> found;
    if (!file.isCpp())
        return found;
    const std::optional<View> view = viewOf(file, plan);
    if (!view) {
        // One translation unit of a header library, compiled once for everybody.
        if (!file.isUnder("shared/cmake"))
            found.push_back({file.path, 0, "room", "stands in no room of rooms.txt"});
        return found;
    }
    for (const Include& include : includesOf(file)) {
        if (include.quoted)
            checkOwnInclude(file, include, *view, plan, found);
        else
            checkPackage(file, include, *view, found);
    }
    return found;
}

// Own headers first, then packages, then the standard library; POSIX may stand anywhere after ours.
std::vector<Finding> checkOrder(const SourceFile& file)
{
    std::vector<Finding> found;
    if (!file.isCpp())
        return found;
    int rank = 0;
    for (const Include& include : includesOf(file)) {
        const std::optional<std::string> package = packageOf(include.header);
        const bool posix = package && package->empty() && !isStandardHeader(include.header);
        const int own = include.quoted         ? 0
            : posix                            ? std::max(rank, 1)
            : isStandardHeader(include.header) ? 2
                                               : 1;
        if (own < rank)
            found.push_back({file.path, include.line, "include-style",
                             include.header
                                 + " stands too late: ours, then packages, then std, so "
                                   "that a header of ours never leans on what stood before it"});
        rank = std::max(rank, own);
    }
    return found;
}

// The first include of foo.cpp is its foo.h: that compile proves that the header stands alone.
std::vector<Finding> checkOwnHeaderFirst(const SourceFile& file, const std::set<std::string>& paths)
{
    if (!file.path.ends_with(".cpp"))
        return {};
    const std::string header = file.path.substr(0, file.path.size() - 4) + ".h";
    const std::vector<Include> includes = includesOf(file);
    if (!paths.contains(header) || (!includes.empty() && includes.front().header == header))
        return {};
    return {{file.path, includes.empty() ? 1 : includes.front().line, "include-style",
             "include " + header + " first: this compile is the proof that it stands alone"}};
}

const HousePlan& smallPlan()
{
    static const HousePlan kPlan = HousePlan::parse("shared/base : : fmt\n"
                                                    "shared/model : :\n"
                                                    "agent/http : : simdjson\n"
                                                    "console/text : : qtcore\n"
                                                    "agent/proxy : agent/http :\n"
                                                    "agent/control : agent/proxy proto : grpc\n");
    return kPlan;
}

std::string rulesFound(const std::string& path, const std::string& text)
{
    std::string rules;
    for (const Finding& finding : checkIncludes(makeSource(path, text), smallPlan()))
        rules += finding.rule + " ";
    return rules;
}

TEST(Rooms, MayIncludeDownAndNeverUp)
{
    EXPECT_EQ(rulesFound("agent/proxy/a.cpp", "#include \"agent/http/parser.h\"\n"), "");
    EXPECT_EQ(rulesFound("agent/proxy/a.cpp", "#include \"shared/model/fleet.h\"\n"), "");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include \"agent/proxy/exchange.h\"\n"), "room ");
    EXPECT_EQ(rulesFound("shared/base/a.h", "#include \"shared/model/fleet.h\"\n"), "room ");
    EXPECT_EQ(rulesFound("agent/elsewhere/a.h", ""), "room ");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include \"tests/unit/agent/http/b.h\"\n"), "room ");
    EXPECT_EQ(rulesFound("tests/unit/agent/http/a_test.cpp",
                         "#include \"tests/unit/agent/http/b.h\"\n"),
              "");
}

TEST(Rooms, ANarrowEdgeIsOpenForOneHeaderOnly)
{
    EXPECT_EQ(rulesFound("agent/control/a.cpp", "#include \"agent/proxy/proxy_snapshot.h\"\n"), "");
    EXPECT_EQ(rulesFound("agent/control/a.cpp", "#include \"agent/proxy/exchange.h\"\n"),
              "narrow ");
}

TEST(Rooms, PackagesStayInTheRoomsThatListThem)
{
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include <simdjson.h>\n"), "");
    EXPECT_EQ(rulesFound("agent/proxy/a.cpp", "#include <simdjson.h>\n"), "package ");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include <sqlite3.h>\n"), "package ");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include <nlohmann/json.hpp>\n"), "include-style ");
    EXPECT_EQ(rulesFound("console/text/a.h", "#include <QString>\n"), "");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include <QString>\n"), "package ");
    EXPECT_EQ(rulesFound("agent/http/a.cpp", "#include <QtCharts/QChart>\n"), "package ");
}

TEST(Rooms, HeavyHeadersStayOutOfHeaders)
{
    EXPECT_EQ(rulesFound("agent/control/a.cpp", "#include <grpcpp/grpcpp.h>\n"), "");
    EXPECT_EQ(rulesFound("agent/control/a.h", "#include <grpcpp/grpcpp.h>\n"), "heavy-header ");
    EXPECT_EQ(rulesFound("agent/control/a.h", "#include \"proto/signalbox/v1/fleet.pb.h\"\n"),
              "heavy-header ");
}

TEST(Rooms, IncludeOrderIsOursThenPackagesThenStandard)
{
    const SourceFile good = makeSource("shared/base/a.cpp",
                                       "#include \"shared/base/a.h\"\n"
                                       "#include <fmt/format.h>\n"
                                       "#include <poll.h>\n"
                                       "#include <string>\n");
    const SourceFile bad = makeSource("shared/base/a.cpp",
                                      "#include <string>\n"
                                      "#include \"shared/base/b.h\"\n");

    EXPECT_TRUE(checkOrder(good).empty());
    EXPECT_EQ(checkOrder(bad).size(), 1u);
    EXPECT_EQ(checkOwnHeaderFirst(bad, {"shared/base/a.h"}).size(), 1u);
    EXPECT_TRUE(checkOwnHeaderFirst(good, {"shared/base/a.h"}).empty());
}

TEST(Rooms, ThePlanOnlyNamesRoomsAbove)
{
    EXPECT_TRUE(smallPlan().problems().empty());
    EXPECT_EQ(HousePlan::parse("a/up : a/down :\na/down : :\na/up : :\n").problems().size(), 2u);
}

TEST(Rooms, TheTreeFollowsThePlan)
{
    const HousePlan& plan = HousePlan::ofTree();
    ASSERT_GT(plan.rooms().size(), 10u);

    std::set<std::string> paths;
    for (const SourceFile& file : tree())
        paths.insert(file.path);
    std::vector<Finding> found = plan.problems();
    for (const SourceFile& file : tree()) {
        for (const auto& part :
             {checkIncludes(file, plan), checkOrder(file), checkOwnHeaderFirst(file, paths)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
