// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/etcd_services.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::state {

// One unary call on its way through the store: work() in the store's order, answer() once the group
// is on disk, refuse() otherwise. Both are given away by the service and run on the store thread,
// or at once where the store takes no more.
template <typename T>
struct ServiceCall {
    StoreJob::Kind kind = StoreJob::Kind::Read;
    std::size_t bytes = 0;
    std::function<bool()> isAbandoned; // the client is gone: then nothing is done
    std::function<base::Result<T>(StoreEngine&)> work;
    std::function<void(T)> answer;
    std::function<void(const base::Error&)> refuse;
};

template <typename T>
void submit(StoreThread& store, ServiceCall<T> call)
{
    struct State {
        ServiceCall<T> call;
        std::optional<base::Result<T>> result;
    };
    auto state = std::make_shared<State>();
    state->call = std::move(call);
    StoreJob job;
    job.kind = state->call.kind;
    job.bytes = state->call.bytes;
    job.run = [state](StoreEngine& engine) {
        if (state->call.isAbandoned())
            state->result.emplace(base::Error(base::Code::Cancelled, "the client is gone"));
        else
            state->result.emplace(state->call.work(engine));
    };
    job.finish = [state](StoreEngine&, const base::Status& group) {
        // Its own error says more than that of the group which broke on it.
        if (state->result && !*state->result)
            state->call.refuse(state->result->error());
        else if (!group)
            state->call.refuse(group.error());
        else if (state->result)
            state->call.answer(std::move(**state->result));
    };
    if (const base::Status posted = store.post(std::move(job)); !posted)
        state->call.refuse(posted.error());
}

} // namespace signalbox::state
