// SPDX-License-Identifier: Apache-2.0
// The wire is a promise: folder = package, zero = unspecified, one request and one answer per call.
#include "tests/tidy/findings.h"

#include <gtest/gtest.h>

#include <cctype>
#include <regex>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"proto-style"};

// proto/etcd keeps the names and numbers of somebody else's protocol.
bool isOurs(const SourceFile& file)
{
    return file.path.ends_with(".proto") && file.isUnder("proto") && !file.isUnder("proto/etcd");
}

// "AgentKind" -> "AGENT_KIND"
std::string upperSnake(const std::string& pascal)
{
    std::string upper;
    for (std::size_t at = 0; at < pascal.size(); ++at) {
        const bool isUpper = std::isupper(static_cast<unsigned char>(pascal[at])) != 0;
        if (isUpper && at > 0)
            upper.push_back('_');
        upper.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(pascal[at]))));
    }
    return upper;
}

class ProtoReader {
public:
    explicit ProtoReader(const SourceFile& file)
        : file_(file)
    {
    }

    std::vector<Finding> read()
    {
        for (const std::string_view line : splitLines(file_.text)) {
            ++line_;
            const std::string text(trimmed(line.substr(0, line.find("//"))));
            readLine(text);
        }
        if (!packageSeen_)
            complain(0, "has no package");
        return std::move(found_);
    }

private:
    void complain(std::size_t line, std::string why)
    {
        found_.push_back({file_.path, line, "proto-style", std::move(why)});
    }

    void readLine(const std::string& text)
    {
        static const std::regex kPackage(R"(^package ([\w.]+);)");
        static const std::regex kService(R"(^service (\w+))");
        static const std::regex kRpc(
            R"(^rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\))");
        static const std::regex kEnum(R"(^enum (\w+))");
        static const std::regex kValue(R"(^(\w+) = (\d+);)");
        static const std::regex kField(R"(^(optional |repeated )?[\w.<>, ]+ (\w+) = \d+)");
        std::smatch match;
        if (std::regex_search(text, match, kPackage))
            readPackage(match[1]);
        else if (std::regex_search(text, match, kService))
            readService(match[1]);
        else if (std::regex_search(text, match, kRpc))
            readRpc(match[1], match[3], match[5]);
        else if (std::regex_search(text, match, kEnum))
            enum_ = match[1];
        else if (text == "}")
            enum_.clear();
        else if (!enum_.empty() && std::regex_search(text, match, kValue))
            readEnumValue(match[1], match[2]);
        else if (enum_.empty() && std::regex_search(text, match, kField))
            readField(match[2]);
    }

    void readPackage(const std::string& package)
    {
        packageSeen_ = true;
        std::string folder = "proto/" + std::regex_replace(package, std::regex("\\."), "/");
        if (file_.folder() != folder)
            complain(line_, "package " + package + " belongs into " + folder);
    }

    void readService(const std::string& name)
    {
        if (!file_.path.ends_with("_service.proto"))
            complain(line_, "a service lives in a file that ends in _service.proto");
        if (!name.ends_with("Service"))
            complain(line_, name + ": services are called FooService");
    }

    void readRpc(const std::string& name, const std::string& request, const std::string& response)
    {
        if (request != name + "Request" || response != name + "Response")
            complain(line_,
                     name + " takes " + name + "Request and returns " + name
                         + "Response, so that both can grow alone");
    }

    void readEnumValue(const std::string& value, const std::string& number)
    {
        const std::string prefix = upperSnake(enum_);
        if (!value.starts_with(prefix + "_"))
            complain(line_, value + " begins with " + prefix + "_ (enum values share one scope)");
        if (number == "0" && value != prefix + "_UNSPECIFIED")
            complain(line_, "zero is " + prefix + "_UNSPECIFIED: absent must not look like a fact");
    }

    void readField(const std::string& name)
    {
        static const std::regex kSnake("[a-z][a-z0-9_]*");
        if (!std::regex_match(name, kSnake))
            complain(line_, name + ": fields are snake_case");
    }

    const SourceFile& file_;
    std::vector<Finding> found_;
    std::string enum_;
    std::size_t line_ = 0;
    bool packageSeen_ = false;
};

std::vector<Finding> checkProto(const SourceFile& file)
{
    if (!isOurs(file))
        return {};
    return ProtoReader(file).read();
}

std::size_t findingsIn(const std::string& path, const std::string& text)
{
    return checkProto(makeSource(path, "package signalbox.v1;\n" + text)).size();
}

TEST(ProtoStyle, FolderIsPackageAndServicesHaveTheirFiles)
{
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a.proto", ""), 0u);
    EXPECT_EQ(findingsIn("proto/signalbox/v2/a.proto", ""), 1u);
    EXPECT_EQ(findingsIn("proto/etcd/a.proto", "service KV {"), 0u);
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a.proto", "service AService {\n}\n"), 1u);
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a_service.proto", "service AService {\n}\n"), 0u);
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a_service.proto",
                         "rpc Get(GetRequest) returns (stream Thing);\n"),
              1u);
}

TEST(ProtoStyle, EnumsArePrefixedAndZeroIsUnspecified)
{
    const auto finds = [](const std::string& values) {
        return findingsIn("proto/signalbox/v1/a.proto", "enum AgentKind {\n" + values + "}\n");
    };

    EXPECT_EQ(finds("  AGENT_KIND_UNSPECIFIED = 0;\n  AGENT_KIND_GATEWAY = 1;\n"), 0u);
    EXPECT_EQ(finds("  AGENT_KIND_GATEWAY = 0;\n"), 1u);
    EXPECT_EQ(finds("  AGENT_KIND_UNSPECIFIED = 0;\n  GATEWAY = 1;\n"), 1u);
}

TEST(ProtoStyle, FieldsAreSnakeCase)
{
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a.proto", "message A {\n  int64 sinceMs = 1;\n}\n"),
              1u);
    EXPECT_EQ(findingsIn("proto/signalbox/v1/a.proto",
                         "message A {\n  map<string, string> labels = 2;\n}\n"),
              0u);
}

TEST(ProtoStyle, TheTreeKeepsIt)
{
    const std::vector<Finding> left = unforgiven(findInTree(checkProto), kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
