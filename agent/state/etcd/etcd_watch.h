// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"

#include <memory>

namespace signalbox::state {

class EtcdCalls;

// One watch on one stream of its own. Lives on: control; the stream's reactions post to it.
// Owned by the caller of StateStore::watch. Failure: one onEnd, and the next watch goes to the next
// endpoint; a store that does not confirm the watch within kStoreTimeout counts as broken.
class EtcdWatch final : public Watch {
public:
    EtcdWatch(std::shared_ptr<EtcdCalls> calls, const WatchRequest& request,
              WatchHandlers handlers);
    ~EtcdWatch() override;

    void requestProgress() override;

private:
    class Stream;

    std::shared_ptr<EtcdCalls> calls_;
    std::shared_ptr<Stream> stream_;
};

} // namespace signalbox::state
