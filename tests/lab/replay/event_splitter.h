// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::replay {

// Takes a server-sent event stream apart, whatever the cuts between its pieces.
// Lives on: one thread. Written apart from the product's own reader, so that each checks the other.
class EventSplitter {
public:
    // Calls onData(data) for each whole event that has data.
    template <typename OnData>
    base::Status feed(std::string_view bytes, OnData onData)
    {
        buffer_.append(bytes);
        std::size_t start = 0;
        for (std::size_t end = 0; (end = buffer_.find('\n', start)) != std::string::npos;) {
            std::string_view line(buffer_.data() + start, end - start);
            start = end + 1;
            if (!line.empty() && line.back() == '\r')
                line.remove_suffix(1);
            if (takeLine(line)) {
                onData(std::string_view(data_));
                data_.clear();
                hasData_ = false;
            }
        }
        buffer_.erase(0, start);
        return checkSize();
    }

    // Bytes of an event that has not ended: what a cut leaves behind.
    bool isInsideEvent() const { return hasData_ || !buffer_.empty(); }

private:
    // True when the line ends an event with data.
    bool takeLine(std::string_view line);
    base::Status checkSize() const;

    std::string buffer_;
    std::string data_;
    bool hasData_ = false;
};

} // namespace signalbox::replay
