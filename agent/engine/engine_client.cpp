// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/engine_client.h"

#include "agent/engine/prometheus_text.h"
#include "shared/base/limits.h"
#include "shared/base/names.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace signalbox::engine {

namespace {

using model::Health;

constexpr std::chrono::milliseconds kQuestionDeadline{2'000};
constexpr std::size_t kVersionBytesMax = 64;
constexpr int kStatusOk = 200;

// A page for people where an engine should be: something else listens at this address.
bool isHtml(const FetchReply& reply)
{
    return reply.contentType.find("text/html") != std::string::npos;
}

std::string oneTokenBody(std::string_view path, const std::string& model)
{
    // The model's name passed isValidModelName: no quote, no backslash, nothing to escape.
    const std::string_view prompt = path.ends_with("/chat/completions")
        ? R"("messages":[{"role":"user","content":"1"}])"
        : R"("prompt":"1")";
    return fmt::format(R"({{"model":"{}",{},"max_tokens":1,"temperature":0}})", model, prompt);
}

bool isSafeInJson(std::string_view name)
{
    return base::isValidModelName(name) && name.find_first_of("\"\\") == std::string_view::npos;
}

} // namespace

ProbeOutcome judgeProbe(const EngineProfile& profile, const FetchReply& reply)
{
    ProbeOutcome outcome;
    outcome.fault = reply.fault;
    outcome.took = reply.took;
    if (!reply.isWhole()) {
        outcome.reason = reply.fault == FetchFault::Refused ? "connection refused" : reply.why;
        return outcome;
    }
    for (const AnswerRule& rule : profile.probe.answers) {
        // A page in HTML is no engine's health unless the profile knows its words.
        if (!fits(rule.answer, reply.status, reply.body)
            || (isHtml(reply) && rule.answer.contains.empty()))
            continue;
        outcome.means = rule.means;
        outcome.reason = rule.because;
        return outcome;
    }
    outcome.means = Health::Failed;
    outcome.reason = isHtml(reply)
        ? fmt::format("{} answers a web page: another program listens there", profile.probe.path)
        : fmt::format("{} answers {}", profile.probe.path, reply.status);
    return outcome;
}

EngineClient::EngineClient(ProfilePtr profile, Fetcher& engine, Fetcher& metrics)
    : profile_(std::move(profile)), engine_(engine), metrics_(metrics),
      mapper_(std::make_shared<MetricMapper>(profile_->metrics))
{
}

void EngineClient::probe(std::chrono::milliseconds timeout, std::function<void(ProbeOutcome)> done)
{
    FetchRequest request;
    request.path = profile_->probe.path;
    request.deadline = timeout;
    engine_.fetch(std::move(request),
                  [profile = profile_, done = std::move(done)](FetchReply reply) {
                      done(judgeProbe(*profile, reply));
                  });
}

void EngineClient::askSleeping(std::function<void(std::optional<bool>)> done)
{
    if (!profile_->sleep)
        return done(std::nullopt);
    FetchRequest request;
    request.path = profile_->sleep->path;
    request.deadline = kQuestionDeadline;
    engine_.fetch(std::move(request),
                  [profile = profile_, done = std::move(done)](FetchReply reply) {
                      const AnswerSignature asleep{kStatusOk, profile->sleep->contains};
                      if (reply.isWhole() && reply.status != kStatusOk)
                          return done(std::nullopt);
                      done(reply.isWhole() && fits(asleep, reply.status, reply.body));
                  });
}

void EngineClient::scrape(std::chrono::milliseconds timeout,
                          std::function<void(ScrapeOutcome)> done)
{
    const auto mapper = mapper_;
    const auto reader = std::make_shared<PrometheusReader>(*mapper);
    mapper->begin();
    FetchRequest request;
    request.path = profile_->metrics.path;
    request.accept = "text/plain;version=0.0.4";
    request.bodyBytesMax = limits::kMetricPageBytes;
    request.deadline = timeout;
    request.onBody = [mapper, reader](std::string_view bytes) { reader->feed(bytes); };
    metrics_.fetch(std::move(request),
                   [mapper, reader, done = std::move(done)](FetchReply reply) {
                       reader->finish();
                       ScrapeOutcome outcome;
                       outcome.isGood = reply.isWhole() && reply.status == kStatusOk;
                       // A page that was cut has moved the counters already; what it lacks comes
                       // with the next one, so only its sample is thrown away.
                       EngineSample sample = mapper->finish();
                       if (outcome.isGood)
                           outcome.sample = std::move(sample);
                       else
                           outcome.reason = reply.isWhole()
                               ? fmt::format("metrics answer {}", reply.status)
                               : fmt::format("metrics: {}", reply.why);
                       done(std::move(outcome));
                   });
}

void EngineClient::fetchModels(std::function<void(std::vector<std::string>)> done)
{
    if (profile_->modelsPath.empty())
        return done({});
    FetchRequest request;
    request.path = profile_->modelsPath;
    request.bodyBytesMax = limits::kModelsBodyBytes;
    request.deadline = kQuestionDeadline;
    engine_.fetch(std::move(request), [done = std::move(done)](FetchReply reply) {
        done(reply.isWhole() && reply.status == kStatusOk ? modelNames(reply.body)
                                                          : std::vector<std::string>());
    });
}

void EngineClient::fetchVersion(std::function<void(std::string)> done)
{
    if (!profile_->version)
        return done({});
    FetchRequest request;
    request.path = profile_->version->path;
    request.deadline = kQuestionDeadline;
    engine_.fetch(
        std::move(request), [profile = profile_, done = std::move(done)](FetchReply reply) {
            done(reply.isWhole() && reply.status == kStatusOk
                     ? stringField(reply.body, profile->version->field).substr(0, kVersionBytesMax)
                     : std::string());
        });
}

void EngineClient::generateOneToken(const std::string& model, std::chrono::milliseconds timeout,
                                    std::function<void(DeepOutcome, std::string)> done)
{
    if (profile_->deepProbePath.empty() || !isSafeInJson(model))
        return done(DeepOutcome::Refused, "the engine has no way to generate one token");
    FetchRequest request;
    request.method = http::Method::Post;
    request.path = profile_->deepProbePath;
    request.body = oneTokenBody(request.path, model);
    request.deadline = timeout;
    engine_.fetch(std::move(request), [done = std::move(done)](FetchReply reply) {
        if (!reply.isWhole())
            return done(DeepOutcome::Silent, fmt::format("a one-token generation: {}", reply.why));
        if (reply.status == kStatusOk)
            return done(DeepOutcome::Token, {});
        const std::string why = fmt::format("a one-token generation answers {}", reply.status);
        // 4xx says that the question was wrong for this engine, not that the engine is.
        done(reply.status >= 500 ? DeepOutcome::Silent : DeepOutcome::Refused, why);
    });
}

std::vector<std::string> modelNames(std::string_view body)
{
    std::vector<std::string> names;
    simdjson::dom::parser parser;
    simdjson::dom::array list;
    if (parser.parse(body.data(), body.size())["data"].get(list) != simdjson::SUCCESS)
        return names;
    for (const simdjson::dom::element entry : list) {
        std::string_view id;
        if (names.size() == limits::kModelsPerEngine)
            break;
        if (entry["id"].get(id) == simdjson::SUCCESS && base::isValidModelName(id))
            names.emplace_back(id);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::string stringField(std::string_view body, std::string_view field)
{
    simdjson::dom::parser parser;
    std::string_view value;
    if (parser.parse(body.data(), body.size())[field].get(value) != simdjson::SUCCESS)
        return {};
    const bool isPrintable = std::all_of(value.begin(), value.end(),
                                         [](char c) { return c >= 0x20 && c < 0x7f; });
    return isPrintable ? std::string(value) : std::string();
}

} // namespace signalbox::engine
