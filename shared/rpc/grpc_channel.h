// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rpc/channel.h"

namespace signalbox::rpc {

// A Dial for grpc:// and grpcs://. The channel's end waits until the library has let go, so the
// executor may end right after it.
base::Result<std::shared_ptr<Channel>> openGrpcChannel(const ServiceAddress& address,
                                                       const Security& security,
                                                       const std::string& operatorName,
                                                       base::Executor& executor);

} // namespace signalbox::rpc
