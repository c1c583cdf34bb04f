// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

// One event per line on standard error: time level area event key=value ...
// Level by who must act: error = someone now, warn = someone today, info = state changed,
// debug = developer. Event names are stable; ids, never addresses; secrets do not format.
//   log::warn("store", "watch_lost", "revision", revision, "why", error.text());
// Lives on: any thread.
namespace signalbox::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error };

struct Field {
    std::string_view key;
    std::string value;
};

void setLevel(Level least);
// False when the name is not one of debug, info, warn, error.
bool setLevel(std::string_view name);
bool enabled(Level level);
void write(Level level, std::string_view area, std::string_view event,
           std::initializer_list<Field> fields);

namespace detail {
template <typename T>
std::string text(const T& value)
{
    return fmt::format("{}", value);
}
inline void emit(Level level, std::string_view area, std::string_view event)
{
    write(level, area, event, {});
}
template <typename A>
void emit(Level l, std::string_view area, std::string_view event, std::string_view k1, const A& v1)
{
    write(l, area, event, {Field{k1, text(v1)}});
}
template <typename A, typename B>
void emit(Level l, std::string_view area, std::string_view event, std::string_view k1, const A& v1,
          std::string_view k2, const B& v2)
{
    write(l, area, event, {Field{k1, text(v1)}, Field{k2, text(v2)}});
}
template <typename A, typename B, typename C>
void emit(Level l, std::string_view area, std::string_view event, std::string_view k1, const A& v1,
          std::string_view k2, const B& v2, std::string_view k3, const C& v3)
{
    write(l, area, event, {Field{k1, text(v1)}, Field{k2, text(v2)}, Field{k3, text(v3)}});
}
template <typename A, typename B, typename C, typename D>
void emit(Level l, std::string_view area, std::string_view event, std::string_view k1, const A& v1,
          std::string_view k2, const B& v2, std::string_view k3, const C& v3, std::string_view k4,
          const D& v4)
{
    write(l, area, event,
          {Field{k1, text(v1)}, Field{k2, text(v2)}, Field{k3, text(v3)}, Field{k4, text(v4)}});
}
} // namespace detail

template <typename... KeyValues>
void debug(std::string_view area, std::string_view event, const KeyValues&... fields)
{
    if (enabled(Level::Debug))
        detail::emit(Level::Debug, area, event, fields...);
}
template <typename... KeyValues>
void info(std::string_view area, std::string_view event, const KeyValues&... fields)
{
    if (enabled(Level::Info))
        detail::emit(Level::Info, area, event, fields...);
}
template <typename... KeyValues>
void warn(std::string_view area, std::string_view event, const KeyValues&... fields)
{
    if (enabled(Level::Warn))
        detail::emit(Level::Warn, area, event, fields...);
}
template <typename... KeyValues>
void error(std::string_view area, std::string_view event, const KeyValues&... fields)
{
    detail::emit(Level::Error, area, event, fields...);
}

} // namespace signalbox::log
