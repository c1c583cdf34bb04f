// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/process/config/agent_config.h"
#include "shared/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The table of every key of an agent's configuration. A new knob is a member in agent_config.h
// (with its default) and one row here; the file, the environment and the manual follow from it.
namespace signalbox::process {

// Finds a setting's place in a configuration; one alternative a type.
using TextField = std::string& (*)(AgentConfig&);
using ListField = std::vector<std::string>& (*)(AgentConfig&);
using BooleanField = bool& (*)(AgentConfig&);
using CountField = std::uint32_t& (*)(AgentConfig&);
using SizeField = std::size_t& (*)(AgentConfig&); // bytes, or a count beyond 32 bits
using DurationField = std::chrono::milliseconds& (*)(AgentConfig&);
using StoreKindField = StoreKind& (*)(AgentConfig&);
using IdField = base::AgentId& (*)(AgentConfig&);

using Field = std::variant<TextField, ListField, BooleanField, CountField, SizeField, DurationField,
                           StoreKindField, IdField>;

// May a running agent take the new value on reload?
enum class Restart : std::uint8_t { NotNeeded, Needed };

// Inclusive; in milliseconds, bytes or pieces. Both 0 = no bounds.
struct Bounds {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

// Bytes and Pieces of a SizeField; Path of a TextField: relative to the file that names it.
enum class Unit : std::uint8_t { None, Bytes, Pieces, Path };

struct Setting {
    std::string_view key; // dots between the levels of the file
    Field field;
    Bounds bounds;
    Unit unit = Unit::None;
    Restart restart = Restart::Needed;
    std::string_view sentence;
};

std::span<const Setting> agentSettings();

// Reads one value in the setting's grammar into `config` and checks its bounds.
base::Status setFromText(const Setting& setting, AgentConfig& config, std::string_view text);

// The value in `config`, as setFromText reads it.
std::string valueText(const Setting& setting, const AgentConfig& config);

// "200ms to 1m", or empty without bounds.
std::string boundsText(const Setting& setting);

// "a duration", "a size", "text", ... for people.
std::string_view typeName(const Setting& setting);

} // namespace signalbox::process
