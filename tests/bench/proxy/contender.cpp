// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/proxy/contender.h"

#include "tests/bench/proxy/sockets.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace signalbox::bench {

namespace {

namespace files = std::filesystem;
using Command = std::vector<std::string>;
constexpr std::chrono::seconds kStartPatience{15};

void write(const files::path& file, const std::string& text)
{
    files::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

std::string sha256Hex(std::string_view text)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest)
        hex += fmt::format("{:02x}", byte);
    return hex;
}

Command haproxy(std::uint16_t port, std::uint16_t upstream, const files::path& folder)
{
    const files::path config = folder / "haproxy.cfg";
    write(config, fmt::format(R"(global
  nbthread 1
  maxconn 9900
defaults
  mode http
  timeout connect 2s
  timeout client 300s
  timeout server 300s
  http-reuse always
  option http-no-delay
frontend in
  bind 127.0.0.1:{}
  default_backend models
backend models
  server one 127.0.0.1:{}
)",
                              port, upstream));
    return {"haproxy", "-db", "-f", config};
}

Command nginx(std::uint16_t port, std::uint16_t upstream, const files::path& folder)
{
    const files::path config = folder / "nginx.conf";
    write(config, fmt::format(R"(worker_processes 1; daemon off; pid {0}/nginx.pid;
error_log {0}/nginx.log; events {{ worker_connections 9900; }}
http {{
  access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
  keepalive_requests 1000000000; keepalive_timeout 300s;
  upstream models {{
    server 127.0.0.1:{2} max_fails=0; keepalive 256; keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{1} backlog=4096;
    location / {{
      proxy_pass http://models; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 300s;
    }}
  }}
}}
)",
                              folder.string(), port, upstream));
    return {"nginx", "-e", folder / "nginx.log", "-c", config};
}

// As an operator runs it: a key to be known, health checks, metrics, the embedded store.
Command signalbox(std::uint16_t port, std::uint16_t upstream, const files::path& folder)
{
    files::remove_all(folder / "state"); // its store would hold the policy of the run before
    write(folder / "policy.yaml",
          fmt::format(R"(access: {{mode: keys}}
keys: [{{id: bench, tenant: bench, secret_sha256: "{}"}}]
pools: [{{name: models, model: tiny, members: [{{url: "http://127.0.0.1:{}", profile: vllm}}]}}]
routes: [{{model: tiny, targets: [{{pool: models}}]}}]
)",
                      sha256Hex(kBenchKey), upstream));
    const files::path config = folder / "agent.yaml";
    write(config, fmt::format(R"(id: bench
data_dir: "{0}/state"
cores: 1
log: {{level: warn}}
listen:
  serve: {{address: "127.0.0.1:{1}"}}
  control: {{address: "127.0.0.1:0"}}
  observe: {{address: "127.0.0.1:0"}}
  store: {{address: "127.0.0.1:0"}}
policy: {{seed: policy.yaml}}
proxy: {{stall_floor: 1m}}
)",
                              folder.string(), port));
    return {files::read_symlink("/proc/self/exe").parent_path() / "signalbox-agent", "run", config};
}

Command commandOf(const std::string& name, std::uint16_t port, std::uint16_t upstream,
                  const files::path& folder)
{
    if (name == "haproxy")
        return haproxy(port, upstream, folder);
    if (name == "nginx")
        return nginx(port, upstream, folder);
    return signalbox(port, upstream, folder);
}

pid_t start(Command command, const files::path& log)
{
    const pid_t pid = ::fork();
    if (pid != 0)
        return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pinTo(0);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    std::vector<char*> arguments;
    for (std::string& argument : command)
        arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

double fieldKiB(const std::string& file, std::string_view name)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name))
            return std::stod(line.substr(name.size()));
    }
    return 0;
}

} // namespace

Contender::Contender(const std::string& name, std::uint16_t upstream,
                     const std::filesystem::path& folder)
    : name_(name)
    , port_(freePort())
{
    files::create_directories(folder);
    pid_ = start(commandOf(name, port_, upstream, folder), folder / (name + ".log"));
    const auto end = std::chrono::steady_clock::now() + kStartPatience;
    while (!answers(port_)) {
        if (::waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > end)
            throw std::runtime_error(name + " does not answer; see " + folder.string());
        ::poll(nullptr, 0, 20);
    }
}

Contender::~Contender()
{
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

std::vector<pid_t> Contender::processes() const
{
    std::vector<pid_t> all{pid_};
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", all[i]));
        for (pid_t child = 0; children >> child;)
            all.push_back(child);
    }
    return all;
}

ProcessCost Contender::cost() const
{
    ProcessCost cost;
    for (const pid_t pid : processes()) {
        for (const auto& task : files::directory_iterator(fmt::format("/proc/{}/task", pid))) {
            std::ifstream schedule(task.path() / "schedstat");
            double onCpuNs = 0;
            if (schedule >> onCpuNs)
                cost.cpuUs += onCpuNs / 1'000;
        }
        cost.anonymousKiB += fieldKiB(fmt::format("/proc/{}/status", pid), "RssAnon:");
    }
    return cost;
}

} // namespace signalbox::bench
