// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/event_splitter.h"

#include "shared/base/limits.h"

namespace signalbox::replay {

bool EventSplitter::takeLine(std::string_view line)
{
    if (line.empty())
        return hasData_;
    if (!line.starts_with("data:"))
        return false; // comments and fields that say nothing to us
    line.remove_prefix(5);
    if (line.starts_with(' '))
        line.remove_prefix(1);
    if (hasData_)
        data_ += '\n';
    data_.append(line);
    hasData_ = true;
    return false;
}

base::Status EventSplitter::checkSize() const
{
    if (buffer_.size() + data_.size() > limits::kSseEventBytes)
        return base::Error(base::Code::ResourceExhausted, "an event is larger than any real one",
                           base::Origin::Upstream);
    return {};
}

} // namespace signalbox::replay
