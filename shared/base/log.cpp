// SPDX-License-Identifier: Apache-2.0
#include "shared/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>


namespace signalbox::log {

namespace {

std::atomic<Level> least{Level::Info};

spdlog::logger& sink()
{
    static const auto logger = [] {
        auto made = spdlog::stderr_logger_mt("signalbox");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
        made->set_level(spdlog::level::trace);
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

std::string_view nameOf(Level level)
{
    switch (level) {
    case Level::Debug: return "debug";
    case Level::Info: return "info";
    case Level::Warn: return "warn";
    case Level::Error: return "error";
    }
    return "error";
}

// Values come from peers too: quotes and control bytes are escaped so that one event stays one
// line.
void appendValue(std::string& line, std::string_view value)
{
    const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos
        && std::none_of(value.begin(), value.end(),
                        [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (plain) {
        line.append(value);
        return;
    }
    line.push_back('"');
    for (const unsigned char c : value) {
        if (c == '"' || c == '\\')
            line.append({'\\', static_cast<char>(c)});
        else if (c < 0x20 || c == 0x7f)
            line.append(fmt::format("\\x{:02x}", c));
        else
            line.push_back(static_cast<char>(c));
    }
    line.push_back('"');
}

} // namespace

void setLevel(Level level)
{
    least.store(level, std::memory_order_relaxed);
}

bool setLevel(std::string_view name)
{
    for (const Level level : {Level::Debug, Level::Info, Level::Warn, Level::Error}) {
        if (name == nameOf(level)) {
            setLevel(level);
            return true;
        }
    }
    return false;
}

bool enabled(Level level)
{
    return level >= least.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view area, std::string_view event,
           std::initializer_list<Field> fields)
{
    std::string line = fmt::format("{} {} {}", nameOf(level), area, event);
    for (const Field& field : fields) {
        line.append(" ").append(field.key).append("=");
        appendValue(line, field.value);
    }
    sink().info("{}", line);
}

} // namespace signalbox::log
