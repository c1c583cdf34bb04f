// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/utf8.h"

#include <simdjson.h>

namespace signalbox::http {

bool isValidUtf8(std::string_view text)
{
    return simdjson::validate_utf8(text.data(), text.size());
}

} // namespace signalbox::http
