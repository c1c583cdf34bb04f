// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>

#include <iterator>

namespace signalbox::lab {

std::string jsonString(std::string_view text)
{
    std::string json = "\"";
    json.reserve(text.size() + 2);
    for (const char c : text) {
        switch (c) {
        case '"': json += "\\\""; break;
        case '\\': json += "\\\\"; break;
        case '\n': json += "\\n"; break;
        case '\r': json += "\\r"; break;
        case '\t': json += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20)
                fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
            else
                json += c;
        }
    }
    json += '"';
    return json;
}

} // namespace signalbox::lab
