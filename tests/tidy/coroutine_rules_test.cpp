// SPDX-License-Identifier: Apache-2.0
// Four traps of g++ 12 that no warning names: aggregates destroyed twice, results thrown away,
// captures that die before the coroutine does, frames laid out wrong.
#include "tests/tidy/findings.h"
#include "tests/tidy/scopes.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"aggregate-await", "dropped-await", "lambda-coroutine",
                                      "await-in-condition"};

std::size_t skipBlanksBack(std::string_view code, std::size_t at)
{
    while (at > 0 && (code[at - 1] == ' ' || code[at - 1] == '\n'))
        --at;
    return at;
}

// Is the brace at `brace` the body of a lambda whose parameters or capture end just before it?
bool isLambdaBody(std::string_view code, std::size_t brace)
{
    static const std::regex kTail(R"((\]|\))\s*(mutable\s*)?(noexcept\s*)?(->[^;{}()]*)?$)");
    const std::size_t from = brace > 200 ? brace - 200 : 0;
    const std::string before(code.substr(from, brace - from));
    return before.find('[') != std::string::npos && std::regex_search(before, kTail);
}

// From a co_await to the end of its statement: a brace there builds a temporary while suspended.
std::vector<Finding> checkAggregates(const SourceFile& file)
{
    std::vector<Finding> found;
    const std::string& code = file.code;
    for (std::size_t at = code.find("co_await"); at != std::string::npos;
         at = code.find("co_await", at + 1)) {
        if (std::string_view(code).substr(0, at).ends_with("operator "))
            continue;
        int depth = 0;
        for (std::size_t next = at; next < code.size() && code[next] != ';'; ++next) {
            if (code[next] == '(')
                ++depth;
            if (code[next] == ')')
                --depth;
            if (code[next] != '{')
                continue;
            const bool opensBlock = depth < 0 && code[skipBlanksBack(code, next) - 1] == ')';
            if (opensBlock)
                break;
            if (isLambdaBody(code, next)) {
                next = closingOf(code, next);
                continue;
            }
            found.push_back({file.path, lineOf(code, next), "aggregate-await",
                             "a braced temporary in a statement that awaits is destroyed twice by "
                             "g++ 12: name the object first, then move it"});
            break;
        }
    }
    return found;
}

// An awaiter that lives in a condition can become the frame's first member where the coroutine has
// no variable of its own: the handle then points beside the frame (agent/runtime/task.h checks).
std::vector<Finding> checkConditions(const SourceFile& file)
{
    static const std::regex kCondition(R"(\b(if|while)\s*\()");
    std::vector<Finding> found;
    for (auto it = std::sregex_iterator(file.code.begin(), file.code.end(), kCondition);
         it != std::sregex_iterator(); ++it) {
        const std::size_t open = static_cast<std::size_t>(it->position() + it->length() - 1);
        int depth = 0;
        std::size_t close = open;
        for (; close < file.code.size(); ++close) {
            depth += file.code[close] == '(' ? 1 : file.code[close] == ')' ? -1 : 0;
            if (depth == 0)
                break;
        }
        const std::string_view condition
            = std::string_view(file.code).substr(open, close - open);
        if (condition.find("co_await") != std::string_view::npos)
            found.push_back({file.path, lineOf(file.code, open), "await-in-condition",
                             "g++ 12 may lay this frame out wrong and resume on garbage: name "
                             "what was awaited, then test it"});
    }
    return found;
}

struct Awaitables {
    std::set<std::string> results; // functions that return Task<Result<...>> or Task<Status>
    std::set<std::string> others; // functions of the same kind that return something else
};

void collectAwaitables(const SourceFile& file, Awaitables& names)
{
    static const std::regex kTask(R"(\bTask<([^;{}()]*)>\s+([\w:]*\b)?(\w+)\()");
    for (auto it = std::sregex_iterator(file.code.begin(), file.code.end(), kTask);
         it != std::sregex_iterator(); ++it) {
        const std::string type = (*it)[1];
        const bool isResult
            = type.find("Result") != std::string::npos || type.find("Status") != std::string::npos;
        (isResult ? names.results : names.others).insert((*it)[3]);
    }
}

// By name only: a name that is also a Task of something else is left to the clang build.
std::vector<Finding> checkDropped(const SourceFile& file, const Awaitables& names)
{
    static const std::regex kStatement(R"([;{}]\s*co_await\s+([\w.:>\-]*\b)?(\w+)\()");
    std::vector<Finding> found;
    for (auto it = std::sregex_iterator(file.code.begin(), file.code.end(), kStatement);
         it != std::sregex_iterator(); ++it) {
        const std::string name = (*it)[2];
        if (names.results.contains(name) && !names.others.contains(name))
            found.push_back({file.path,
                             lineOf(file.code, static_cast<std::size_t>(it->position(2))),
                             "dropped-await",
                             "the Result of " + name
                                 + " is thrown away without a warning: "
                                   "SB_CO_TRY, SB_CO_CHECK, or (void) with a reason"});
    }
    return found;
}

bool isCoroutine(std::string_view body)
{
    return body.find("co_await") != std::string_view::npos
        || body.find("co_return") != std::string_view::npos
        || body.find("co_yield") != std::string_view::npos;
}

// [captures](...) { co_... }( — the closure dies at the semicolon, its frame points into it.
std::vector<Finding> checkLambdas(const SourceFile& file)
{
    static const std::regex kLambda(R"(\[([^\[\]]*)\]\s*(\([^()]*\))?\s*(mutable\s*)?)"
                                    R"((->[^;{}()]*)?\{)");
    std::vector<Finding> found;
    for (auto it = std::sregex_iterator(file.code.begin(), file.code.end(), kLambda);
         it != std::sregex_iterator(); ++it) {
        if (trimmed((*it)[1].str()).empty())
            continue;
        const std::size_t open = static_cast<std::size_t>(it->position() + it->length() - 1);
        const std::size_t close = closingOf(file.code, open);
        const std::string_view body = std::string_view(file.code).substr(open, close - open);
        const std::size_t after = file.code.find_first_not_of(" \n", close + 1);
        if (isCoroutine(body) && after != std::string::npos && file.code[after] == '(')
            found.push_back({file.path, lineOf(file.code, open), "lambda-coroutine",
                             "a capturing lambda coroutine called in place outlives its captures: "
                             "use a member function, or pass the lambda itself to the spawner"});
    }
    return found;
}

std::size_t aggregatesIn(const char* statement)
{
    return checkAggregates(makeSource("a.cpp", statement)).size();
}

TEST(CoroutineRules, ABraceToTheRightOfAnAwaitIsFound)
{
    EXPECT_EQ(aggregatesIn("co_await send(Frame{1, name});"), 1u);
    EXPECT_EQ(aggregatesIn("SB_CO_TRY(auto x, co_await read({.size = 4}));"), 1u);
    EXPECT_EQ(aggregatesIn("if (co_await ask(Question{2})) { go(); }"), 1u);
}

TEST(CoroutineRules, BlocksAndLambdasAreNotTemporaries)
{
    EXPECT_EQ(aggregatesIn("if (co_await ask(question)) { go(); }"), 0u);
    EXPECT_EQ(aggregatesIn("while (!(co_await next())) { go(); }"), 0u);
    EXPECT_EQ(aggregatesIn("const Frame f{1, n}; co_await send(std::move(f)); S s{2};"), 0u);
    EXPECT_EQ(aggregatesIn("co_await each([&](int x) { use(x); });"), 0u);
    EXPECT_EQ(aggregatesIn("co_await each([this]() -> int { return 1; });"), 0u);
    EXPECT_EQ(aggregatesIn("Awaiter operator co_await() { return Awaiter(frame_); }"), 0u);
    EXPECT_EQ(aggregatesIn("// co_await send(Frame{1});\n"), 0u);
}

TEST(CoroutineRules, ADroppedResultIsFoundByName)
{
    Awaitables names;
    collectAwaitables(makeSource("a.h",
                                 "Task<Status> send(int x);\n"
                                 "Task<Result<std::vector<int>>> Peer::read();\n"
                                 "Task<void> close();\n"
                                 "Task<Status> run();\nTask<void> run(int x);\n"),
                      names);
    const auto finds
        = [&](const char* text) { return checkDropped(makeSource("a.cpp", text), names).size(); };

    EXPECT_EQ(finds("{ co_await send(1); }"), 1u);
    EXPECT_EQ(finds("; co_await peer_->read(); }"), 1u);
    EXPECT_EQ(finds("{ SB_CO_CHECK(co_await send(1)); }"), 0u);
    EXPECT_EQ(finds("{ (void)co_await send(1); }"), 0u);
    EXPECT_EQ(finds("{ co_await close(); co_await run(); }"), 0u);
}

TEST(CoroutineRules, ACapturingLambdaCalledInPlaceIsFound)
{
    const auto finds
        = [](const char* text) { return checkLambdas(makeSource("a.cpp", text)).size(); };

    EXPECT_EQ(finds("[this]() -> Task<void> { co_await go(); }();"), 1u);
    EXPECT_EQ(finds("spawn([&x] { co_return; }());"), 1u);
    EXPECT_EQ(finds("spawn([&x]() -> Task<void> { co_return; });"), 0u);
    EXPECT_EQ(finds("[]() -> Task<void> { co_return; }();"), 0u);
    EXPECT_EQ(finds("[&x] { return x; }();"), 0u);
}

TEST(CoroutineRules, AnAwaitInAConditionIsFound)
{
    const auto finds
        = [](const char* text) { return checkConditions(makeSource("a.cpp", text)).size(); };

    EXPECT_EQ(finds("if (co_await loop.sleep(kLong) != Fault::None) co_return;"), 1u);
    EXPECT_EQ(finds("while (goesOn && co_await call.readMore(floor(2))) go();"), 1u);
    EXPECT_EQ(finds("const Fault fault = co_await loop.sleep(kLong); if (fault != None) f();"), 0u);
    EXPECT_EQ(finds("if (isOpen(a)) co_await send(a);"), 0u);
}

TEST(CoroutineRules, TheTreeAvoidsTheTraps)
{
    Awaitables names;
    for (const SourceFile& file : tree())
        collectAwaitables(file, names);
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part :
             {checkAggregates(file), checkDropped(file, names), checkLambdas(file),
              checkConditions(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
