// SPDX-License-Identifier: Apache-2.0
#include "agent/process/config/agent_config.h"

#include "agent/process/config/agent_settings.h"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::process {

namespace {

constexpr std::size_t kTextColumns = 96;

// "# a sentence" in lines that fit a terminal, each behind `indent`.
void appendComment(std::string& out, const std::string& indent, std::string_view sentence)
{
    while (!sentence.empty()) {
        const std::size_t room = kTextColumns - indent.size() - 2;
        std::size_t length = sentence.size();
        if (length > room)
            length = sentence.rfind(' ', room);
        out.append(fmt::format("{}# {}\n", indent, sentence.substr(0, length)));
        sentence.remove_prefix(length);
        while (sentence.starts_with(' '))
            sentence.remove_prefix(1);
    }
}

std::vector<std::string_view> levelsOf(std::string_view key)
{
    std::vector<std::string_view> levels;
    while (true) {
        const std::size_t dot = key.find('.');
        levels.push_back(key.substr(0, dot));
        if (dot == std::string_view::npos)
            return levels;
        key.remove_prefix(dot + 1);
    }
}

// "duration, 200ms to 1m, taken on reload"
std::string typeLine(const Setting& setting)
{
    std::string line(typeName(setting));
    if (const std::string bounds = boundsText(setting); !bounds.empty())
        line.append(", ").append(bounds);
    line.append(setting.restart == Restart::Needed ? ", needs a restart" : ", taken on reload");
    return fmt::format("({})", line);
}

} // namespace

std::string describeDefaults()
{
    const AgentConfig defaults;
    std::string out = "# Every key of signalbox-agent with its default. A value may also come from "
                      "the environment:\n# SIGNALBOX_ and the key in capitals, dots as "
                      "underscores, as in SIGNALBOX_LOG_LEVEL=debug.\n"
                      "# Durations: 200ms, 5s, 10m, 1h. Sizes: 512B, 16KiB, 4MiB, 1GiB. Relative "
                      "paths start at "
                      "this file.\n";
    std::vector<std::string_view> open;
    for (const Setting& setting : agentSettings()) {
        const std::vector<std::string_view> levels = levelsOf(setting.key);
        std::size_t shared = 0;
        while (shared < open.size() && shared + 1 < levels.size() && open[shared] == levels[shared])
            ++shared;
        if (shared == 0)
            out.push_back('\n');
        open.assign(levels.begin(), levels.end() - 1);
        for (; shared < open.size(); ++shared)
            out.append(fmt::format("{}{}:\n", std::string(shared * 2, ' '), open[shared]));
        const std::string indent(open.size() * 2, ' ');
        appendComment(out, indent, setting.sentence);
        appendComment(out, indent, typeLine(setting));
        out.append(fmt::format("{}{}: {}\n", indent, levels.back(), valueText(setting, defaults)));
    }
    return out;
}

} // namespace signalbox::process
