// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/byte_scan.h"
#include "agent/http/json/openai_error.h"

#include <string>
#include <string_view>

// Server-sent events in the one canonical form we send: LF only, "event: x", "data: y", blank line.
// `Out` is std::string or runtime::Block: anything with append(std::string_view).
namespace signalbox::http {

inline constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";
inline constexpr std::string_view kKeepAliveComment = ": keep-alive\n\n";

// The text that stands around data without line breaks, for senders that gather pieces.
inline constexpr std::string_view kDataPrefix = "data: ";
inline constexpr std::string_view kEventEnd = "\n\n";

namespace detail {

// A value of a one-line field, cut at the first byte that would end the line.
inline std::string_view oneLine(std::string_view value)
{
    return value.substr(0, value.find_first_of(std::string_view("\r\n\0", 3)));
}

} // namespace detail

// `data` may hold any bytes: each line break (CR, LF or CRLF) starts a new data line, so that a
// reader gets the same text with LF, and nothing in it can end the event early.
template <typename Out> void appendSseEvent(Out& out, std::string_view name, std::string_view data)
{
    if (!name.empty()) {
        out.append(std::string_view("event: "));
        out.append(detail::oneLine(name));
        out.append(std::string_view("\n"));
    }
    for (;;) {
        const std::size_t end = findLineEnd(data);
        out.append(kDataPrefix);
        out.append(data.substr(0, end));
        if (end == std::string_view::npos)
            break;
        out.append(std::string_view("\n"));
        const bool isCrLf = data.substr(end, 2) == "\r\n";
        data.remove_prefix(end + (isCrLf ? 2 : 1));
    }
    out.append(kEventEnd);
}

// How a stream that has begun ends when no endpoint can go on: `data: {"error":{...}}`. No [DONE]
// follows; close the connection abnormally after it.
template <typename Out> void appendSseError(Out& out, const OpenAiError& error)
{
    appendSseEvent(out, {}, errorBody(error));
}

} // namespace signalbox::http
