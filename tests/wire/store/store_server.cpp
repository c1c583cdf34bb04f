// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/store/store_server.h"

#include <csignal>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace signalbox::tests {

namespace {

// etcd's line and ours both have the address in quotes after this word.
std::string addressIn(const std::string& line)
{
    const std::string mark = R"("address":")";
    const std::size_t begin = line.find(mark);
    if (begin == std::string::npos)
        throw std::runtime_error("no address in: " + line);
    const std::size_t end = line.find('"', begin + mark.size());
    return line.substr(begin + mark.size(), end - begin - mark.size());
}

} // namespace

StoreServer::StoreServer(ServerKind kind, std::vector<std::string> extraArguments)
    : kind_(kind), extraArguments_(std::move(extraArguments))
{
}

StoreServer::~StoreServer()
{
    if (process_ != nullptr)
        stop();
}

std::vector<std::string> StoreServer::command() const
{
    std::vector<std::string> command;
    if (kind_ == ServerKind::Embedded) {
        command = {SIGNALBOX_STORE_SERVER, dataPath(), address_};
    } else {
        const std::string peer = "http://127.0.0.1:0";
        command = {"etcd", "--name", "test", "--data-dir", dataPath(), "--listen-client-urls",
                   "http://" + address_, "--advertise-client-urls", "http://" + address_,
                   "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                   "--initial-cluster", "test=" + peer, "--logger", "zap", "--log-outputs",
                   "stderr"};
    }
    command.insert(command.end(), extraArguments_.begin(), extraArguments_.end());
    return command;
}

void StoreServer::start()
{
    process_ = std::make_unique<ChildProcess>(command());
    const auto line = process_->waitForLine("serving client traffic");
    if (!line)
        throw std::runtime_error("the server did not start: " + process_->output());
    address_ = addressIn(*line);
}

void StoreServer::kill()
{
    process_->signal(SIGKILL);
    process_->wait();
}

int StoreServer::stop()
{
    process_->signal(SIGCONT);
    process_->signal(SIGTERM);
    return process_->wait();
}

void StoreServer::forgetData() const
{
    for (const char* suffix : {"", "-wal", "-shm", "-lock"})
        std::filesystem::remove_all(dataPath() + suffix);
}

void StoreServer::freeze() const
{
    process_->signal(SIGSTOP);
}

void StoreServer::thaw() const
{
    process_->signal(SIGCONT);
}

std::string_view nameOf(ServerKind kind)
{
    return kind == ServerKind::Etcd ? "etcd" : "embedded";
}

bool isAvailable(ServerKind kind)
{
    return kind == ServerKind::Embedded || isInstalled("etcd");
}

StoreServer* sharedServer(ServerKind kind)
{
    static std::map<ServerKind, std::unique_ptr<StoreServer>> servers;
    if (!isAvailable(kind))
        return nullptr;
    auto& server = servers[kind];
    if (server == nullptr) {
        server = std::make_unique<StoreServer>(kind);
        server->start();
    }
    return server.get();
}

} // namespace signalbox::tests
