// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/tunnel/tunnel_session.h"

#include "proto/signalbox/v1/tunnel.pb.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace signalbox::tunnel {

namespace {

base::Error violation(std::string text)
{
    return base::Error(base::Code::InvalidArgument, std::move(text), base::Origin::Client);
}

} // namespace

struct TunnelSession::State : std::enable_shared_from_this<State> {
    State(const rpc::MethodTable& methods, rpc::Caller who, base::Executor& runner,
          FrameOutput& frames, TunnelCounters& counts)
        : table(methods), caller(std::move(who)), executor(runner), output(&frames),
          counters(counts)
    {
    }

    struct Call;
    struct Outgoing {
        std::string frame;
        std::size_t bytes;
        std::shared_ptr<Call> stream; // idle again once this is written; null for the rest
    };

    base::Status open(std::uint32_t id, const v1::TunnelCall& wanted);
    base::Status admit(const rpc::Method* method, const std::string& name) const;
    void start(std::uint32_t id, const rpc::Method& method, const v1::TunnelCall& wanted);
    void sendItem(std::uint32_t id, std::string item, std::shared_ptr<Call> stream);
    void sendEnd(std::uint32_t id, const base::Status& status);
    void finish(std::uint32_t id, const base::Status& status);
    void queue(const v1::TunnelFrame& frame, std::shared_ptr<Call> stream);
    void sendNext();

    const rpc::MethodTable& table;
    const rpc::Caller caller;
    base::Executor& executor;
    FrameOutput* output; // null once the session is gone
    TunnelCounters& counters;
    std::map<std::uint32_t, std::shared_ptr<Call>> calls;
    std::deque<Outgoing> waiting; // the first one is being written
    std::size_t waitingBytes = 0;
};

// One open call, as its handler sees it.
struct TunnelSession::State::Call final : rpc::OpenStream {
    Call(std::weak_ptr<State> owner, std::uint32_t number)
        : state(std::move(owner)), id(number)
    {
    }

    bool isOpen() const override { return isRunning; }
    bool isIdle() const override { return isRunning && !isWriting; }
    void write(std::string item) override
    {
        const auto session = state.lock();
        if (!session || !isIdle())
            return;
        isWriting = true;
        session->sendItem(id, std::move(item), session->calls.at(id));
    }
    void end(base::Status status) override
    {
        if (const auto session = state.lock(); session && isRunning)
            session->finish(id, status);
    }
    void reply(base::Result<std::string> response)
    {
        const auto session = state.lock();
        if (!session || !isRunning)
            return;
        if (!response)
            return session->finish(id, response.error());
        session->sendItem(id, *std::move(response), nullptr);
        session->finish(id, {});
    }

    std::weak_ptr<State> state;
    const std::uint32_t id;
    base::Executor::TimerPtr deadline; // of a unary call
    bool isRunning = true;
    bool isWriting = false;
};

TunnelSession::TunnelSession(const rpc::MethodTable& table, rpc::Caller caller,
                             base::Executor& executor, FrameOutput& output,
                             TunnelCounters& counters)
    : state_(std::make_shared<State>(table, std::move(caller), executor, output, counters))
{
}

TunnelSession::~TunnelSession()
{
    state_->output = nullptr;
    for (const auto& [id, call] : state_->calls) {
        call->isRunning = false;
        call->deadline.reset();
    }
    state_->calls.clear();
}

std::size_t TunnelSession::callsOpen() const
{
    return state_->calls.size();
}

bool TunnelSession::isCongested() const
{
    return state_->waiting.size() >= limits::kTunnelFramesWaiting
        || state_->waitingBytes >= limits::kTunnelMessageBytes;
}

base::Status TunnelSession::onMessage(std::string_view bytes)
{
    v1::TunnelFrame frame;
    if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return violation("a message is no frame");
    if (frame.call() == 0)
        return violation("a frame names no call");
    switch (frame.body_case()) {
    case v1::TunnelFrame::kOpen: return state_->open(frame.call(), frame.open());
    case v1::TunnelFrame::kCancel:
        // Of a call that has ended meanwhile it is no mistake.
        if (const auto call = state_->calls.find(frame.call()); call != state_->calls.end())
            state_->finish(frame.call(), base::Error(base::Code::Cancelled, "the caller cancelled",
                                                     base::Origin::Client));
        return {};
    case v1::TunnelFrame::kItem:
    case v1::TunnelFrame::kEnd:
    case v1::TunnelFrame::BODY_NOT_SET: break;
    }
    return violation("a caller opens and cancels calls; this frame does neither");
}

void TunnelSession::onWritten()
{
    const State::Outgoing written = std::move(state_->waiting.front());
    state_->waiting.pop_front();
    state_->waitingBytes -= written.bytes;
    if (written.stream)
        written.stream->isWriting = false;
    state_->sendNext();
}

base::Status TunnelSession::State::open(std::uint32_t id, const v1::TunnelCall& wanted)
{
    if (calls.contains(id))
        return violation("a call was opened twice");
    ++counters.callsTotal;
    const rpc::Method* method = table.find(wanted.method());
    if (const base::Status status = admit(method, wanted.method()); !status) {
        ++counters.callsRefusedTotal;
        sendEnd(id, status);
        return {};
    }
    start(id, *method, wanted);
    return {};
}

base::Status TunnelSession::State::admit(const rpc::Method* method, const std::string& name) const
{
    if (method == nullptr)
        return base::Error(base::Code::Unimplemented,
                           "this agent serves no method " + name.substr(0, 128),
                           base::Origin::Client);
    SB_CHECK(rpc::MethodTable::authorize(*method, caller));
    if (calls.size() >= limits::kTunnelCallsOpen)
        return base::Error(base::Code::ResourceExhausted,
                           "this connection has " + std::to_string(calls.size())
                               + " calls open; end one first");
    return {};
}

void TunnelSession::State::start(std::uint32_t id, const rpc::Method& method,
                                 const v1::TunnelCall& wanted)
{
    const auto call = std::make_shared<Call>(weak_from_this(), id);
    calls[id] = call;
    if (method.stream)
        return method.stream(caller, wanted.request(), call);
    if (wanted.deadline_ms() > 0) {
        const auto most = std::chrono::milliseconds(limits::kTunnelDeadlineMost);
        const auto within = std::min(most, std::chrono::milliseconds(wanted.deadline_ms()));
        call->deadline = executor.after(within, [weak = std::weak_ptr(call)] {
            if (const auto late = weak.lock())
                late->end(base::Error(base::Code::DeadlineExceeded, "no answer in time"));
        });
    }
    method.unary(caller, wanted.request(), [call](base::Result<std::string> response) {
        call->reply(std::move(response));
    });
}

void TunnelSession::State::sendItem(std::uint32_t id, std::string item,
                                    std::shared_ptr<Call> stream)
{
    v1::TunnelFrame frame;
    frame.set_call(id);
    frame.set_item(std::move(item));
    queue(frame, std::move(stream));
}

void TunnelSession::State::sendEnd(std::uint32_t id, const base::Status& status)
{
    v1::TunnelFrame frame;
    frame.set_call(id);
    v1::TunnelEnd& end = *frame.mutable_end();
    if (!status) {
        end.set_code(static_cast<std::uint32_t>(status.error().code()));
        end.set_message(status.error().text());
    }
    queue(frame, nullptr);
}

void TunnelSession::State::finish(std::uint32_t id, const base::Status& status)
{
    const auto found = calls.find(id);
    if (found == calls.end())
        return;
    found->second->isRunning = false;
    found->second->deadline.reset();
    calls.erase(found);
    sendEnd(id, status);
}

void TunnelSession::State::queue(const v1::TunnelFrame& frame, std::shared_ptr<Call> stream)
{
    std::string bytes = frame.SerializeAsString();
    const std::size_t size = bytes.size();
    waitingBytes += size;
    waiting.push_back({std::move(bytes), size, std::move(stream)});
    if (waiting.size() == 1)
        sendNext();
}

void TunnelSession::State::sendNext()
{
    if (output != nullptr && !waiting.empty())
        output->send(std::move(waiting.front().frame));
}

} // namespace signalbox::tunnel
