// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/profile_reader.h"

#include "shared/base/names.h"
#include "shared/yaml/map_reader.h"
#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::engine {

namespace {

using model::Health;

template <typename Enum>
using Word = std::pair<std::string_view, Enum>;

constexpr std::array<Word<Health>, 5> kMeanings{{{"failed", Health::Failed},
                                                 {"ready", Health::Ready},
                                                 {"loading", Health::Loading},
                                                 {"sleeping", Health::Sleeping},
                                                 {"degraded", Health::Degraded}}};
constexpr std::array<Word<Combine>, 2> kCombines{{{"sum", Combine::Sum}, {"max", Combine::Max}}};
constexpr std::array<Word<ChatContinuation>, 3> kChats{
    {{"none", ChatContinuation::None},
     {"final_message", ChatContinuation::FinalMessage},
     {"prefill", ChatContinuation::Prefill}}};
constexpr std::array<Word<CompletionsContinuation>, 2> kCompletions{
    {{"none", CompletionsContinuation::None}, {"prefix", CompletionsContinuation::Prefix}}};
constexpr std::array<Word<PrefillRepeat>, 2> kRepeats{
    {{"never", PrefillRepeat::Never}, {"plain", PrefillRepeat::Plain}}};
constexpr std::array<Word<ErrorShape>, 3> kShapes{{{"nested", ErrorShape::Nested},
                                                   {"flat", ErrorShape::Flat},
                                                   {"text", ErrorShape::Text}}};
constexpr std::array<std::string_view, 4> kMethods{"GET", "POST", "DELETE", "PUT"};

constexpr int kPortOffsetMost = 1000;
constexpr std::chrono::milliseconds kProbeLeast{100};

bool isPlainPath(std::string_view path)
{
    return path.starts_with('/') && path.find("..") == std::string_view::npos
        && std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string pathIn(yaml::MapReader& map, std::string_view key)
{
    std::string path = map.text(key);
    if (!path.empty() && !isPlainPath(path))
        map.problem(key, "a path begins with / and holds no space");
    return path;
}

std::string requiredPathIn(yaml::MapReader& map, std::string_view key)
{
    std::string path = pathIn(map, key);
    if (path.empty())
        map.problem(key, "must be given");
    return path;
}

int statusIn(yaml::MapReader& map)
{
    return map.has("status") ? static_cast<int>(map.integer("status", 100, 599)) : 0;
}

PathSignature pathSignature(yaml::MapReader& map)
{
    PathSignature signature;
    signature.path = requiredPathIn(map, "path");
    signature.contains = map.requiredText("contains");
    return signature;
}

AnswerSignature answerSignature(yaml::MapReader& map)
{
    AnswerSignature signature;
    signature.status = statusIn(map);
    signature.contains = map.text("contains");
    if (signature.status == 0 && signature.contains.empty())
        map.problem("status", "a signature needs a status, a text or both");
    return signature;
}

void readProbe(yaml::MapReader& map, ProbeRules& probe)
{
    probe.path = requiredPathIn(map, "path");
    probe.interval = map.duration("interval");
    probe.timeout = map.duration("timeout");
    if (const auto startWithin = map.duration("start_within"))
        probe.startWithin = *startWithin;
    if (probe.interval && *probe.interval < kProbeLeast)
        map.problem("interval", "must be 100ms or more");
    if (probe.timeout && probe.interval && *probe.timeout > *probe.interval)
        map.problem("timeout", "must not be longer than interval");
    map.maps("answers", [&](yaml::MapReader& answer) {
        AnswerRule rule;
        rule.answer = answerSignature(answer);
        rule.means = answer.word("means", kMeanings);
        rule.because = answer.text("because");
        if (!answer.has("means"))
            answer.problem("means", "must be given");
        if (rule.means != Health::Ready && rule.because.empty())
            answer.problem("because", "say why, for the person on call");
        probe.answers.push_back(std::move(rule));
    });
    if (probe.answers.empty())
        map.problem("answers", "at least one answer must mean ready");
}

void checkLabels(yaml::MapReader& map, const MetricRule& rule)
{
    const bool isLatency = infoOf(rule.series).kind == SeriesKind::Latency;
    const bool hasQuotient = !rule.sum.empty() || !rule.count.empty();
    if (rule.from.empty() && !hasQuotient)
        map.problem("from", "must name at least one metric");
    if (hasQuotient && (!isLatency || rule.sum.empty() || rule.count.empty() || !rule.from.empty()))
        map.problem("sum", "sum and count go together, for a latency, and without from");
    if (!rule.plus.empty() && infoOf(rule.series).kind != SeriesKind::Counter)
        map.problem("plus", "is for counters");
    if (rule.scale <= 0)
        map.problem("scale", "must be more than 0");
}

void readMetrics(yaml::MapReader& map, MetricsSource& metrics)
{
    metrics.path = requiredPathIn(map, "path");
    metrics.portOffset = map.has("port_offset")
        ? static_cast<int>(map.integer("port_offset", -kPortOffsetMost, kPortOffsetMost))
        : 0;
    map.maps("series", [&](yaml::MapReader& entry) {
        MetricRule rule;
        const std::string name = entry.requiredText("series");
        const auto series = seriesFromName(name);
        if (series) {
            rule.series = *series;
        } else {
            std::vector<std::string> known;
            for (const SeriesInfo& info : canonicalSeries())
                known.emplace_back(info.name);
            const auto nearest = base::nearestWord(name, known);
            entry.problem("series",
                          fmt::format("{} is no canonical series{}", yaml::excerpt(name),
                                      nearest ? "; did you mean " + *nearest + "?" : ""));
        }
        rule.from = entry.texts("from");
        rule.plus = entry.texts("plus");
        rule.sum = entry.text("sum");
        rule.count = entry.text("count");
        rule.combine = entry.word("combine", kCombines);
        rule.where = entry.textMap("where");
        rule.unless = entry.textMap("unless");
        rule.scale = entry.number("scale", 1);
        if (series)
            checkLabels(entry, rule);
        metrics.rules.push_back(std::move(rule));
    });
}

void readClient(yaml::MapReader& map, EngineProfile& profile)
{
    profile.clientPaths = map.texts("paths");
    profile.stripHeaders = map.texts("strip_headers");
    profile.deniedFields = map.texts("deny_fields");
    std::sort(profile.deniedFields.begin(), profile.deniedFields.end());
    for (const std::string& entry : profile.clientPaths) {
        const std::size_t space = entry.find(' ');
        const std::string_view method = std::string_view(entry).substr(0, space);
        const bool knowsMethod
            = std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
        if (!knowsMethod || space == std::string::npos || !isPlainPath(entry.substr(space + 1)))
            map.problem("paths",
                        fmt::format("{} is not a method and a path", yaml::excerpt(entry)));
    }
    for (const std::string& name : profile.stripHeaders) {
        const bool isLower = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
        if (!isLower)
            map.problem("strip_headers",
                        fmt::format("{} is no header name in lower case", yaml::excerpt(name)));
    }
}

void readContinuation(yaml::MapReader& map, ContinuationRules& rules)
{
    rules.chat = map.word("chat", kChats);
    rules.completions = map.word("completions", kCompletions);
    rules.repeatsPrefill = map.word("repeats_prefill", kRepeats);
    rules.byTokenIds = map.boolean("token_ids");
}

void readSignatures(yaml::MapReader& map, ErrorSignatures& signatures)
{
    signatures.shape = map.word("error_shape", kShapes);
    const auto read = [&](std::string_view key, std::vector<AnswerSignature>& into) {
        map.maps(key, [&](yaml::MapReader& entry) { into.push_back(answerSignature(entry)); });
    };
    read("context_overflow", signatures.contextOverflow);
    read("overload", signatures.overload);
    read("draining", signatures.draining);
    read("model_missing", signatures.modelMissing);
    read("bad_request", signatures.badRequest);
    read("broken", signatures.broken);
}

void readConnections(yaml::MapReader& map, ConnectionLimits& limits)
{
    if (const auto idle = map.duration("idle"))
        limits.idle = *idle;
    limits.requests = static_cast<std::uint32_t>(map.integer("requests", 0, 1'000'000));
}

void readIdentity(yaml::MapReader& map, std::string_view fileStem, EngineProfile& profile)
{
    profile.name = map.requiredText("profile");
    if (!profile.name.empty() && profile.name != fileStem)
        map.problem("profile", fmt::format("must be {}, as the file is called", fileStem));
    if (!profile.name.empty() && (!base::isValidName(profile.name) || profile.name == "auto"))
        map.problem("profile", "must be a name of a-z, 0-9, '.', '_' and '-', and not auto");
    profile.title = map.text("title", profile.name);
    map.maps("recognise",
             [&](yaml::MapReader& entry) { profile.recognise.push_back(pathSignature(entry)); });
    profile.recogniseLast = map.boolean("recognise_last");
    map.map("version", [&](yaml::MapReader& entry) {
        FieldSource source;
        source.path = requiredPathIn(entry, "path");
        source.field = entry.requiredText("field");
        profile.version = std::move(source);
    });
    profile.modelsPath = pathIn(map, "models");
}

void readAll(const yaml::Node& root, std::string_view fileStem, ReadProfile& read)
{
    EngineProfile& profile = read.profile;
    yaml::MapReader map(root, read.problems);
    readIdentity(map, fileStem, profile);
    if (!map.has("probe"))
        map.problem("probe", "must be given");
    map.map("probe", [&](yaml::MapReader& entry) { readProbe(entry, profile.probe); });
    map.map("sleep", [&](yaml::MapReader& entry) { profile.sleep = pathSignature(entry); });
    map.map("deep_probe", [&](yaml::MapReader& entry) {
        profile.deepProbePath = requiredPathIn(entry, "path");
    });
    map.map("metrics", [&](yaml::MapReader& entry) { readMetrics(entry, profile.metrics); });
    map.map("connections",
            [&](yaml::MapReader& entry) { readConnections(entry, profile.connections); });
    map.map("client", [&](yaml::MapReader& entry) { readClient(entry, profile); });
    map.map("continuation",
            [&](yaml::MapReader& entry) { readContinuation(entry, profile.continuation); });
    map.map("signatures",
            [&](yaml::MapReader& entry) { readSignatures(entry, profile.signatures); });
}

} // namespace

ReadProfile readProfile(std::string_view text, std::string_view fileStem)
{
    ReadProfile read;
    yaml::Document document = yaml::parse(text);
    read.problems = std::move(document.problems);
    if (read.problems.empty())
        readAll(document.root, fileStem, read);
    std::stable_sort(read.problems.begin(), read.problems.end(),
                     [](const yaml::Problem& a, const yaml::Problem& b) {
                         return std::pair(a.place.line, a.place.column)
                             < std::pair(b.place.line, b.place.column);
                     });
    return read;
}

} // namespace signalbox::engine
