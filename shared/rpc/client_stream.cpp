// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/client_stream.h"

#include <algorithm>

namespace signalbox::rpc {

ClientStream::ClientStream(ClientStreamOptions options, base::Executor& executor, Pick pick,
                           Listener& listener)
    : options_(std::move(options)), executor_(executor), pick_(std::move(pick)),
      listener_(listener), random_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      self_(std::make_shared<ClientStream*>(this))
{
}

ClientStream::~ClientStream()
{
    stop();
    *self_ = nullptr;
}

void ClientStream::start()
{
    if (isRunning_)
        return;
    isRunning_ = true;
    attempt();
}

void ClientStream::stop()
{
    isRunning_ = false;
    isOpen_ = false;
    ++generation_;
    retry_.reset();
    patience_.reset();
    call_.reset();
    channel_.reset();
}

// Timers and replies that were on their way when this ended find nobody.
std::function<void()> ClientStream::guarded(void (ClientStream::*step)())
{
    return [self = self_, step] {
        if (*self != nullptr && (*self)->isRunning_)
            ((*self)->*step)();
    };
}

void ClientStream::attempt()
{
    retry_.reset();
    ++attemptsTotal_;
    auto channel = pick_();
    if (!channel)
        return fail(channel.error());
    channel_ = *channel;
    const auto isCurrent = [self = self_, generation = generation_] {
        return *self != nullptr && (*self)->isRunning_ && (*self)->generation_ == generation;
    };
    StreamEvents events;
    events.onMessage = [self = self_, isCurrent](std::string bytes) {
        if (isCurrent())
            (*self)->received(std::move(bytes));
    };
    events.onEnd = [self = self_, isCurrent](const base::Status& status) {
        if (isCurrent())
            (*self)->fail(status ? base::Error(base::Code::Unavailable, "the stream has ended",
                                               base::Origin::Upstream, base::Retry::Safe)
                                 : status.error());
    };
    expectWithin(options_.openPatience, "no answer");
    call_ = channel_->watch(options_.method, listener_.request(), std::move(events));
}

void ClientStream::received(std::string bytes)
{
    if (!isOpen_) {
        isOpen_ = true;
        listener_.opened(channel_->address());
    }
    const std::uint64_t generation = generation_;
    const base::Status status = listener_.message(std::move(bytes));
    if (!isRunning_ || generation != generation_)
        return;
    if (!status)
        return fail(status.error());
    failuresInRow_ = 0;
    if (options_.silencePatience.count() > 0)
        expectWithin(options_.silencePatience, "silence");
    else
        patience_.reset();
}

void ClientStream::fail(const base::Error& why)
{
    patience_.reset();
    isOpen_ = false;
    call_.reset();
    channel_.reset();
    ++generation_;
    retry_ = executor_.after(backoff(), guarded(&ClientStream::attempt));
    ++failuresInRow_;
    listener_.lost(why);
}

void ClientStream::expectWithin(std::chrono::milliseconds patience, const char* what)
{
    patience_ = executor_.after(patience, [self = self_, generation = generation_, patience, what] {
        if (*self == nullptr || !(*self)->isRunning_ || (*self)->generation_ != generation)
            return;
        (*self)->fail(base::Error(base::Code::DeadlineExceeded,
                                  std::string(what) + " for " + std::to_string(patience.count())
                                      + " ms",
                                  base::Origin::Upstream, base::Retry::Safe));
    });
}

std::chrono::milliseconds ClientStream::backoff()
{
    constexpr std::uint32_t kDoublingsMost = 16;
    const auto grown = options_.backoffFirst * (1u << std::min(failuresInRow_, kDoublingsMost));
    const auto most = std::min<std::chrono::milliseconds>(grown, options_.backoffMost);
    std::uniform_int_distribution<std::chrono::milliseconds::rep> spread(most.count() / 2,
                                                                         most.count());
    return std::chrono::milliseconds(spread(random_));
}

} // namespace signalbox::rpc
