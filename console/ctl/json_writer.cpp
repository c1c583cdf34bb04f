// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace signalbox::ctl {

namespace {

// Length of the valid UTF-8 sequence at the front; 0 when there is none.
std::size_t validSequence(std::string_view text)
{
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1
        : lead >= 0xC2 && lead < 0xE0      ? 2
        : lead >= 0xE0 && lead < 0xF0      ? 3
        : lead >= 0xF0 && lead < 0xF5      ? 4
                                           : 0;
    if (length == 0 || length > text.size())
        return 0;
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xC0) != 0x80)
            return 0;
    }
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
    const bool tooHigh = lead == 0xF4 && byte(1) >= 0x90;
    return overlong || surrogate || tooHigh ? 0 : length;
}

// Characters that a terminal could obey or that hide what they are: C1 controls, bidirectional and
// zero-width ones. As \u escapes they mean the same to every parser. 0 = may stand as it is.
unsigned hiddenCode(std::string_view sequence)
{
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(sequence[at]); };
    unsigned code = 0;
    if (sequence.size() == 2)
        code = (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
    else if (sequence.size() == 3)
        code = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    const bool isHidden = (code >= 0x80 && code <= 0x9F) || code == 0x61C || code == 0xFEFF
        || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E)
        || (code >= 0x2060 && code <= 0x206F);
    return isHidden ? code : 0;
}

void appendEscaped(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const char byte = text.front();
        std::size_t length = 1;
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += byte;
        } else if (byte == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
        } else {
            const std::size_t valid = validSequence(text);
            length = std::max<std::size_t>(valid, 1);
            if (valid == 0)
                out += "\uFFFD";
            else if (const unsigned code = hiddenCode(text.substr(0, valid)); code != 0)
                out += fmt::format("\\u{:04x}", code);
            else
                out += text.substr(0, valid);
        }
        text.remove_prefix(length);
    }
}

} // namespace

void JsonWriter::separate()
{
    if (needsComma_)
        out_ += ',';
    needsComma_ = true;
}

JsonWriter& JsonWriter::beginObject()
{
    separate();
    out_ += '{';
    needsComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endObject()
{
    out_ += '}';
    needsComma_ = true;
    return *this;
}

JsonWriter& JsonWriter::beginArray()
{
    separate();
    out_ += '[';
    needsComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endArray()
{
    out_ += ']';
    needsComma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name)
{
    text(name);
    out_ += ':';
    needsComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value)
{
    separate();
    out_ += '"';
    appendEscaped(out_, value);
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value)
{
    separate();
    out_ += fmt::format("{}", value);
    return *this;
}

JsonWriter& JsonWriter::number(std::optional<double> value)
{
    if (!value || !std::isfinite(*value))
        return null();
    separate();
    // Six significant digits: finer than any of our measurements, and short.
    out_ += *value == std::floor(*value) && std::abs(*value) < 1e15 ? fmt::format("{:.0f}", *value)
                                                                    : fmt::format("{:.6g}", *value);
    return *this;
}

JsonWriter& JsonWriter::truth(bool value)
{
    separate();
    out_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null()
{
    separate();
    out_ += "null";
    return *this;
}

JsonWriter& JsonWriter::field(std::string_view name, std::string_view value)
{
    return key(name).text(value);
}

JsonWriter& JsonWriter::field(std::string_view name, std::int64_t value)
{
    return key(name).integer(value);
}

JsonWriter& JsonWriter::field(std::string_view name, const std::vector<std::string>& values)
{
    key(name).beginArray();
    for (const std::string& value : values)
        text(value);
    return endArray();
}

} // namespace signalbox::ctl
