// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"
#include "agent/http/json/openai_error.h"

#include <optional>

namespace signalbox::http {

// The request says that its body is JSON, once, in UTF-8 and not compressed; else 415.
std::optional<OpenAiError> checkJsonContent(const RequestHead& head);

} // namespace signalbox::http
