// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/web_socket_channel.h"

#include "proto/signalbox/v1/tunnel.pb.h"
#include "shared/base/limits.h"
#include "shared/rpc/grpc_channel.h"

#include <QNetworkRequest>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>
#include <map>
#include <utility>

namespace signalbox::link {

namespace {

constexpr int kLastCode = 16; // of the canonical codes

base::Error unavailable(const std::string& why)
{
    return {base::Code::Unavailable, why, base::Origin::Upstream};
}

base::Error errorOf(const v1::TunnelEnd& end)
{
    const auto code = end.code() <= kLastCode ? static_cast<base::Code>(end.code())
                                              : base::Code::Unknown;
    return {code, end.message().substr(0, limits::kFactTextBytes), base::Origin::Upstream};
}

QSslConfiguration configurationOf(const rpc::TlsIdentity& identity)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setCaCertificates(
        QSslCertificate::fromData(QByteArray::fromStdString(identity.authority)));
    configuration.setLocalCertificateChain(
        QSslCertificate::fromData(QByteArray::fromStdString(identity.certificate)));
    const QByteArray pem = QByteArray::fromStdString(identity.key.reveal());
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa}) {
        const QSslKey key(pem, algorithm);
        if (!key.isNull())
            configuration.setPrivateKey(key);
    }
    return configuration;
}

// One connection to one agent, opened by the first call and again by the first call after a loss.
// Lives on: the link thread, but for address().
class WebSocketChannel final : public rpc::Channel {
public:
    WebSocketChannel(rpc::ServiceAddress address, rpc::Security security, std::string operatorName,
                     base::Executor& executor)
        : address_(std::move(address)), security_(std::move(security)),
          operatorName_(std::move(operatorName)), executor_(executor)
    {
    }
    ~WebSocketChannel() override { closeSocket(); }

    const rpc::ServiceAddress& address() const override { return address_; }

    void call(const std::string& method, const std::string& request,
              std::chrono::milliseconds timeout,
              std::function<void(base::Result<std::string>)> done) override
    {
        Call call;
        call.done = std::move(done);
        const std::uint32_t number = nextCall_++;
        call.deadline = executor_.after(timeout, [this, number] {
            end(number, base::Error(base::Code::DeadlineExceeded, "no answer in time",
                                    base::Origin::Upstream));
        });
        open(number, std::move(call), method, request, timeout);
    }

    std::unique_ptr<rpc::StreamCall> watch(const std::string& method, const std::string& request,
                                           rpc::StreamEvents events) override
    {
        Call call;
        call.events = std::move(events);
        const std::uint32_t number = nextCall_++;
        open(number, std::move(call), method, request, std::chrono::milliseconds(0));
        return std::make_unique<Handle>(self_, number);
    }

private:
    struct Call {
        std::function<void(base::Result<std::string>)> done; // of a unary call
        rpc::StreamEvents events; // of a stream
        base::Executor::TimerPtr deadline;
    };
    // Dropping it cancels. It may outlive the channel.
    class Handle final : public rpc::StreamCall {
    public:
        Handle(std::shared_ptr<WebSocketChannel*> channel, std::uint32_t call)
            : channel_(std::move(channel)), call_(call)
        {
        }
        ~Handle() override
        {
            if (*channel_)
                (*channel_)->cancel(call_);
        }

    private:
        std::shared_ptr<WebSocketChannel*> channel_;
        std::uint32_t call_;
    };
    // Null inside once the channel is gone.
    struct SelfOwner {
        std::shared_ptr<WebSocketChannel*>& self;
        ~SelfOwner() { *self = nullptr; }
    };

    void open(std::uint32_t number, Call call, const std::string& method,
              const std::string& request, std::chrono::milliseconds timeout)
    {
        const bool isFull = calls_.size() >= limits::kTunnelCallsOpen;
        calls_.emplace(number, std::move(call));
        if (isFull) {
            endLater(number, base::Error(base::Code::ResourceExhausted,
                                         "too many calls are open on one connection",
                                         base::Origin::Local));
            return;
        }
        v1::TunnelFrame frame;
        frame.set_call(number);
        frame.mutable_open()->set_method(method);
        frame.mutable_open()->set_request(request);
        frame.mutable_open()->set_deadline_ms(timeout.count());
        if (!socket_)
            connectSocket();
        if (isOpen_)
            send(frame);
        else
            waiting_.push_back(frame.SerializeAsString());
    }

    void connectSocket()
    {
        socket_ = std::make_unique<QWebSocket>();
        socket_->setMaxAllowedIncomingMessageSize(limits::kTunnelMessageBytes);
        socket_->setMaxAllowedIncomingFrameSize(limits::kTunnelMessageBytes);
        socket_->setReadBufferSize(limits::kTunnelMessageBytes);
        if (security_.identity && address_.isTls())
            socket_->setSslConfiguration(configurationOf(*security_.identity));
        QObject::connect(socket_.get(), &QWebSocket::connected, [this] { connected(); });
        QObject::connect(socket_.get(), &QWebSocket::binaryMessageReceived,
                         [this](const QByteArray& message) { received(message); });
        QObject::connect(socket_.get(), &QWebSocket::textMessageReceived, [this](const QString&) {
            fail(unavailable("the agent sends text where frames are meant"));
        });
        QObject::connect(socket_.get(), &QWebSocket::disconnected, [this] {
            fail(unavailable(socket_ ? socket_->errorString().toStdString() : "closed"));
        });
        QObject::connect(socket_.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error),
                         [this](QAbstractSocket::SocketError) {
                             fail(unavailable(socket_->errorString().toStdString()));
                         });
        QNetworkRequest request(QUrl(QString::fromStdString(address_.text())));
        if (!operatorName_.empty())
            request.setRawHeader(rpc::kOperatorKey, QByteArray::fromStdString(operatorName_));
        socket_->open(request);
    }

    void connected()
    {
        isOpen_ = true;
        for (const std::string& frame : std::exchange(waiting_, {}))
            socket_->sendBinaryMessage(QByteArray::fromStdString(frame));
    }

    void send(const v1::TunnelFrame& frame)
    {
        socket_->sendBinaryMessage(QByteArray::fromStdString(frame.SerializeAsString()));
    }

    void received(const QByteArray& message)
    {
        v1::TunnelFrame frame;
        if (!frame.ParseFromArray(message.constData(), static_cast<int>(message.size())))
            return fail(unavailable("the agent sends what is no frame"));
        const auto found = calls_.find(frame.call());
        if (found == calls_.end())
            return; // ended or cancelled meanwhile
        if (frame.has_end()) {
            if (frame.end().code() == 0 && found->second.done)
                return end(frame.call(), base::Error(base::Code::Unknown,
                                                     "the call ended without an answer",
                                                     base::Origin::Upstream));
            return frame.end().code() == 0 ? endStream(frame.call(), {})
                                           : end(frame.call(), errorOf(frame.end()));
        }
        if (!found->second.done) {
            const auto alive = self_;
            const auto onMessage = found->second.events.onMessage; // may end the call
            onMessage(std::move(*frame.mutable_item()));
            return;
        }
        const auto done = std::move(found->second.done);
        calls_.erase(found);
        done(std::move(*frame.mutable_item()));
    }

    void end(std::uint32_t number, const base::Error& why)
    {
        const auto found = calls_.find(number);
        if (found == calls_.end())
            return;
        if (!found->second.done)
            return endStream(number, why);
        const auto done = std::move(found->second.done);
        calls_.erase(found);
        done(why);
    }

    void endStream(std::uint32_t number, base::Status status)
    {
        const auto found = calls_.find(number);
        const auto onEnd = std::move(found->second.events.onEnd);
        calls_.erase(found);
        onEnd(std::move(status));
    }

    // Nobody is called from inside of his own call.
    void endLater(std::uint32_t number, base::Error why)
    {
        executor_.post([self = self_, number, why = std::move(why)] {
            if (*self)
                (*self)->end(number, why);
        });
    }

    void cancel(std::uint32_t number)
    {
        if (calls_.erase(number) == 0 || !isOpen_)
            return;
        v1::TunnelFrame frame;
        frame.set_call(number);
        frame.mutable_cancel();
        send(frame);
    }

    void fail(const base::Error& why)
    {
        closeSocket();
        const auto self = self_;
        std::vector<std::uint32_t> numbers;
        for (const auto& [number, call] : calls_)
            numbers.push_back(number);
        for (const std::uint32_t number : numbers) {
            if (!*self)
                return; // whoever was told has dropped us
            end(number, why);
        }
    }

    // From inside of the socket's own signals too, so it is ended by the event loop.
    void closeSocket()
    {
        isOpen_ = false;
        waiting_.clear();
        if (!socket_)
            return;
        QWebSocket* socket = socket_.release();
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }

    rpc::ServiceAddress address_;
    rpc::Security security_;
    std::string operatorName_;
    base::Executor& executor_;
    std::unique_ptr<QWebSocket> socket_; // null = not connected, nor trying
    bool isOpen_ = false;
    std::vector<std::string> waiting_; // until it is; at most limits::kTunnelCallsOpen
    std::map<std::uint32_t, Call> calls_;
    std::uint32_t nextCall_ = 1;
    std::shared_ptr<WebSocketChannel*> self_ = std::make_shared<WebSocketChannel*>(this);
    SelfOwner selfOwner_{self_};
};

} // namespace

base::Result<std::shared_ptr<rpc::Channel>>
openWebSocketChannel(const rpc::ServiceAddress& address, const rpc::Security& security,
                     const std::string& operatorName, base::Executor& executor)
{
    if (address.isTls() && !security.identity)
        return base::Error(base::Code::FailedPrecondition,
                           address.text() + " needs a certificate of ours and its key");
    if (!address.isTls() && security.trust != rpc::Trust::Anyone
        && !rpc::isLoopback(address.hostPort))
        return base::Error(base::Code::FailedPrecondition,
                           address.text()
                               + " is on another machine: use wss:// with a certificate, or say "
                                 "`--insecure` on purpose");
    return std::shared_ptr<rpc::Channel>(
        std::make_shared<WebSocketChannel>(address, security, operatorName, executor));
}

base::Result<std::shared_ptr<rpc::Channel>> dialAny(const rpc::ServiceAddress& address,
                                                    const rpc::Security& security,
                                                    const std::string& operatorName,
                                                    base::Executor& executor)
{
    return address.isWebSocket()
        ? openWebSocketChannel(address, security, operatorName, executor)
        : rpc::openGrpcChannel(address, security, operatorName, executor);
}

} // namespace signalbox::link
