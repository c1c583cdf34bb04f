// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/json_gate.h"

#include <simdjson.h>

#include <optional>
#include <string_view>

// The fields that policy reads of a request body. Part of the JSON gate; nothing else includes it.
namespace signalbox::http {

// Reads one top-level field into the facts; unknown ones pass. A refusal names the field.
std::optional<OpenAiError> readGateField(std::string_view key, simdjson::dom::element value,
                                         RequestFacts& facts);

// What only makes sense together.
std::optional<OpenAiError> checkTogether(simdjson::dom::object object, const RequestFacts& facts);

} // namespace signalbox::http
