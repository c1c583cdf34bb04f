// SPDX-License-Identifier: Apache-2.0
#include "agent/state/etcd/etcd_calls.h"

#include "agent/state/store_rules.h"
#include "shared/base/check.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/callback_queue.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

namespace signalbox::state {

namespace {

int milliseconds(std::chrono::milliseconds value)
{
    return static_cast<int>(value.count());
}

std::shared_ptr<grpc::ChannelCredentials> credentialsFor(const std::optional<StoreTls>& tls)
{
    if (!tls)
        return grpc::InsecureChannelCredentials();
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = tls->authorities;
    ssl.pem_cert_chain = tls->certificate;
    ssl.pem_private_key = tls->key.reveal();
    return grpc::SslCredentials(ssl);
}

grpc::ChannelArguments argumentsFor(const EtcdStoreOptions& options)
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(options.keepAliveEvery));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(options.keepAliveTimeout));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    // A quiet watch may send nothing for hours; its pings are then all that shows it alive.
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, milliseconds(options.reconnectLeast));
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, milliseconds(options.reconnectLeast));
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, milliseconds(options.reconnectMost));
    // The store is never behind the proxy that the environment names for the web.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Two clients in one process do not share their waits.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(
        static_cast<int>(limits::kStoreResponseBytes + limits::kStoreRequestOverheadBytes));
    if (options.tls && !options.tls->serverName.empty())
        arguments.SetSslTargetNameOverride(options.tls->serverName);
    return arguments;
}

// The text of gRPC 1.51 for a call that found no connection; there is no other sign. It is what
// etcd's own client looks for, too, before it repeats a write.
bool neverLeft(const grpc::Status& status)
{
    const std::string& text = status.error_message();
    return status.error_code() == grpc::StatusCode::UNAVAILABLE
        && (text.starts_with("failed to connect to all addresses")
            || text.starts_with("DNS resolution failed"));
}

bool isEndpointsFault(const grpc::Status& status)
{
    return status.error_code() == grpc::StatusCode::UNAVAILABLE
        || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

base::Code codeOf(grpc::StatusCode code)
{
    if (code < grpc::StatusCode::CANCELLED || code > grpc::StatusCode::UNAUTHENTICATED)
        return base::Code::Unknown;
    return static_cast<base::Code>(code);
}

std::string oneLine(std::string text)
{
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' ';
    }
    return text;
}

} // namespace

base::Error readError(const grpc::Status& status, EtcdCalls::Kind kind)
{
    const bool isRead = kind == EtcdCalls::Kind::Read;
    const bool wasTurnedAway = status.error_message() == fault::tooManyRequests().message();
    const bool isSafe = neverLeft(status) || wasTurnedAway || (isRead && isEndpointsFault(status));
    return base::Error(codeOf(status.error_code()), oneLine(status.error_message()),
                       base::Origin::Store, isSafe ? base::Retry::Safe : base::Retry::Never);
}

void Runway::post(const std::shared_ptr<Runway>& runway, std::function<void()> work)
{
    runway->executor_.post([runway, work = std::move(work)] {
        if (!runway->isOver_)
            work();
    });
}

void Runway::land()
{
    if (inAir_.fetch_sub(1) == 1)
        inAir_.notify_all();
}

void Runway::close()
{
    isOver_ = true;
}

void Runway::waitUntilEmpty() const
{
    for (std::size_t left = inAir_.load(); left != 0; left = inAir_.load())
        inAir_.wait(left);
}

struct EtcdCalls::Attempt {
    Kind kind = Kind::Read;
    base::Monotonic deadline;
    Start start;
    std::function<void(base::Status)> finish;
    std::unique_ptr<grpc::ClientContext> context;
    std::size_t endpoint = 0;
    std::size_t endpointsLeft = 0; // that may still be asked after this one
    std::uint64_t cancel = 0;
};

EtcdCalls::EtcdCalls(base::Executor& executor, const base::Clock& clock, EtcdStoreOptions options)
    : executor_(executor), clock_(clock), options_(std::move(options)),
      runway_(std::make_shared<Runway>(executor))
{
    SB_ASSERT(!options_.endpoints.empty());
    openChannels();
}

EtcdCalls::~EtcdCalls()
{
    close();
}

void EtcdCalls::openChannels()
{
    rpc::keepCallbackQueue();
    const auto credentials = credentialsFor(options_.tls);
    const grpc::ChannelArguments arguments = argumentsFor(options_);
    for (const std::string& endpoint : options_.endpoints)
        channels_.push_back(grpc::CreateCustomChannel(endpoint, credentials, arguments));
}

void EtcdCalls::close()
{
    if (runway_->isOver())
        return;
    runway_->close();
    const auto cancels = std::exchange(cancels_, {});
    for (const auto& [id, cancel] : cancels)
        cancel();
    runway_->waitUntilEmpty();
}

std::uint64_t EtcdCalls::remember(std::function<void()> cancel)
{
    cancels_.emplace(++remembered_, std::move(cancel));
    return remembered_;
}

void EtcdCalls::leave(std::size_t endpoint)
{
    if (endpoint != current_ || channels_.size() < 2)
        return;
    current_ = (current_ + 1) % channels_.size();
    ++counters_.failovers;
    log::info("store", "endpoint_changed", "from", options_.endpoints[endpoint], "to",
              options_.endpoints[current_]);
}

void EtcdCalls::call(Kind kind, Timeout timeout, Start start,
                     std::function<void(base::Status)> finish)
{
    ++counters_.calls;
    if (cancels_.size() >= limits::kStoreClientCalls) {
        ++counters_.shed;
        executor_.post([runway = runway_, finish = std::move(finish)] {
            if (!runway->isOver())
                finish(base::Error(base::Code::ResourceExhausted,
                                   "too many calls to the store are outstanding",
                                   base::Origin::Store, base::Retry::Safe));
        });
        return;
    }
    auto attempt = std::make_shared<Attempt>();
    attempt->kind = kind;
    attempt->deadline = clock_.monotonic() + timeout;
    attempt->start = std::move(start);
    attempt->finish = std::move(finish);
    attempt->endpointsLeft = channels_.size() - 1;
    begin(attempt);
}

void EtcdCalls::begin(const std::shared_ptr<Attempt>& attempt)
{
    attempt->endpoint = current_;
    attempt->context = std::make_unique<grpc::ClientContext>();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        attempt->deadline - clock_.monotonic());
    attempt->context->set_deadline(std::chrono::system_clock::now() + left);
    attempt->cancel = remember([attempt] {
        attempt->finish = nullptr; // what it captured must not outlive the store on gRPC's thread
        attempt->context->TryCancel();
    });
    runway_->takeOff();
    attempt->start(channels_[attempt->endpoint], *attempt->context,
                   [this, runway = runway_, attempt](const grpc::Status& status) {
                       Runway::post(runway, [this, attempt, status] { ended(attempt, status); });
                       runway->land();
                   });
}

void EtcdCalls::ended(const std::shared_ptr<Attempt>& attempt, const grpc::Status& status)
{
    forget(attempt->cancel);
    if (status.ok())
        return std::exchange(attempt->finish, nullptr)({});
    ++counters_.failures;
    const base::Error error = readError(status, attempt->kind);
    if (isEndpointsFault(status))
        leave(attempt->endpoint);
    const bool mayRepeat = error.retry() == base::Retry::Safe && isEndpointsFault(status)
        && attempt->endpointsLeft > 0 && clock_.monotonic() < attempt->deadline;
    if (!mayRepeat)
        return std::exchange(attempt->finish, nullptr)(error);
    --attempt->endpointsLeft;
    begin(attempt);
}

} // namespace signalbox::state
