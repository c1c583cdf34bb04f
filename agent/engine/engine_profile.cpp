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

bool fitsAny(const std::vector<AnswerSignature>& signatures, int status, std::string_view body)
{
    return std::any_of(signatures.begin(), signatures.end(), [&](const AnswerSignature& one) {
        if (status == 0)
            return !one.contains.empty() && containsIgnoringSpace(body, one.contains);
        return fits(one, status, body);
    });
}

} // namespace

bool fits(const AnswerSignature& signature, int status, std::string_view body)
{
    if (signature.status != 0 && signature.status != status)
        return false;
    return signature.contains.empty() || containsIgnoringSpace(body, signature.contains);
}

upstream::AnswerClass classify(const ErrorSignatures& signatures, int status,
                               std::string_view body)
{
    using upstream::AnswerClass;
    if (status != 0 && status < 400)
        return AnswerClass::Success;
    if (fitsAny(signatures.contextOverflow, status, body))
        return AnswerClass::ContextOverflow;
    if (fitsAny(signatures.draining, status, body))
        return AnswerClass::Draining;
    if (fitsAny(signatures.overload, status, body) || status == 429)
        return AnswerClass::Overloaded;
    if (fitsAny(signatures.modelMissing, status, body))
        return AnswerClass::ModelMissing;
    if (fitsAny(signatures.badRequest, status, body))
        return AnswerClass::BadRequest;
    if (fitsAny(signatures.broken, status, body))
        return AnswerClass::Broken;
    if (status == 401 || status == 403)
        return AnswerClass::Denied;
    if (status == 404 || status == 405 || status == 501)
        return AnswerClass::NotServed;
    return status != 0 && status < 500 ? AnswerClass::BadRequest : AnswerClass::Broken;
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
