// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_peer.h"

#include "tests/support/raw_socket.h"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace signalbox::tests {

namespace {

constexpr int kInherited = 3; // the descriptor at which the server finds its listener

std::string programOf(PeerKind kind)
{
    return kind == PeerKind::Nginx ? "/usr/sbin/nginx" : "/usr/sbin/haproxy";
}

int listenOnLoopback(std::uint16_t& port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (fd < 0 || ::bind(fd, raw, size) != 0 || ::listen(fd, 128) != 0
        || ::getsockname(fd, raw, &size) != 0)
        return -1;
    port = ntohs(address.sin_port);
    return fd;
}

std::string nginxConfiguration(const std::string& directory, std::uint16_t port)
{
    std::string temporary;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        temporary += std::string(kind) + "_temp_path " + directory + "/" + kind + ";\n";
    return "daemon off;\nworker_processes 1;\npid " + directory + "/pid;\nerror_log " + directory
        + "/log;\nevents {}\nhttp {\naccess_log off;\nmerge_slashes off;\n" + temporary
        + "server { listen 127.0.0.1:" + std::to_string(port)
        + "; location / { return 200 ok; } }\n}\n";
}

constexpr std::string_view kHaProxyConfiguration
    = "defaults\n  mode http\n  timeout client 5s\n  timeout http-request 2s\n"
      "  timeout connect 2s\n  timeout server 2s\n"
      "frontend all\n  bind fd@3\n"
      "  http-request return status 200 content-type text/plain string ok\n";

} // namespace

bool HttpPeer::isInstalled(PeerKind kind)
{
    return ::access(programOf(kind).c_str(), X_OK) == 0;
}

HttpPeer::HttpPeer(PeerKind kind)
{
    std::string pattern = (std::filesystem::temp_directory_path() / "http-peer-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
    const int listener = listenOnLoopback(port_);
    if (directory_.empty() || listener < 0)
        return;
    std::ofstream(directory_ + "/configuration")
        << (kind == PeerKind::Nginx ? nginxConfiguration(directory_, port_)
                                    : std::string(kHaProxyConfiguration));
    start(kind, listener);
    ::close(listener);
    // The listener has a queue, so the first request waits until the server runs.
    isServing_ = statusFor("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") == 200;
}

void HttpPeer::start(PeerKind kind, int listener)
{
    const std::string program = programOf(kind);
    const std::string configuration = directory_ + "/configuration";
    const std::string log = directory_ + "/output";
    std::array<const char*, 5> arguments{program.c_str(), kind == PeerKind::Nginx ? "-c" : "-f",
                                         configuration.c_str(), nullptr, nullptr};
    process_ = ::fork();
    if (process_ > 0)
        ::setpgid(process_, process_); // whichever of the two comes first
    if (process_ != 0)
        return;
    ::setpgid(0, 0); // workers end with it, as one group
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (listener == kInherited)
        ::fcntl(kInherited, F_SETFD, 0); // dup2 would keep the flag that closes it
    else
        ::dup2(listener, kInherited);
    ::setenv("NGINX", "3;", 1);
    ::execv(arguments[0], const_cast<char* const*>(arguments.data()));
    ::_exit(127);
}

HttpPeer::~HttpPeer()
{
    if (process_ > 0) {
        ::kill(-process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    std::error_code ignored; // a directory that stays behind in /tmp harms nobody
    if (!directory_.empty())
        std::filesystem::remove_all(directory_, ignored);
}

std::string HttpPeer::log() const
{
    std::string text;
    for (const char* name : {"/output", "/log"}) {
        std::ifstream in(directory_ + name);
        text.append(std::istreambuf_iterator<char>(in), {});
    }
    return text;
}

int HttpPeer::statusFor(std::string_view bytes) const
{
    RawSocket socket = RawSocket::connectTo(port_);
    if (!socket.isOpen() || !socket.send(bytes))
        return 0;
    const std::string answer = socket.receiveUntil("\r\n");
    constexpr std::size_t kStatusAt = 9; // behind "HTTP/1.1 "
    return answer.size() > kStatusAt + 3 ? std::atoi(answer.c_str() + kStatusAt) : 0;
}

} // namespace signalbox::tests
