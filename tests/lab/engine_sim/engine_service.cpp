// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/engine_service.h"

#include "tests/lab/kit/hash.h"
#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>

#include <unistd.h>

#include <ctime>

namespace signalbox::engine_sim {

namespace {

// A version that vLLM could have, and that says at once what it is.
constexpr std::string_view kVersion = "0.32.0+signalbox-engine-sim";

HttpReply jsonReply(unsigned status, std::string body)
{
    HttpReply reply;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
}

HttpReply emptyReply(unsigned status)
{
    HttpReply reply;
    reply.status = status;
    reply.contentType.clear();
    return reply;
}

HttpReply errorReply(const ApiError& error)
{
    return jsonReply(error.status, errorBody(error));
}

HttpReply methodNotAllowed()
{
    return jsonReply(405, R"({"detail":"Method Not Allowed"})");
}

std::string faultsHelp()
{
    std::string help;
    for (const FaultName& entry : kFaultNames)
        help += fmt::format("{}\"{}\":{}", help.empty() ? "" : ",", entry.name,
                            lab::jsonString(entry.meaning));
    return help;
}

} // namespace

EngineService::EngineService(const SimOptions& options, Engine& engine, FaultPlan& faults,
                             const ConnectionCounters& connections)
    : options_(options), engine_(engine), faults_(faults), connections_(connections),
      created_(std::time(nullptr))
{
}

Handling EngineService::handle(const HttpCall& call)
{
    const bool isGet = call.method == "GET";
    const bool isPost = call.method == "POST";
    const std::string_view path = call.path.substr(0, call.path.find('?'));
    if (path == "/sim/state")
        return isGet ? state() : methodNotAllowed();
    if (path == "/sim/fault")
        return changeFaults(call);
    if (path == "/health" || path == "/ping") {
        const bool isDown = faults_.standing(FaultKind::Unhealthy).has_value();
        return isGet || path == "/ping" ? emptyReply(isDown ? 503 : 200) : methodNotAllowed();
    }
    if (path == "/version")
        return isGet ? jsonReply(200, fmt::format(R"({{"version":"{}"}})", kVersion))
                     : methodNotAllowed();
    if (path == "/metrics") {
        HttpReply reply = jsonReply(200, engine_.metrics().exposition(engine_.gauges()));
        reply.contentType = "text/plain; version=0.0.4; charset=utf-8";
        return isGet ? reply : methodNotAllowed();
    }
    if (!options_.apiKey.empty() && path.starts_with("/v1")
        && call.authorization != "Bearer " + options_.apiKey)
        return jsonReply(401, R"({"error":"Unauthorized"})");
    if (path == "/v1/models")
        return isGet ? models() : methodNotAllowed();
    if (path == "/v1/chat/completions")
        return isPost ? generate(Route::Chat, call) : methodNotAllowed();
    if (path == "/v1/completions")
        return isPost ? generate(Route::Completions, call) : methodNotAllowed();
    return jsonReply(404, R"({"detail":"Not Found"})");
}

HttpReply EngineService::models() const
{
    return jsonReply(200, fmt::format(R"({{"object":"list","data":[{{"id":{0},"object":"model",)"
                                      R"("created":{1},"owned_by":"{2}","root":{0},)"
                                      R"("parent":null,"max_model_len":{3},"permission":[]}}]}})",
                                      lab::jsonString(options_.model), created_, kFingerprint,
                                      options_.contextTokensMax));
}

HttpReply EngineService::state()
{
    const EngineCounters& counters = engine_.counters();
    const EngineGauges gauges = engine_.gauges();
    std::string strikes;
    for (const auto& [kind, count] : faults_.strikes())
        strikes += fmt::format("{}\"{}\":{}", strikes.empty() ? "" : ",", nameOf(kind), count);
    std::string armed;
    for (const std::string_view name : faults_.armed())
        armed += fmt::format("{}\"{}\"", armed.empty() ? "" : ",", name);
    return jsonReply(
        200,
        fmt::format(R"({{"program":"{}","pid":{},"model":{},"requests":{},"rejected":{},)"
                    R"("started":{},"finished":{},"cancelled":{},"open":{},"running":{},)"
                    R"("waiting":{},"continuations":{},"foreign_continuations":{},)"
                    R"("generated_tokens":{},"preemptions":{},"utilisation":{:.3f},)"
                    R"("connections_accepted":{},"connections_open":{},)"
                    R"("strikes":{{{}}},"armed":[{}]}})",
                    kFingerprint, ::getpid(), lab::jsonString(options_.model), requests_, rejected_,
                    counters.started, counters.finished, counters.cancelled, engine_.open(),
                    gauges.running, gauges.waiting, counters.continuations,
                    counters.foreignContinuations, engine_.metrics().generationTokens(),
                    gauges.preemptions, gauges.utilisation, connections_.accepted,
                    connections_.open, strikes, armed));
}

HttpReply EngineService::changeFaults(const HttpCall& call)
{
    if (call.method == "DELETE") {
        faults_.clear();
        return jsonReply(200, R"({"armed":[]})");
    }
    if (call.method == "GET")
        return jsonReply(200, fmt::format(R"({{"kinds":{{{}}}}})", faultsHelp()));
    if (call.method != "POST")
        return methodNotAllowed();
    auto fault = parseFault(call.body);
    if (!fault)
        return errorReply({400, "BadRequestError", fault.error().message(), ""});
    const FaultKind kind = fault->kind;
    faults_.arm(*std::move(fault));
    return jsonReply(200, fmt::format(R"({{"armed":"{}"}})", nameOf(kind)));
}

Handling EngineService::generate(Route route, const HttpCall& call)
{
    ++requests_;
    const auto reject = [this](const ApiError& error) {
        ++rejected_;
        return errorReply(error);
    };
    if (!call.contentType.starts_with("application/json"))
        return reject({400, "Bad Request",
                       "1 validation error:\n  Unsupported Media Type: Only 'application/json' is "
                       "allowed",
                       ""});
    auto read = readGenerationRequest(route, call.body, options_);
    if (const auto* error = std::get_if<ApiError>(&read))
        return reject(*error);
    if (isStopping_)
        return reject({500, "InternalServerError", "cannot schedule new futures after shutdown",
                       ""});
    if (options_.queuedRequestsMax > 0 && engine_.open() >= options_.queuedRequestsMax) {
        engine_.metrics().onAdmissionRejected();
        return reject({503, "Service Unavailable",
                       "The engine is currently busy and cannot accept new requests. Please try "
                       "again later.",
                       ""});
    }
    Accepted accepted{std::get<GenerationRequest>(std::move(read)), std::nullopt};
    accepted.fault = faults_.take({accepted.request.isContinuation(), call.body});
    if (accepted.fault) {
        if (auto handling = misbehave(*accepted.fault)) {
            ++rejected_;
            return *std::move(handling);
        }
    }
    const std::string_view prefix = route == Route::Chat ? "chatcmpl-" : "cmpl-";
    const std::uint64_t number
        = lab::mix(nextAnswer_++ ^ (static_cast<std::uint64_t>(::getpid()) << 32));
    accepted.request.id = call.requestId.empty() ? fmt::format("{}{:016x}", prefix, number)
                                                 : fmt::format("{}{}", prefix, call.requestId);
    return accepted;
}

// What takes the place of an answer; nothing when the fault shows within it.
std::optional<Handling> EngineService::misbehave(const Fault& fault) const
{
    const auto refuse = [&fault](unsigned status, std::string_view type, std::string_view why) {
        HttpReply reply = errorReply({status, std::string(type), std::string(why), ""});
        reply.retryAfter = fault.retryAfter;
        return reply;
    };
    switch (fault.kind) {
    case FaultKind::Status429:
        return refuse(429, "RateLimitError", "Too many requests (simulated).");
    case FaultKind::Status500:
        return refuse(500, "InternalServerError", "Internal error (simulated).");
    case FaultKind::Status503:
        return refuse(503, "Service Unavailable", "The engine is currently busy (simulated).");
    case FaultKind::PrefillRejected:
        return refuse(400, "BadRequestError",
                      "The final message cannot be continued by this model (simulated).");
    case FaultKind::Reset: return Misconduct::Reset;
    case FaultKind::Silence: return Misconduct::Silence;
    case FaultKind::Crash:
    case FaultKind::Freeze:
    case FaultKind::Slow:
    case FaultKind::Wedged:
    case FaultKind::Unhealthy:
    case FaultKind::Refuse:
    case FaultKind::SlowFirstToken:
    case FaultKind::Cut:
    case FaultKind::Stall:
    case FaultKind::Malformed:
    case FaultKind::MissingDone:
    case FaultKind::EarlyEnd:
    case FaultKind::EarlyStop:
    case FaultKind::Abort:
    case FaultKind::StreamError:
    case FaultKind::Split:
    case FaultKind::Gap:
    case FaultKind::Repeat:
    case FaultKind::Reorder:
    case FaultKind::MixUp: break;
    }
    return std::nullopt;
}

} // namespace signalbox::engine_sim
