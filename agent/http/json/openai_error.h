// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::http {

// An answer that is an error, as OpenAI clients read it. Message, code and type are ours; parts of
// the input get in only through excerptOf().
struct OpenAiError {
    int status = 400;
    std::string_view type = "invalid_request_error"; // a literal
    std::string_view code; // a literal; empty: null
    std::string param; // path of the offending field, as "messages[0].content"; empty: null
    std::string message;
};

// {"error":{"message":..,"type":..,"code":..,"param":..}}, always valid JSON.
std::string errorBody(const OpenAiError& error);
void appendErrorBody(std::string& out, const OpenAiError& error);

// The `type` that OpenAI uses with a status: invalid_request_error, authentication_error,
// permission_error, not_found_error, rate_limit_error, server_error ...
std::string_view errorTypeOf(int status);

// A JSON string with its quotes. Control bytes are escaped, bytes that are no UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);

// At most 64 characters of the input, safe to show anywhere: printable ASCII, the rest as "?"; cut
// off with "...".
std::string excerptOf(std::string_view input);

} // namespace signalbox::http
