// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/rpc/channel.h"

namespace signalbox::link {

// A Dial for ws:// and wss://: the calls of an agent through /tunnel of its observe port, one
// binary message a frame. The executor is the link thread's.
base::Result<std::shared_ptr<rpc::Channel>>
openWebSocketChannel(const rpc::ServiceAddress& address, const rpc::Security& security,
                     const std::string& operatorName, base::Executor& executor);

// The Dial of the console: both.
base::Result<std::shared_ptr<rpc::Channel>> dialAny(const rpc::ServiceAddress& address,
                                                    const rpc::Security& security,
                                                    const std::string& operatorName,
                                                    base::Executor& executor);

} // namespace signalbox::link
