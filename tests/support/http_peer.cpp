// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_peer.h"

#include "tests/support/raw_socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace signalbox::tests {

namespace {

constexpr std::string_view kPlainRequest
    = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
constexpr int kInherited = 3; // the descriptor at which the server finds its listener

std::string programOf(PeerKind kind)
{
    switch (kind) {
    case PeerKind::Nginx: return "/usr/sbin/nginx";
    case PeerKind::HaProxy: return "/usr/sbin/haproxy";
    case PeerKind::Apache: return "/usr/sbin/apache2";
    }
    return "";
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
        + "; client_header_timeout 2s; client_body_timeout 2s; keepalive_timeout 2s;\n"
          "location / { add_header X-Seen $request always; return 200 ok; } }\n}\n";
}

// It answers when the whole body is there, as a server does that uses it.
constexpr std::string_view kHaProxyConfiguration
    = "defaults\n  mode http\n  timeout client 5s\n  timeout http-request 2s\n"
      "  timeout http-keep-alive 2s\n  timeout connect 2s\n  timeout server 2s\n"
      "frontend all\n  bind fd@3\n  http-request wait-for-body time 2s\n"
      "  http-request return status 200 content-type text/plain hdr X-Seen \"%[method] %[pathq]\""
      " string ok\n";

std::string apacheConfiguration(const std::string& directory, std::uint16_t port)
{
    std::string modules;
    for (const char* name : {"mpm_event", "authz_core", "dir", "headers"})
        modules += "LoadModule " + std::string(name) + "_module /usr/lib/apache2/modules/mod_"
            + name + ".so\n";
    return "ServerName a\nServerRoot " + directory + "\nPidFile pid\nErrorLog log\nLogLevel error\n"
        + "Listen 127.0.0.1:" + std::to_string(port) + "\n" + modules
        + "HttpProtocolOptions Strict RegisteredMethods Require1.0\nKeepAlive On\n"
          "KeepAliveTimeout 2\nMaxKeepAliveRequests 0\nTimeout 2\nThreadsPerChild 4\n"
          "MaxRequestWorkers 4\nServerLimit 1\nDocumentRoot " + directory
        + "/pages\nFallbackResource /index.html\nHeader always set X-Seen "
          "\"expr=%{THE_REQUEST}\"\n<Directory />\nRequire all granted\n</Directory>\n";
}

// "METHOD /target" of what a server says that it saw: nginx and Apache repeat the line as it came.
std::string requestOf(std::string_view seen)
{
    const std::size_t methodEnd = seen.find(' ');
    if (methodEnd == std::string_view::npos)
        return std::string(seen);
    std::string_view target = seen.substr(methodEnd + 1);
    target = target.substr(0, target.find(' '));
    const std::size_t authority = target.find("://");
    if (!target.starts_with('/') && authority != std::string_view::npos)
        target = target.substr(std::min(target.find('/', authority + 3), target.size()));
    return std::string(seen.substr(0, methodEnd + 1)).append(target);
}

// The field's value in a head; names of servers differ in case.
std::string fieldIn(std::string_view head, std::string_view name)
{
    std::string lower(head);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    const std::size_t at = lower.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos)
        return "";
    const std::size_t start = at + name.size() + 4;
    return std::string(head.substr(start, head.find("\r\n", start) - start));
}

} // namespace

Understood understoodFrom(std::string_view answers)
{
    Understood understood;
    while (answers.starts_with("HTTP/1.")) {
        const std::size_t end = answers.find("\r\n\r\n");
        if (end == std::string_view::npos)
            break;
        const std::string_view head = answers.substr(0, end + 2);
        const int status = std::atoi(std::string(head.substr(9, 3)).c_str());
        if (understood.firstStatus == 0)
            understood.firstStatus = status;
        const std::size_t length
            = std::strtoul(fieldIn(head, "content-length").c_str(), nullptr, 10);
        answers.remove_prefix(std::min(answers.size(), end + 4 + (status >= 200 ? length : 0)));
        if (status < 200)
            continue;
        if (status >= 300)
            break;
        understood.requests.push_back(requestOf(fieldIn(head, "x-seen")));
    }
    return understood;
}

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
    std::filesystem::create_directory(directory_ + "/pages");
    std::ofstream(directory_ + "/pages/index.html") << "ok";
    std::filesystem::permissions(directory_, std::filesystem::perms(0755));
    std::ofstream(directory_ + "/configuration")
        << (kind == PeerKind::Nginx         ? nginxConfiguration(directory_, port_)
                : kind == PeerKind::HaProxy ? std::string(kHaProxyConfiguration)
                                            : apacheConfiguration(directory_, port_));
    if (kind == PeerKind::Apache) {
        ::close(listener); // it takes no listener that is open; the port was free a moment ago
        start(kind, -1);
        isServing_ = awaitService();
        return;
    }
    start(kind, listener);
    ::close(listener);
    // The listener has a queue, so the first request waits until the server runs.
    isServing_ = statusFor(kPlainRequest) == 200;
}

// For a server that opens its port itself: until it answers, or ends, or ten seconds are over.
bool HttpPeer::awaitService()
{
    constexpr int kTries = 500;
    constexpr int kPauseMs = 20;
    for (int i = 0; i < kTries; ++i) {
        if (statusFor(kPlainRequest) == 200)
            return true;
        if (::waitpid(process_, nullptr, WNOHANG) == process_) {
            process_ = -1;
            return false;
        }
        (void)::poll(nullptr, 0, kPauseMs);
    }
    return false;
}

void HttpPeer::start(PeerKind kind, int listener)
{
    const std::string program = programOf(kind);
    const std::string configuration = directory_ + "/configuration";
    const std::string log = directory_ + "/output";
    // Apache's -X: one process, in the foreground.
    std::array<const char*, 5> arguments{program.c_str(), kind == PeerKind::Nginx ? "-c" : "-f",
                                         configuration.c_str(),
                                         kind == PeerKind::Apache ? "-X" : nullptr, nullptr};
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
    if (listener < 0)
        ::close(kInherited);
    else if (listener == kInherited)
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

Understood HttpPeer::understands(std::string_view bytes) const
{
    RawSocket socket = RawSocket::connectTo(port_);
    if (!socket.isOpen() || !socket.send(bytes))
        return {};
    return understoodFrom(socket.receiveAll());
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
