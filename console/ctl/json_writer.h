// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::ctl {

// Writes one JSON value, in the order of the calls, on one line. Unknown numbers are null.
// Lives on: any thread (a value). Broken UTF-8 becomes U+FFFD: the output always parses.
class JsonWriter {
public:
    JsonWriter& beginObject();
    JsonWriter& endObject();
    JsonWriter& beginArray();
    JsonWriter& endArray();
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    JsonWriter& integer(std::int64_t value);
    JsonWriter& number(std::optional<double> value); // nullopt, NaN and infinities are null
    JsonWriter& truth(bool value);
    JsonWriter& null();

    JsonWriter& field(std::string_view name, std::string_view value);
    JsonWriter& field(std::string_view name, std::int64_t value);
    JsonWriter& field(std::string_view name, const std::vector<std::string>& values);

    const std::string& str() const { return out_; }

private:
    void separate();

    std::string out_;
    bool needsComma_ = false;
};

} // namespace signalbox::ctl
