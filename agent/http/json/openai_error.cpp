// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/openai_error.h"

#include "agent/http/json/utf8.h"
#include "shared/base/limits.h"

namespace signalbox::http {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// ASCII that stands for itself inside a JSON string.
bool isPlain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// Any other ASCII byte.
void appendEscaped(std::string& out, char c)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\u00");
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
}

// Length of the valid UTF-8 sequence at the front; 0 = none.
std::size_t sequenceAt(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return length <= text.size() && isValidUtf8(text.substr(0, length)) ? length : 0;
}

} // namespace

void appendJsonString(std::string& out, std::string_view text)
{
    out.push_back('"');
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && isPlain(text[plain]))
            ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty())
            break;
        const std::size_t length = sequenceAt(text);
        if (length == 0)
            out.append(kReplacement);
        else if (length == 1)
            appendEscaped(out, text.front());
        else
            out.append(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out.push_back('"');
}

void appendErrorBody(std::string& out, const OpenAiError& error)
{
    const auto orNull = [&out](std::string_view value) {
        if (value.empty())
            out.append("null");
        else
            appendJsonString(out, value);
    };
    out.append(R"({"error":{"message":)");
    appendJsonString(out, error.message);
    out.append(R"(,"type":)");
    orNull(error.type);
    out.append(R"(,"code":)");
    orNull(error.code);
    out.append(R"(,"param":)");
    orNull(error.param);
    out.append("}}");
}

std::string errorBody(const OpenAiError& error)
{
    std::string body;
    body.reserve(error.message.size() + 128);
    appendErrorBody(body, error);
    return body;
}

std::string_view errorTypeOf(int status)
{
    switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 429: return "rate_limit_error";
    default: return status >= 500 ? "server_error" : "invalid_request_error";
    }
}

std::string excerptOf(std::string_view input)
{
    std::string excerpt;
    for (const char c : input.substr(0, limits::kErrorExcerptBytes))
        excerpt.push_back(c >= 0x20 && c < 0x7f ? c : '?');
    if (input.size() > limits::kErrorExcerptBytes)
        excerpt.append("...");
    return excerpt;
}

} // namespace signalbox::http
