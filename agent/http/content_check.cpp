// SPDX-License-Identifier: Apache-2.0
#include "agent/http/content_check.h"

#include <string>
#include <utility>

namespace signalbox::http {

namespace {

OpenAiError unsupported(std::string message)
{
    OpenAiError error;
    error.status = 415;
    error.type = errorTypeOf(error.status);
    error.code = "unsupported_media_type";
    error.message = std::move(message);
    return error;
}

std::string_view withoutBlanks(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Parameters may say anything but another charset than the one that JSON has.
bool areParametersFine(std::string_view parameters)
{
    while (!parameters.empty()) {
        const std::size_t end = parameters.find(';');
        const std::string_view parameter = withoutBlanks(parameters.substr(0, end));
        parameters
            = end == std::string_view::npos ? std::string_view{} : parameters.substr(end + 1);
        const std::size_t equals = parameter.find('=');
        if (!equalsIgnoringCase(parameter.substr(0, equals), "charset"))
            continue;
        const std::string_view charset = parameter.substr(equals + 1);
        if (!equalsIgnoringCase(charset, "utf-8") && !equalsIgnoringCase(charset, "\"utf-8\""))
            return false;
    }
    return true;
}

} // namespace

std::optional<OpenAiError> checkJsonContent(const RequestHead& head)
{
    if (head.headers.has(HeaderName::ContentEncoding)
        && !equalsIgnoringCase(head.headers.getSingle(HeaderName::ContentEncoding), "identity"))
        return unsupported("Compressed request bodies are not accepted.");
    const std::string_view value = head.headers.getSingle(HeaderName::ContentType);
    const std::size_t semicolon = value.find(';');
    if (!equalsIgnoringCase(withoutBlanks(value.substr(0, semicolon)), "application/json"))
        return unsupported("Content-Type must be application/json.");
    if (semicolon != std::string_view::npos && !areParametersFine(value.substr(semicolon + 1)))
        return unsupported("The charset of the body must be utf-8.");
    return std::nullopt;
}

} // namespace signalbox::http
