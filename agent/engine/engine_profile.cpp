// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/engine_profile.h"

#include <algorithm>

namespace signalbox::engine {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Does `needle` stand in `body` at `position`, space on both sides not compared?
bool standsAt(std::string_view body, std::size_t position, std::string_view needle)
{
    for (const char c : needle) {
        if (isSpace(c))
            continue;
        while (position < body.size() && isSpace(body[position]))
            ++position;
        if (position == body.size() || body[position] != c)
            return false;
        ++position;
    }
    return true;
}

bool containsIgnoringSpace(std::string_view body, std::string_view needle)
{
    for (std::size_t at = body.find(needle.front()); at != std::string_view::npos;
         at = body.find(needle.front(), at + 1)) {
        if (standsAt(body, at, needle))
            return true;
    }
    return false;
}

std::string_view nextSegment(std::string_view& path)
{
    const std::size_t slash = path.find('/', 1);
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(segment.size());
    return segment;
}

bool pathFits(std::string_view pattern, std::string_view path)
{
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = nextSegment(pattern);
        const std::string_view given = nextSegment(path);
        const bool isAnyName = wanted.starts_with("/{") && given.size() > 1;
        if (!isAnyName && wanted != given)
            return false;
    }
    return pattern.empty() && path.empty();
}

} // namespace

bool fits(const AnswerSignature& signature, int status, std::string_view body)
{
    if (signature.status != 0 && signature.status != status)
        return false;
    return signature.contains.empty() || containsIgnoringSpace(body, signature.contains);
}

bool allowsClient(const EngineProfile& profile, std::string_view method, std::string_view path)
{
    return std::any_of(profile.clientPaths.begin(), profile.clientPaths.end(),
                       [&](std::string_view entry) {
                           const std::size_t space = entry.find(' ');
                           return entry.substr(0, space) == method
                               && pathFits(entry.substr(space + 1), path);
                       });
}

std::string_view nameOf(ChatContinuation continuation)
{
    switch (continuation) {
    case ChatContinuation::None: return "none";
    case ChatContinuation::FinalMessage: return "final_message";
    case ChatContinuation::Prefill: return "prefill";
    }
    return "none";
}

std::string_view nameOf(ErrorShape shape)
{
    switch (shape) {
    case ErrorShape::Nested: return "nested";
    case ErrorShape::Flat: return "flat";
    case ErrorShape::Text: return "text";
    }
    return "nested";
}

} // namespace signalbox::engine
