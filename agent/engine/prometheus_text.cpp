// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/prometheus_text.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace signalbox::engine {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

bool isNamePart(char c)
{
    return isNameStart(c) || (c >= '0' && c <= '9');
}

void skipBlanks(std::string_view& rest)
{
    while (!rest.empty() && isBlank(rest.front()))
        rest.remove_prefix(1);
}

std::string_view takeName(std::string_view& rest)
{
    if (rest.empty() || !isNameStart(rest.front()))
        return {};
    const auto end = std::find_if_not(rest.begin(), rest.end(), isNamePart);
    const std::string_view name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(name.size());
    return name;
}

std::string_view takeWord(std::string_view& rest)
{
    const auto end = std::find_if(rest.begin(), rest.end(), isBlank);
    const std::string_view word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(word.size());
    return word;
}

// Decimal, NaN, Inf with an optional sign, in any case. No hexadecimal: no engine writes it.
std::optional<double> parseValue(std::string_view word)
{
    if (word.starts_with('+'))
        word.remove_prefix(1);
    if (word.empty() || word.starts_with('+'))
        return std::nullopt;
    double value = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return value;
}

// What may follow a value: nothing, a timestamp, and OpenMetrics' exemplar behind " # ".
bool isTail(std::string_view rest)
{
    skipBlanks(rest);
    if (rest.empty() || rest.starts_with('#'))
        return true;
    if (!parseValue(takeWord(rest)))
        return false;
    skipBlanks(rest);
    return rest.empty() || rest.starts_with('#');
}

} // namespace

void PrometheusReader::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t newline = bytes.find('\n');
        const std::string_view part = bytes.substr(0, newline);
        bytes.remove_prefix(newline == std::string_view::npos ? bytes.size() : newline + 1);
        if (!isOverlong_ && partial_.size() + part.size() > limits::kMetricLineBytes) {
            isOverlong_ = true;
            partial_.clear();
            ++badLines_;
        }
        if (newline == std::string_view::npos) {
            if (!isOverlong_)
                partial_.append(part);
            return;
        }
        if (!isOverlong_ && partial_.empty()) {
            takeLine(part);
        } else if (!isOverlong_) {
            partial_.append(part);
            takeLine(partial_);
        }
        isOverlong_ = false;
        partial_.clear();
    }
}

void PrometheusReader::finish()
{
    std::string_view rest = partial_;
    skipBlanks(rest);
    if (!rest.empty() && !rest.starts_with('#'))
        ++badLines_;
    partial_.clear();
    isOverlong_ = false;
}

void PrometheusReader::takeLine(std::string_view line)
{
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    skipBlanks(line);
    if (line.empty() || line.starts_with('#'))
        return;
    if (!takeSample(line))
        ++badLines_;
}

bool PrometheusReader::takeSample(std::string_view line)
{
    std::string_view rest = line;
    const std::string_view name = takeName(rest);
    if (name.empty() || name.size() > limits::kMetricNameBytes)
        return false;
    if (!rest.empty() && !isBlank(rest.front()) && rest.front() != '{')
        return false;
    if (!sink_.wants(name))
        return true;

    skipBlanks(rest);
    labels_.clear();
    unescaped_.clear();
    unescaped_.reserve(line.size());
    if (rest.starts_with('{')) {
        rest.remove_prefix(1);
        if (!takeLabels(rest))
            return false;
    }
    skipBlanks(rest);
    const std::optional<double> value = parseValue(takeWord(rest));
    if (!value || !isTail(rest))
        return false;
    ++samples_;
    sink_.take(MetricLine{name, labels_, *value});
    return true;
}

bool PrometheusReader::takeLabels(std::string_view& rest)
{
    while (true) {
        skipBlanks(rest);
        if (rest.starts_with('}')) {
            rest.remove_prefix(1);
            return true;
        }
        if (labels_.size() == limits::kMetricLabels || !takeLabel(rest))
            return false;
        skipBlanks(rest);
        if (rest.starts_with(','))
            rest.remove_prefix(1);
        else if (!rest.starts_with('}'))
            return false;
    }
}

bool PrometheusReader::takeLabel(std::string_view& rest)
{
    const std::string_view name = takeName(rest);
    skipBlanks(rest);
    const bool isNew = std::none_of(labels_.begin(), labels_.end(),
                                    [&](const MetricLabel& label) { return label.name == name; });
    if (name.empty() || name.find(':') != std::string_view::npos || !isNew
        || !rest.starts_with('='))
        return false;
    rest.remove_prefix(1);
    skipBlanks(rest);
    if (!rest.starts_with('"'))
        return false;
    rest.remove_prefix(1);

    const std::size_t start = unescaped_.size();
    while (!rest.empty() && rest.front() != '"') {
        char c = rest.front();
        if (c == '\\') {
            rest.remove_prefix(1);
            if (rest.empty())
                return false;
            c = rest.front() == 'n' ? '\n' : rest.front();
        }
        unescaped_.push_back(c);
        rest.remove_prefix(1);
    }
    if (rest.empty())
        return false;
    rest.remove_prefix(1);
    labels_.push_back({name, std::string_view(unescaped_).substr(start)});
    return true;
}

} // namespace signalbox::engine
