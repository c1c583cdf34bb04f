// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/scopes.h"

#include "tests/tidy/source_file.h"

#include <regex>

namespace signalbox::tidy {

namespace {

// One pass over the code between two braces: `head` is what was read since the last declaration.
class ScopeReader {
public:
    explicit ScopeReader(std::string_view code)
        : code_(code)
    {
    }

    std::vector<Scope> read()
    {
        readUntil(code_.size(), 0);
        return std::move(scopes_);
    }

private:
    void readUntil(std::size_t end, std::size_t depthOfTypes);
    std::size_t readBlock(std::size_t head, std::size_t open, std::size_t depthOfTypes);

    std::string_view code_;
    std::vector<Scope> scopes_;
    std::size_t at_ = 0;
};

// `Foo::Foo(int x) : a_{x}, b_{2} {`: a brace after a name in such a list does not open the body.
bool isMemberInitializer(std::string_view head)
{
    static const std::regex kList(R"(\)\s*(noexcept\s*)?:[^:])");
    if (!std::regex_search(head.begin(), head.end(), kList))
        return false;
    const std::string_view before = trimmed(head);
    return !before.empty() && (isWordByte(before.back()) || before.back() == '>');
}

std::string functionName(std::string_view head)
{
    const std::size_t paren = head.find('(');
    std::string_view before = trimmed(head.substr(0, paren));
    std::size_t start = before.size();
    while (
        start > 0
        && (isWordByte(before[start - 1]) || before[start - 1] == ':' || before[start - 1] == '~'))
        --start;
    const std::string name(before.substr(start));
    if (!name.starts_with("TEST"))
        return name.empty() ? "operator" : name;
    return name + std::string(head.substr(paren, head.find(')') - paren + 1));
}

std::string_view withoutTemplate(std::string_view head)
{
    head = trimmed(head);
    if (!head.starts_with("template"))
        return head;
    std::size_t depth = 0;
    for (std::size_t at = head.find('<'); at < head.size(); ++at) {
        if (head[at] == '<')
            ++depth;
        else if (head[at] == '>' && --depth == 0)
            return withoutTemplate(head.substr(at + 1));
    }
    return head;
}

Scope classify(std::string_view declaration)
{
    const std::string_view head = withoutTemplate(declaration);
    static const std::regex kNamespace(R"(^\s*(inline\s+)?namespace\b\s*([\w:]*))");
    static const std::regex kEnum(R"(^\s*enum\s+(class\s+)?(\w+))");
    static const std::regex kType(R"((^|[>\s])(class|struct|union)\s+(\[\[\w+\]\]\s+)?)"
                                  R"((alignas\([^)]*\)\s+)?(\w+)[^()]*$)");
    std::match_results<std::string_view::const_iterator> match;
    Scope scope;
    if (std::regex_search(head.begin(), head.end(), match, kNamespace)) {
        scope.name = match[2];
    } else if (std::regex_search(head.begin(), head.end(), match, kEnum)) {
        scope.kind = Scope::Kind::Enum;
        scope.name = match[2];
    } else if (std::regex_search(head.begin(), head.end(), match, kType)) {
        scope.kind = Scope::Kind::Type;
        scope.name = match[5];
    } else {
        scope.kind = Scope::Kind::Function;
        scope.name = functionName(head);
    }
    return scope;
}

std::size_t ScopeReader::readBlock(std::size_t head, std::size_t open, std::size_t depthOfTypes)
{
    const std::string_view text = code_.substr(head, open - head);
    const std::size_t close = closingOf(code_, open);
    if (isMemberInitializer(text))
        return head;
    Scope scope = classify(text);
    const bool isValue = scope.kind == Scope::Kind::Function
        && (text.find('(') == std::string_view::npos || trimmed(text).ends_with('='));
    if (isValue)
        return head;
    scope.head = text.find_first_not_of(" \n\t") + head;
    scope.open = open;
    scope.close = close;
    scope.depthOfTypes = depthOfTypes;
    scopes_.push_back(scope);
    if (scope.kind == Scope::Kind::Namespace || scope.kind == Scope::Kind::Type) {
        at_ = open + 1;
        readUntil(close, depthOfTypes + (scope.kind == Scope::Kind::Type ? 1 : 0));
    }
    return close + 1;
}

void ScopeReader::readUntil(std::size_t end, std::size_t depthOfTypes)
{
    std::size_t head = at_;
    for (; at_ < end; ++at_) {
        const char byte = code_[at_];
        if (byte == ';') {
            head = at_ + 1;
        } else if (byte == '(') {
            at_ = closingOf(code_, at_);
        } else if (byte == ':' && depthOfTypes > 0) {
            const std::string_view word = trimmed(code_.substr(head, at_ - head));
            if (word == "public" || word == "private" || word == "protected")
                head = at_ + 1;
        } else if (byte == '{') {
            const std::size_t close = closingOf(code_, at_);
            head = readBlock(head, at_, depthOfTypes);
            at_ = close;
        }
    }
}

} // namespace

std::size_t closingOf(std::string_view code, std::size_t open)
{
    const char opening = code[open];
    const char closing = opening == '{' ? '}' : opening == '(' ? ')' : ']';
    std::size_t depth = 0;
    for (std::size_t at = open; at < code.size(); ++at) {
        if (code[at] == opening)
            ++depth;
        else if (code[at] == closing && --depth == 0)
            return at;
    }
    return code.size();
}

std::vector<Scope> findScopes(std::string_view code)
{
    const std::string rest = blankDirectives(code);
    return ScopeReader(rest).read();
}

} // namespace signalbox::tidy
