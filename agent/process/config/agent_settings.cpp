// SPDX-License-Identifier: Apache-2.0
#include "agent/process/config/agent_settings.h"

#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <type_traits>

namespace signalbox::process {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;

// A captureless lambda as the pointer that Field wants.
#define SB_FIELD(type, path)                                                                       \
    type                                                                                           \
    {                                                                                              \
        +[](AgentConfig& c) -> decltype(auto) { return (c.path); }                                 \
    }

const std::array kSettings{
    Setting{.key = "id",
            .field = SB_FIELD(IdField, id),
            .sentence = "Name of this agent in the fleet, unique there. Empty: made from the host "
                        "name, with the engine's port or \"gateway\"."},
    Setting{.key = "fleet",
            .field = SB_FIELD(TextField, fleet),
            .sentence = "Fleet this agent belongs to; the second part of its keys in the store."},
    Setting{.key = "zone",
            .field = SB_FIELD(TextField, zone),
            .sentence = "Where the machine stands, for grouping. Empty: not known."},
    Setting{.key = "data_dir",
            .field = SB_FIELD(TextField, dataDir),
            .unit = Unit::Path,
            .sentence = "Directory of this agent alone: snapshot, history, embedded store. Empty: "
                        "$STATE_DIRECTORY, else $XDG_STATE_HOME/signalbox/ID, else "
                        "$HOME/.local/state/signalbox/ID."},
    Setting{.key = "log.level",
            .field = SB_FIELD(TextField, logLevel),
            .restart = Restart::NotNeeded,
            .sentence = "Least important line that is written: debug, info, warn or error."},
    Setting{.key = "cores",
            .field = SB_FIELD(CountField, cores),
            .bounds = {0, 256},
            .sentence = "Threads that carry requests. 0: one for each CPU this process may use."},
    Setting{.key = "listen.serve.address",
            .field = SB_FIELD(TextField, listen.serve.address),
            .sentence = "Address of the OpenAI API, /healthz and /readyz. Port 0: any free one; "
                        "empty: off."},
    Setting{.key = "listen.serve.insecure",
            .field = SB_FIELD(BooleanField, listen.serve.insecure),
            .sentence = "Accept an address that other machines reach, although it has no TLS."},
    Setting{.key = "listen.control.address",
            .field = SB_FIELD(TextField, listen.control.address),
            .sentence = "Address of the gRPC services for console, signalboxctl and peers."},
    Setting{.key = "listen.control.insecure",
            .field = SB_FIELD(BooleanField, listen.control.insecure),
            .sentence = "Accept an address that other machines reach, although it has no TLS."},
    Setting{.key = "listen.observe.address",
            .field = SB_FIELD(TextField, listen.observe.address),
            .sentence = "Address of /metrics, /healthz, /readyz and the WebSocket tunnel."},
    Setting{.key = "listen.observe.insecure",
            .field = SB_FIELD(BooleanField, listen.observe.insecure),
            .sentence = "Accept an address that other machines reach, although it has no TLS. "
                        "Through the tunnel they may look; act only with "
                        "listen.control.insecure."},
    Setting{.key = "listen.store.address",
            .field = SB_FIELD(TextField, listen.store.address),
            .sentence = "Address of the embedded store's etcd API; used only with store.kind "
                        "embedded."},
    Setting{.key = "listen.store.insecure",
            .field = SB_FIELD(BooleanField, listen.store.insecure),
            .sentence = "Accept an address that other machines reach, although it has no TLS."},
    Setting{.key = "store.kind",
            .field = SB_FIELD(StoreKindField, store.kind),
            .sentence = "embedded: this agent keeps the fleet's state itself; etcd: it is a client "
                        "of store.endpoints, a real etcd or another agent's embedded store."},
    Setting{.key = "store.endpoints",
            .field = SB_FIELD(ListField, store.endpoints),
            .sentence = "Addresses host:port of the store, tried in order; only with store.kind "
                        "etcd."},
    Setting{.key = "store.insecure",
            .field = SB_FIELD(BooleanField, store.insecure),
            .sentence = "Accept store endpoints on other machines, although they have no TLS."},
    Setting{.key = "instance.pool",
            .field = SB_FIELD(TextField, instance.pool),
            .sentence = "Pool that the engine beside this agent serves. Empty: no engine, this "
                        "agent is a gateway."},
    Setting{.key = "instance.engine.url",
            .field = SB_FIELD(TextField, instance.engine.url),
            .sentence = "Where the engine answers, as in http://127.0.0.1:8000."},
    Setting{.key = "instance.engine.profile",
            .field = SB_FIELD(TextField, instance.engine.profile),
            .sentence = "Engine profile: vllm, llama_cpp, openai, ...; auto: ask the engine."},
    Setting{.key = "instance.started_by",
            .field = SB_FIELD(TextField, instance.startedBy),
            .sentence = "Id of the agent that started this one and stops it; written by a scaler. "
                        "Empty: none did."},
    Setting{.key = "policy.seed",
            .field = SB_FIELD(TextField, policySeed),
            .unit = Unit::Path,
            .sentence = "File with the first policy, written when the store holds none. Empty: "
                        "none."},
    Setting{.key = "profiles_dir",
            .field = SB_FIELD(TextField, profilesDir),
            .unit = Unit::Path,
            .sentence = "Directory of your own engine profiles (*.yaml); one of the same name "
                        "replaces a shipped one. Empty: none."},
    Setting{.key = "ready_file",
            .field = SB_FIELD(TextField, readyFile),
            .unit = Unit::Path,
            .sentence = "File that appears, with the bound addresses as JSON, once this agent "
                        "serves. Empty: none."},
    Setting{.key = "http.request_body",
            .field = SB_FIELD(SizeField, http.requestBodyBytes),
            .bounds = {kKiB, 32 * kMiB},
            .unit = Unit::Bytes,
            .sentence = "Largest request body; a larger one is answered 413."},
    Setting{.key = "http.head_deadline",
            .field = SB_FIELD(DurationField, http.headDeadline),
            .bounds = {100, 5 * kMinute},
            .sentence = "Time a client has for the whole head of a request."},
    Setting{.key = "http.body_deadline",
            .field = SB_FIELD(DurationField, http.bodyDeadline),
            .bounds = {100, kHour},
            .sentence = "Time a client has for the whole body of a request."},
    Setting{.key = "http.keep_alive_idle",
            .field = SB_FIELD(DurationField, http.keepAliveIdle),
            .bounds = {kSecond, kHour},
            .sentence = "A client's connection without a request is closed after this time."},
    Setting{.key = "http.connections_max",
            .field = SB_FIELD(SizeField, http.connectionsMax),
            .bounds = {16, 1'000'000},
            .unit = Unit::Pieces,
            .sentence = "Client connections of this process; beyond it none is accepted."},
    Setting{.key = "http.connections_per_source_max",
            .field = SB_FIELD(SizeField, http.connectionsPerSourceMax),
            .bounds = {1, 1'000'000},
            .unit = Unit::Pieces,
            .sentence = "Client connections from one address; loopback is exempt."},
    Setting{.key = "proxy.request_deadline",
            .field = SB_FIELD(DurationField, proxy.requestDeadline),
            .bounds = {kSecond, 24 * kHour},
            .sentence = "Longest time for one request with all its attempts."},
    Setting{.key = "proxy.first_token_floor",
            .field = SB_FIELD(DurationField, proxy.firstTokenFloor),
            .bounds = {100, kHour},
            .sentence = "An endpoint is given up before its first token after this time, or after "
                        "4 times the predicted time where that is longer."},
    Setting{.key = "proxy.stall_floor",
            .field = SB_FIELD(DurationField, proxy.stallFloor),
            .bounds = {100, kHour},
            .sentence = "A stream counts as stalled after this time without a token, or after 20 "
                        "times its usual gap where that is longer."},
    Setting{.key = "proxy.attempts_max",
            .field = SB_FIELD(CountField, proxy.attemptsMax),
            .bounds = {1, 10},
            .sentence = "Attempts for one request in all, the first one included."},
    Setting{.key = "proxy.drain_deadline",
            .field = SB_FIELD(DurationField, proxy.drainDeadline),
            .bounds = {0, 24 * kHour},
            .sentence = "On SIGTERM running streams may go on for this time before they are cut."},
    Setting{.key = "health.probe_interval",
            .field = SB_FIELD(DurationField, health.probeInterval),
            .bounds = {100, 10 * kMinute},
            .sentence = "Time between two probes, +-10 %. Given here it overrides the engine's "
                        "profile."},
    Setting{.key = "health.probe_timeout",
            .field = SB_FIELD(DurationField, health.probeTimeout),
            .bounds = {50, kMinute},
            .sentence = "Time an answer to a probe may take. Given here it overrides the engine's "
                        "profile."},
    Setting{.key = "health.down_after",
            .field = SB_FIELD(CountField, health.downAfter),
            .bounds = {1, 100},
            .sentence = "Bad probes in a row until an engine counts as failed."},
    Setting{.key = "health.up_after",
            .field = SB_FIELD(CountField, health.upAfter),
            .bounds = {1, 100},
            .sentence = "Good probes in a row until a failed engine counts as ready again."},
    Setting{.key = "health.wedged_floor",
            .field = SB_FIELD(DurationField, health.wedgedFloor),
            .bounds = {kSecond, kHour},
            .sentence = "An engine that runs requests and moves no token for this time is wedged, "
                        "or after twice the expected prefill time where that is longer."},
    Setting{.key = "telemetry.interval",
            .field = SB_FIELD(DurationField, telemetry.interval),
            .bounds = {200, kMinute},
            .sentence = "Time between two samples of every series, the engine's included."},
    Setting{.key = "scaling.process.enabled",
            .field = SB_FIELD(BooleanField, scaling.processEnabled),
            .sentence = "Start and stop instances on this machine when a pool's scale in policy "
                        "names this agent. Who may write policy then runs the programs below, as "
                        "this user."},
    Setting{.key = "scaling.process.programs",
            .field = SB_FIELD(ListField, scaling.programs),
            .sentence = "Whole paths of the programs that a command of policy may begin with; this "
                        "agent's own program may always be started beside an engine."},
};

#undef SB_FIELD

base::Error outOfBounds(const Setting& setting)
{
    return base::Error(base::Code::OutOfRange, fmt::format("must be {}", boundsText(setting)));
}

bool isInside(const Bounds& bounds, std::uint64_t value)
{
    return (bounds.least == 0 && bounds.most == 0)
        || (value >= bounds.least && value <= bounds.most);
}

std::string quoted(std::string_view text)
{
    return fmt::format("\"{}\"", text);
}

// One overload a type: how its text is read, and how it is written.
struct Reader {
    const Setting& setting;
    AgentConfig& config;
    std::string_view text;

    base::Status operator()(TextField field) const
    {
        field(config) = std::string(text);
        return {};
    }
    base::Status operator()(IdField field) const
    {
        field(config) = base::AgentId(std::string(text));
        return {};
    }
    base::Status operator()(ListField field) const
    {
        std::vector<std::string> values;
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t comma = rest.find(',');
            values.emplace_back(rest.substr(0, comma));
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        }
        field(config) = std::move(values);
        return {};
    }
    base::Status operator()(BooleanField field) const
    {
        SB_TRY(field(config), yaml::parseBoolean(text));
        return {};
    }
    base::Status operator()(CountField field) const
    {
        SB_TRY(const std::uint64_t value, yaml::parseInteger(text));
        if (!isInside(setting.bounds, value) || value > std::numeric_limits<std::uint32_t>::max())
            return outOfBounds(setting);
        field(config) = static_cast<std::uint32_t>(value);
        return {};
    }
    base::Status operator()(SizeField field) const
    {
        SB_TRY(const std::uint64_t value, setting.unit == Unit::Bytes ? yaml::parseBytes(text)
                                                                      : yaml::parseInteger(text));
        if (!isInside(setting.bounds, value))
            return outOfBounds(setting);
        field(config) = value;
        return {};
    }
    base::Status operator()(DurationField field) const
    {
        SB_TRY(const milliseconds value, yaml::parseDuration(text));
        if (!isInside(setting.bounds, static_cast<std::uint64_t>(value.count())))
            return outOfBounds(setting);
        field(config) = value;
        return {};
    }
    base::Status operator()(StoreKindField field) const
    {
        if (text != "embedded" && text != "etcd")
            return base::Error(base::Code::InvalidArgument,
                               fmt::format("{} is not embedded or etcd", yaml::excerpt(text)));
        field(config) = text == "etcd" ? StoreKind::Etcd : StoreKind::Embedded;
        return {};
    }
};

struct Writer {
    const Setting& setting;
    AgentConfig& config;

    std::string operator()(TextField field) const { return quoted(field(config)); }
    std::string operator()(IdField field) const { return quoted(field(config).str()); }
    std::string operator()(ListField field) const
    {
        return fmt::format("[{}]", fmt::join(field(config), ", "));
    }
    std::string operator()(BooleanField field) const { return field(config) ? "true" : "false"; }
    std::string operator()(CountField field) const { return std::to_string(field(config)); }
    std::string operator()(SizeField field) const
    {
        return setting.unit == Unit::Bytes ? yaml::bytesText(field(config))
                                           : std::to_string(field(config));
    }
    std::string operator()(DurationField field) const { return yaml::durationText(field(config)); }
    std::string operator()(StoreKindField field) const
    {
        return field(config) == StoreKind::Etcd ? "etcd" : "embedded";
    }
};

} // namespace

std::span<const Setting> agentSettings()
{
    return kSettings;
}

base::Status setFromText(const Setting& setting, AgentConfig& config, std::string_view text)
{
    return std::visit(Reader{setting, config, text}, setting.field);
}

std::string valueText(const Setting& setting, const AgentConfig& config)
{
    AgentConfig copy = config; // the table's accessors give places, not values
    return std::visit(Writer{setting, copy}, setting.field);
}

std::string boundsText(const Setting& setting)
{
    if (setting.bounds.least == 0 && setting.bounds.most == 0)
        return {};
    const auto text = [&](std::uint64_t value) {
        if (std::holds_alternative<DurationField>(setting.field))
            return yaml::durationText(milliseconds(value));
        return setting.unit == Unit::Bytes ? yaml::bytesText(value) : std::to_string(value);
    };
    return fmt::format("{} to {}", text(setting.bounds.least), text(setting.bounds.most));
}

std::string_view typeName(const Setting& setting)
{
    struct Name {
        std::string_view operator()(TextField) const { return "text"; }
        std::string_view operator()(IdField) const { return "a name"; }
        std::string_view operator()(ListField) const { return "a list of text"; }
        std::string_view operator()(BooleanField) const { return "true or false"; }
        std::string_view operator()(CountField) const { return "a whole number"; }
        std::string_view operator()(SizeField) const { return "a size"; }
        std::string_view operator()(DurationField) const { return "a duration"; }
        std::string_view operator()(StoreKindField) const { return "embedded or etcd"; }
    };
    if (setting.unit == Unit::Pieces)
        return "a whole number";
    if (setting.unit == Unit::Path)
        return "a path";
    return std::visit(Name{}, setting.field);
}

} // namespace signalbox::process
