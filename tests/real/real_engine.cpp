// SPDX-License-Identifier: Apache-2.0
#include "tests/real/real_engine.h"

#include "tests/lab/kit/whole_file.h"
#include "tests/support/raw_socket.h"

#include <poll.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace signalbox::tests {

namespace {

using namespace std::chrono_literals;

constexpr int kTries = 900;
constexpr int kPauseMs = 100;

template <typename Condition> bool eventually(Condition condition)
{
    for (int i = 0; i < kTries; ++i) {
        if (condition())
            return true;
        (void)::poll(nullptr, 0, kPauseMs);
    }
    return false;
}

lab::HttpAnswer call(const std::string& url, const lab::HttpCall& asked)
{
    const auto answer = lab::fetch(*lab::parseHttpUrl(url), asked, 60s);
    return answer ? *answer : lab::HttpAnswer{0, "", "", answer.error().text()};
}

std::string fieldOf(const std::string& json, const std::string& name)
{
    const std::size_t at = json.find("\"" + name + "\":\"") + name.size() + 4;
    return json.substr(at, json.find('"', at) - at);
}

} // namespace

std::string enginePath(const std::string& engine, const std::string& file)
{
    return std::string(SIGNALBOX_ENGINES) + "/" + engine + "/" + file;
}

int freePorts(int count)
{
    for (;;) {
        const RawListener first;
        bool areFree = first.port() + count <= 65'535;
        for (int i = 1; i < count && areFree; ++i)
            areFree = !RawSocket::connectTo(static_cast<std::uint16_t>(first.port() + i)).isOpen();
        if (areFree)
            return first.port();
    }
}

bool becomesReady(const std::string& url, const std::string& path)
{
    return eventually([&] { return get(url, path).status == 200; });
}

lab::HttpAnswer get(const std::string& url, const std::string& path)
{
    return call(url, {"GET", path, "", ""});
}

lab::HttpAnswer post(const std::string& url, const std::string& path, const std::string& body)
{
    return call(url, {"POST", path, body, ""});
}

lab::HttpAnswer put(const std::string& url, const std::string& path, const std::string& body)
{
    return call(url, {"PUT", path, body, ""});
}

RealAgent::RealAgent(const std::string& engineUrl, const std::vector<std::string>& models)
{
    std::ofstream policy(folder_.file("policy.yaml"));
    policy << "access: {mode: open}\npools:\n  - {name: real}\nroutes:\n";
    for (const std::string& model : models)
        policy << "  - {model: " << model << ", targets: [{pool: real}]}\n";
    policy.close();
    std::ofstream(folder_.file("agent.yaml"))
        << "id: real-1\ndata_dir: " << folder_.file("state") << "\nready_file: "
        << folder_.file("ready") << "\nlisten:\n  serve: {address: \"127.0.0.1:0\"}\n"
        << "  control: {address: \"127.0.0.1:0\"}\n  observe: {address: \"127.0.0.1:0\"}\n"
        << "  store: {address: \"127.0.0.1:0\"}\nstore: {kind: embedded}\npolicy: {seed: "
        << folder_.file("policy.yaml") << "}\ninstance: {pool: real, engine: {url: \"" << engineUrl
        << "\", profile: auto}}\n";
    program_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{std::string(SIGNALBOX_PROGRAMS) + "/signalbox-agent", "run",
                                 folder_.file("agent.yaml")});
    if (!eventually([&] { return std::filesystem::exists(folder_.file("ready")); }))
        throw std::runtime_error("the agent does not serve:\n" + program_->output());
    const std::string ready = lab::readWholeFile(folder_.file("ready")).value();
    serve_ = "http://" + fieldOf(ready, "serve");
    observe_ = "http://" + fieldOf(ready, "observe");
}

} // namespace signalbox::tests
