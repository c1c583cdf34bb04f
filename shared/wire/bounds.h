// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

namespace google::protobuf {
class Message;
}

namespace signalbox::wire {

// What every message from outside must hold before it is looked at: texts of at most
// limits::kFactTextBytes, lists within limits, numbers that are numbers, times between 1970 and
// the year 9999. The error names the field.
base::Status checkBounds(const google::protobuf::Message& message);

} // namespace signalbox::wire
