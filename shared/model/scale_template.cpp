// SPDX-License-Identifier: Apache-2.0
#include "shared/model/scale_template.h"

#include "shared/base/limits.h"
#include "shared/base/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::model {

namespace {

// The name between braces at the front of the text; empty when the text is no placeholder.
std::string_view placeholderAt(std::string_view text)
{
    const std::size_t end = text.find('}');
    const std::string_view name
        = end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
    const bool isName = std::all_of(name.begin(), name.end(),
                                    [](char c) { return c >= 'a' && c <= 'z'; });
    return isName ? name : std::string_view();
}

base::Result<std::string> filledWord(std::string_view word, const TemplateValues& values)
{
    std::string text;
    while (!word.empty()) {
        const std::string_view name
            = word.front() == '{' ? placeholderAt(word) : std::string_view();
        if (name.empty()) {
            text.push_back(word.front());
            word.remove_prefix(1);
            continue;
        }
        const auto value = values.find(name);
        if (value == values.end())
            return base::Error(base::Code::InvalidArgument,
                               fmt::format("{{{}}} stands for nothing here", name));
        text += value->second;
        word.remove_prefix(name.size() + 2);
    }
    return text;
}

TemplateValues engineValues()
{
    return {{"port", ""}, {"id", ""}, {"index", ""}, {"pool", ""}, {"model", ""}, {"data", ""}};
}

class Findings {
public:
    template <typename... Arguments>
    void add(fmt::format_string<Arguments...> text, Arguments&&... arguments)
    {
        found_.push_back(fmt::format(text, std::forward<Arguments>(arguments)...));
    }

    void checkCommand(std::string_view field, const std::vector<std::string>& words,
                      const TemplateValues& values)
    {
        if (words.size() > limits::kTemplateWords)
            add("scale.{} has {} words, the most is {}", field, words.size(),
                limits::kTemplateWords);
        if (!words.front().starts_with('/'))
            add("scale.{} must begin with the whole path of a program, not '{}'", field,
                words.front());
        for (const std::string& word : words) {
            const bool isLong = word.size() > limits::kTemplateWordBytes;
            if (isLong || word.find('\0') != std::string::npos)
                add("scale.{} holds a word that is too long or has a zero byte", field);
        }
        if (const auto tried = filled(words, values); !tried)
            add("scale.{}: {}", field, tried.error().message());
    }

    void checkTime(std::string_view field, std::int64_t ms)
    {
        if (ms < limits::kScaleTimeLeast.count() || ms > limits::kScaleTimeMost.count())
            add("scale.{} must be {} ms to {} ms", field, limits::kScaleTimeLeast.count(),
                limits::kScaleTimeMost.count());
    }

    std::vector<std::string> take() { return std::move(found_); }

private:
    std::vector<std::string> found_;
};

void checkNumbers(const PoolScale& scale, Findings& findings)
{
    if (scale.least > scale.most)
        findings.add("scale.min {} is above scale.max {}", scale.least, scale.most);
    else if (scale.desired < scale.least || scale.desired > scale.most)
        findings.add("scale.desired {} is outside of scale.min {} to scale.max {}", scale.desired,
                     scale.least, scale.most);
    if (scale.others > scale.least)
        findings.add("scale.min {} is below scale.others {}, which are never stopped here",
                     scale.least, scale.others);
    if (scale.most > scale.others && scale.most - scale.others > limits::kScaledPairs)
        findings.add("scale.max asks one machine for {} instances; the most is {}",
                     scale.most - scale.others, limits::kScaledPairs);
    if (scale.logBytes < limits::kScaledLogLeast || scale.logBytes > limits::kScaledLogMost)
        findings.add("scale.log_bytes must be {} to {}", limits::kScaledLogLeast,
                     limits::kScaledLogMost);
}

} // namespace

base::Result<std::vector<std::string>> filled(const std::vector<std::string>& words,
                                              const TemplateValues& values)
{
    std::vector<std::string> texts;
    for (const std::string& word : words) {
        SB_TRY(std::string text, filledWord(word, values));
        texts.push_back(std::move(text));
    }
    return texts;
}

std::string pairId(const std::string& pool, std::uint32_t index)
{
    return fmt::format("{}-{}", pool, index);
}

std::vector<std::string> problemsOf(const PoolScale& scale, const std::string& pool)
{
    Findings findings;
    if (!base::isValidName(scale.on))
        findings.add("scale.on must name the agent that starts the instances");
    if (!base::isValidName(pairId(pool, scale.most)))
        findings.add("the pool's name is too long to be scaled: instances are named after it");
    checkNumbers(scale, findings);
    if (scale.engine.empty())
        findings.add("scale.engine has no command");
    else
        findings.checkCommand("engine", scale.engine, engineValues());
    TemplateValues agentValues = engineValues();
    agentValues.emplace("config", "");
    if (!scale.agent.empty())
        findings.checkCommand("agent", scale.agent, agentValues);
    findings.checkTime("start_timeout", scale.startTimeoutMs);
    findings.checkTime("drain_deadline", scale.drainDeadlineMs);
    return findings.take();
}

} // namespace signalbox::model
