// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace signalbox::rpc {

// Debian's gRPC 1.51 ends the threads of its callback queue with the last channel or server that
// uses it, and sometimes aborts or hangs in doing so (an assertion on the queue's references).
// This keeps the queue in use until the process ends. Call before the first channel or server;
// from any thread, any number of times.
void keepCallbackQueue();

} // namespace signalbox::rpc
