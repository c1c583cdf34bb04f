// SPDX-License-Identifier: Apache-2.0
#include "agent/health/host_metrics.h"

#include "shared/base/result.h"
#include "shared/yaml/bounded_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace signalbox::health {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFileBytesMax = 256 * 1024; // /proc/stat of a machine with many CPUs
constexpr double kNoLimit = 1e18; // version 1 writes "none" as a number near 2^63

constexpr std::array<HostColumn, 9> kColumns{{
    {"host_cpu_ratio", "ratio", "Busy share of the machine's CPUs since the last sample."},
    {"host_cpus", "cpus", "CPUs that this process may use, its control group's quota included."},
    {"host_memory_used_bytes", "bytes", "Memory in use: of the control group, else the machine."},
    {"host_memory_limit_bytes", "bytes",
     "Memory that there is: the group's limit, else the machine's."},
    {"host_load_1m", "threads", "Threads that run or want to, mean of one minute."},
    {"agent_cpu_cores", "cpus", "CPUs that the agent itself took since the last sample."},
    {"agent_memory_bytes", "bytes", "Memory of the agent itself: anonymous resident pages."},
    {"agent_open_files", "files", "File descriptors that the agent has open."},
    {"agent_open_files_limit", "files", "File descriptors that the agent may have open."},
}};

template <typename Visit>
void forEachLine(std::string_view text, const Visit& visit)
{
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        visit(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

// The next number of a line, past whatever stands in front of it.
std::optional<double> takeNumber(std::string_view& line)
{
    const std::size_t start = line.find_first_of("0123456789");
    if (start == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(start);
    double value = 0;
    const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), value,
                                                std::chars_format::fixed);
    if (failure != std::errc())
        return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return value;
}

// "Name:   123 kB" in the manner of /proc/meminfo, as bytes.
std::optional<double> kilobytesField(std::string_view text, std::string_view name)
{
    std::optional<double> found;
    forEachLine(text, [&](std::string_view line) {
        if (!found && line.starts_with(name)) {
            line.remove_prefix(name.size());
            found = takeNumber(line);
        }
    });
    return found ? std::optional<double>(*found * 1024) : std::nullopt;
}

double orUnknown(std::optional<double> value)
{
    return value.value_or(kUnknown);
}

} // namespace

std::span<const HostColumn> hostColumns()
{
    return kColumns;
}

HostMetrics::HostMetrics(const base::Clock& clock, std::filesystem::path root)
    : clock_(clock), root_(std::move(root))
{
}

HostSample HostMetrics::read()
{
    const base::Monotonic now = clock_.monotonic();
    const double seconds = std::chrono::duration<double>(now - std::exchange(readAt_, now)).count();
    const auto cpu = machineCpu();
    const auto own = ownCpuSeconds();
    const bool hasTotals = cpu && cpuBefore_ && cpu->total > cpuBefore_->total;
    const double busy = hasTotals
        ? (cpu->busy - cpuBefore_->busy) / (cpu->total - cpuBefore_->total)
        : kUnknown;
    const double ownCores = own && ownBefore_ && seconds > 0 ? (*own - *ownBefore_) / seconds
                                                             : kUnknown;
    cpuBefore_ = cpu;
    ownBefore_ = own;

    rlimit files{};
    const bool hasLimit = ::getrlimit(RLIMIT_NOFILE, &files) == 0;
    std::error_code failure;
    double open = 0;
    for (std::filesystem::directory_iterator entry(root_ / "proc/self/fd", failure), end;
         !failure && entry != end; entry.increment(failure))
        ++open;
    const auto status = file("proc/self/status");
    HostSample sample;
    sample.values = {busy,
                     allowedCpus(),
                     orUnknown(memoryUsed()),
                     orUnknown(memoryLimit()),
                     orUnknown(number("proc/loadavg")),
                     ownCores,
                     status ? orUnknown(kilobytesField(*status, "RssAnon:")) : kUnknown,
                     failure ? kUnknown : open,
                     hasLimit ? static_cast<double>(files.rlim_cur) : kUnknown};
    return sample;
}

std::optional<HostMetrics::CpuTimes> HostMetrics::machineCpu() const
{
    const auto text = file("proc/stat");
    if (!text || !text->starts_with("cpu "))
        return std::nullopt;
    // user nice system idle iowait irq softirq steal; guest time is in user already.
    constexpr std::size_t kFields = 8;
    constexpr std::size_t kIdle = 3;
    constexpr std::size_t kIoWait = 4;
    std::string_view line = std::string_view(*text).substr(0, text->find('\n'));
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    CpuTimes times;
    for (std::size_t field = 0; field < kFields; ++field) {
        const auto value = takeNumber(line);
        if (!value)
            break;
        times.total += *value / ticks;
        times.busy += field == kIdle || field == kIoWait ? 0 : *value / ticks;
    }
    return times;
}

std::optional<double> HostMetrics::ownCpuSeconds() const
{
    const auto text = file("proc/self/stat");
    // The second field is the program's name in brackets and may hold anything but the last one.
    const std::size_t name = text ? text->rfind(')') : std::string::npos;
    if (name == std::string::npos)
        return std::nullopt;
    constexpr std::size_t kUserTime = 11; // counted from the field behind the state
    constexpr std::size_t kSystemTime = 12;
    std::string_view rest = std::string_view(*text).substr(name);
    double sum = 0;
    for (std::size_t field = 1; field <= kSystemTime; ++field) {
        const auto value = takeNumber(rest);
        if (!value)
            return std::nullopt;
        sum += field == kUserTime || field == kSystemTime ? *value : 0;
    }
    return sum / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double HostMetrics::allowedCpus() const
{
    const auto cpus = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
    // Version 2: "quota period" or "max period".
    if (const auto text = file("sys/fs/cgroup" + groupOf("") + "/cpu.max")) {
        std::string_view rest = *text;
        const auto quota = rest.starts_with("max") ? std::nullopt : takeNumber(rest);
        const auto period = takeNumber(rest);
        if (quota && period && *period > 0)
            return std::min(cpus, *quota / *period);
        return cpus;
    }
    const std::string group = "sys/fs/cgroup/cpu" + groupOf("cpu");
    const auto quota = file(group + "/cpu.cfs_quota_us");
    const auto period = number(group + "/cpu.cfs_period_us");
    if (quota && !quota->starts_with('-') && period && *period > 0) {
        std::string_view rest = *quota;
        if (const auto value = takeNumber(rest))
            return std::min(cpus, *value / *period);
    }
    return cpus;
}

std::optional<double> HostMetrics::memoryLimit() const
{
    const auto meminfo = file("proc/meminfo");
    const auto machine = meminfo ? kilobytesField(*meminfo, "MemTotal:") : std::nullopt;
    std::optional<double> group = number("sys/fs/cgroup" + groupOf("") + "/memory.max");
    if (!group)
        group = number("sys/fs/cgroup/memory" + groupOf("memory") + "/memory.limit_in_bytes");
    if (!group || *group >= kNoLimit)
        return machine;
    return machine ? std::min(*machine, *group) : group;
}

std::optional<double> HostMetrics::memoryUsed() const
{
    // A group without a limit shares the machine's memory, so the machine's use is what matters.
    const std::string meminfo = file("proc/meminfo").value_or("");
    const auto total = kilobytesField(meminfo, "MemTotal:");
    const double limit = memoryLimit().value_or(kNoLimit);
    if (total && limit < *total) {
        if (const auto used = number("sys/fs/cgroup" + groupOf("") + "/memory.current"))
            return used;
        if (const auto used
            = number("sys/fs/cgroup/memory" + groupOf("memory") + "/memory.usage_in_bytes"))
            return used;
    }
    const auto available = kilobytesField(meminfo, "MemAvailable:");
    if (!total || !available)
        return std::nullopt;
    return *total - *available;
}

std::optional<std::string> HostMetrics::file(std::string_view path) const
{
    auto text = yaml::readBoundedFile((root_ / path).string(), kFileBytesMax);
    return text ? std::optional<std::string>(std::move(*text)) : std::nullopt;
}

std::optional<double> HostMetrics::number(std::string_view path) const
{
    const auto text = file(path);
    if (!text)
        return std::nullopt;
    std::string_view rest = *text;
    return takeNumber(rest);
}

// "/kubepods/pod1/abc" out of "0::/kubepods/pod1/abc" (version 2: no controller) or
// "4:cpu,cpuacct:/docker/abc". In a container's own view that is "/", which is the empty text here.
std::string HostMetrics::groupOf(std::string_view controller) const
{
    std::string group;
    const auto text = file("proc/self/cgroup");
    forEachLine(text ? std::string_view(*text) : std::string_view(), [&](std::string_view line) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos)
            return;
        std::string_view names = line.substr(first + 1, second - first - 1);
        bool isWanted = names == controller;
        while (!names.empty() && !isWanted) {
            const std::size_t comma = names.find(',');
            isWanted = names.substr(0, comma) == controller;
            names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
        }
        if (isWanted)
            group = std::string(line.substr(second + 1));
    });
    return group == "/" ? std::string() : group;
}

} // namespace signalbox::health
