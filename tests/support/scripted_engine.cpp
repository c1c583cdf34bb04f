// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scripted_engine.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sys/socket.h>

namespace signalbox::tests {

namespace {

// One request with the body its content-length announces; empty when the peer is gone.
std::string readRequest(RawSocket& socket)
{
    std::string request = socket.receiveUntil("\r\n\r\n");
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos)
        return {};
    const std::size_t at = request.find("content-length: ");
    const std::size_t length
        = at < end ? std::strtoul(request.c_str() + at + 16, nullptr, 10) : 0;
    while (request.size() < end + 4 + length) {
        const std::string more = socket.receiveSome();
        if (more.empty())
            return {};
        request += more;
    }
    return request;
}

} // namespace

ScriptedEngine::ScriptedEngine(std::vector<Script> scripts)
    : scripts_(scripts.begin(), scripts.end()), acceptor_([this] { acceptAll(); })
{
}

ScriptedEngine::~ScriptedEngine()
{
    listener_.close();
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_)
            shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_)
        thread.join();
}

std::string ScriptedEngine::lastRequest() const
{
    const std::lock_guard lock(mutex_);
    return lastRequest_;
}

void ScriptedEngine::acceptAll()
{
    for (;;) {
        RawSocket socket = listener_.accept();
        if (!socket.isOpen())
            return;
        ++connections_;
        const std::lock_guard lock(mutex_);
        open_.push_back(socket.fd());
        threads_.emplace_back(
            [this, moved = std::make_shared<RawSocket>(std::move(socket))]() mutable {
                serve(std::move(*moved));
            });
    }
}

void ScriptedEngine::serve(RawSocket socket)
{
    for (;;) {
        const std::string request = readRequest(socket);
        if (request.empty())
            break;
        {
            const std::lock_guard lock(mutex_);
            lastRequest_ = request;
        }
        ++requests_;
        if (!nextScript()(socket, request))
            break;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(std::remove(open_.begin(), open_.end(), socket.fd()), open_.end());
    socket.close();
}

ScriptedEngine::Script ScriptedEngine::nextScript()
{
    const std::lock_guard lock(mutex_);
    Script script = scripts_.front();
    if (scripts_.size() > 1)
        scripts_.pop_front();
    return script;
}

std::string jsonAnswer(int status, const std::string& body, const std::string& moreFields)
{
    return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-type: application/json\r\n"
        + moreFields + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunk(const std::string& bytes)
{
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + bytes + "\r\n";
}

std::string tokenEvent(const std::string& text)
{
    return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text
        + "\"}}]}\n\n";
}

std::string finishEvent(const std::string& reason)
{
    return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""
        + reason + "\"}]}\n\n";
}

ScriptedEngine::Script answers(std::string bytes)
{
    return [bytes = std::move(bytes)](RawSocket& socket, const std::string&) {
        return socket.send(bytes);
    };
}

ScriptedEngine::Script closesWithoutAnswer()
{
    return [](RawSocket&, const std::string&) { return false; };
}

ScriptedEngine::Script resetsWithoutAnswer()
{
    return [](RawSocket& socket, const std::string&) {
        const linger abort{1, 0};
        setsockopt(socket.fd(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
        return false;
    };
}

ScriptedEngine::Script streams(std::vector<std::string> tokens)
{
    std::string bytes = std::string(kStreamHead) + chunk(kRoleEvent);
    for (const std::string& token : tokens)
        bytes += chunk(tokenEvent(token));
    bytes += chunk(finishEvent()) + chunk(kDone) + "0\r\n\r\n";
    return answers(bytes);
}

} // namespace signalbox::tests
