// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/options.h"

#include "console/ctl/exit_code.h"
#include "console/ctl/units.h"
#include "shared/base/names.h"
#include "shared/client/surroundings.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace signalbox::ctl {

namespace {

constexpr std::string_view kDefaultAddress = "grpc://127.0.0.1:8801";

constexpr const char* kFooter = R"(Exit codes:
  0 done              3 refused             6 applied, but not seen through in time
  1 failed            4 conflict          130 interrupted; what was applied stays
  2 usage             5 no agent or no store reachable

Environment: SIGNALBOX_FLEET (addresses), SIGNALBOX_OPERATOR (your name in the audit),
NO_COLOR. Examples:
  signalboxctl top
  signalboxctl drain gpu-02 --cause "kernel upgrade"
  signalboxctl --output json get agents | jq '.agents[] | select(.health.state != "ready")')";

// CLI11 writes into strings; what they mean is decided once all of them are there.
struct Words {
    std::string fleet;
    std::string output = "table";
    double timeout = 10;
    double interval = 0.25;
    std::string deadline;
    std::string wait;
    std::vector<std::string> weights;
    bool yes = false;
    bool noWait = false;
    bool byHand = false;
    bool once = false;
    bool verify = false;
};

class Parser {
public:
    Parser();
    Parsed parse(int argumentCount, const char* const* arguments);

private:
    void addReaders();
    void addChanges(CLI::App& parent, Command command);
    void addRouteChanges(CLI::App& parent, Command command);
    void addScale(CLI::App& parent, Command command);
    CLI::App* addChange(CLI::App& parent, Command command, const char* name, const char* text,
                        ChangeOptions::Verb verb);
    void addChangeOptions(CLI::App& verb, Command command);
    CLI::App* addCommand(CLI::App& parent, const char* name, const char* text, Command command);
    std::string finish();
    std::string finishChange();
    std::string finishNames();
    std::string finishWeights();
    std::string finishTimes();

    CLI::App app_{"signalboxctl: the fleet from a shell", "signalboxctl"};
    Options options_;
    Words words_;
};

Parser::Parser()
{
    options_.operatorName = client::operatorName();
    words_.fleet = client::environment("SIGNALBOX_FLEET");
    app_.footer(kFooter);
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--fleet", words_.fleet,
                    "agents to ask, the first that answers: ADDRESS[,ADDRESS]; default "
                        + std::string(kDefaultAddress));
    app_.add_option("--output", words_.output, "table or json")
        ->check(CLI::IsMember({"table", "json"}));
    app_.add_option("--timeout", words_.timeout, "seconds that one call may take")
        ->check(CLI::Range(0.1, 600.0));
    app_.add_option("--operator", options_.operatorName, "your name in the audit");
    addReaders();
    addChanges(app_, Command::Change);
    CLI::App& preview
        = *app_.add_subcommand("preview", "show what a change would do, apply nothing");
    preview.require_subcommand(1)->fallthrough();
    addChanges(preview, Command::Preview);
    CLI::App& apply
        = *app_.add_subcommand("apply", "preview and apply without asking, for scripts");
    apply.require_subcommand(1)->fallthrough();
    addChanges(apply, Command::Apply);
}

CLI::App* Parser::addCommand(CLI::App& parent, const char* name, const char* text, Command command)
{
    CLI::App* added = parent.add_subcommand(name, text);
    added->fallthrough();
    added->callback([this, command] { options_.command = command; });
    return added;
}

void Parser::addReaders()
{
    CLI::App* top = addCommand(app_, "top", "the fleet, live", Command::Top);
    top->add_option("--interval", words_.interval, "seconds between pictures")
        ->check(CLI::Range(0.1, 60.0));
    top->add_flag("--once", words_.once, "one picture, then end");

    CLI::App& get = *app_.add_subcommand("get", "ask once");
    get.require_subcommand(1)->fallthrough();
    addCommand(get, "fleet", "summary, pools and agents", Command::GetFleet);
    addCommand(get, "pools", "pools with their members and load", Command::GetPools);
    addCommand(get, "agents", "agents with addresses, engines and versions", Command::GetAgents);
    addCommand(get, "requests", "what is open on agents right now, oldest first",
               Command::GetRequests)
        ->add_option("AGENT", options_.change.agents, "ids of agents")
        ->required();
    addCommand(get, "policy", "what people decided", Command::GetPolicy);
    CLI::App* audit = addCommand(get, "audit", "who changed what, and why", Command::GetAudit);
    audit->add_option("--count", options_.count, "how many, newest first")
        ->check(CLI::Range(1, 1000));
    audit->add_option("--before", options_.beforeNumber, "only records below this number");
    audit->add_flag("--verify", words_.verify, "check the chain of hashes over all of them");
    CLI::App* events = addCommand(get, "events", "what happened lately", Command::GetEvents);
    events->add_option("--count", options_.count, "how many, newest last")
        ->check(CLI::Range(1, 1000));
    events->add_option("--agent", options_.agent, "only of this agent");

    CLI::App* watch
        = addCommand(app_, "watch", "changes of state and events, as they happen", Command::Watch);
    watch->add_option("--agent", options_.agent, "only of this agent");
    CLI::App* probe
        = addCommand(app_, "probe", "let agents ask their engine for one token, now",
                     Command::Probe);
    probe->add_option("AGENT", options_.change.agents, "ids of agents")->required();
    CLI::App* explain = addCommand(app_, "explain", "why a request went where it went",
                                   Command::Explain);
    explain->add_option("ID", options_.requestId, "as the answer's x-request-id says")->required();
    addCommand(app_, "version", "of this program and of the agent that answers", Command::Version);
}

void Parser::addChangeOptions(CLI::App& verb, Command command)
{
    ChangeOptions& change = options_.change;
    if (command == Command::Preview)
        return;
    verb.add_option("--cause", change.cause, "why, for the audit; asked for on a terminal");
    verb.add_option("--override", change.overrideName,
                    "apply although refused: the name of the pool or agent, typed out");
    verb.add_option("--request-id", change.requestId,
                    "the same id twice is applied once; default: a new one");
    verb.add_option("--wait", words_.wait, "follow for at most this long (90s, 10m), then exit 6");
    verb.add_flag("--no-wait", words_.noWait, "do not follow what becomes of it");
    if (command == Command::Change)
        verb.add_flag("--yes,-y", words_.yes, "do not ask");
}

CLI::App* Parser::addChange(CLI::App& parent, Command command, const char* name, const char* text,
                            ChangeOptions::Verb verb)
{
    CLI::App* added = parent.add_subcommand(name, text);
    added->fallthrough();
    added->callback([this, command, verb] {
        options_.command = command;
        options_.change.verb = verb;
    });
    addChangeOptions(*added, command);
    return added;
}

void Parser::addRouteChanges(CLI::App& parent, Command command)
{
    using Verb = ChangeOptions::Verb;
    ChangeOptions& change = options_.change;
    CLI::App* failover = addChange(parent, command, "failover",
                                   "move a route to its standby pool, in one step", Verb::Failover);
    failover->add_option("--to", change.pool, "the pool to go to; default: its first fallback");
    CLI::App* failback = addChange(parent, command, "failback",
                                   "bring a route back to where it failed over from",
                                   Verb::Failback);
    CLI::App* weights = addChange(parent, command, "weights",
                                  "share a route out between its pools", Verb::Weights);
    for (CLI::App* added : {failover, failback, weights}) {
        added->add_option("ROUTE", change.route, "name of the route")->required();
        added->add_option("--leave-out", change.agents,
                          "this agent of the pools it goes to is drained in the same step");
    }
    weights
        ->add_option("POOL=WEIGHT", words_.weights,
                     "0 = none; pools that are not named keep what they have")
        ->required();
}

void Parser::addScale(CLI::App& parent, Command command)
{
    ChangeOptions& change = options_.change;
    CLI::App* scale = addChange(parent, command, "scale", "give a pool another number of instances",
                                ChangeOptions::Verb::Scale);
    scale->add_option("POOL", change.pool, "name of the pool")->required();
    scale->add_option("N", change.desired, "instances that it shall have, all counted")
        ->required()
        ->check(CLI::Range(std::uint32_t{0}, std::uint32_t{100'000}));
    scale->add_option("--victim", change.agents,
                      "agent that goes when there are to be fewer; default: who has the least open "
                      "work");
}

void Parser::addChanges(CLI::App& parent, Command command)
{
    addScale(parent, command);
    using Verb = ChangeOptions::Verb;
    for (const auto& [name, text, verb] :
         {std::tuple{"drain", "no new requests; what runs ends where it is", Verb::Drain},
          std::tuple{"undrain", "take new requests again", Verb::Undrain}}) {
        CLI::App* added = addChange(parent, command, name, text, verb);
        added->add_option("AGENT", options_.change.agents, "ids of agents");
        added->add_option("--pool", options_.change.pool, "every agent of this pool");
        if (command == Command::Change)
            added->add_flag("--by-hand", words_.byHand,
                            "at the agent itself while the store is away; a drain ends after an "
                            "hour");
        if (verb == Verb::Drain)
            added->add_option("--deadline", words_.deadline,
                              "when the operator decides about what is left (10m, 2h); default: "
                              "wait without end");
    }
    addRouteChanges(parent, command);
    CLI::App* undo = addChange(parent, command, "undo", "the inverse of a change, as a new change",
                               Verb::Undo);
    undo->add_option("NUMBER", options_.change.auditNumber, "of the audit record")
        ->required()
        ->check(CLI::PositiveNumber);
}

std::string Parser::finishNames()
{
    using Verb = ChangeOptions::Verb;
    ChangeOptions& change = options_.change;
    const bool isOfAgents = change.verb == Verb::Drain || change.verb == Verb::Undrain;
    if (isOfAgents && change.agents.empty() == change.pool.empty())
        return "name agents, or one pool with --pool";
    for (const std::string& agent : change.agents) {
        if (!base::isValidName(agent))
            return "\"" + agent + "\" is no agent's id (lower-case letters, digits, . _ -)";
    }
    return change.verb == Verb::Weights ? finishWeights() : "";
}

std::string Parser::finishWeights()
{
    constexpr std::uint32_t kMost = 1'000'000;
    for (const std::string& word : words_.weights) {
        const std::size_t at = word.find('=');
        model::RouteTarget target;
        target.pool = word.substr(0, at);
        const char* end = word.data() + word.size();
        const char* begin = at == std::string::npos ? end : word.data() + at + 1;
        const auto read = std::from_chars(begin, end, target.weight);
        const bool isNumber = begin != end && read.ec == std::errc() && read.ptr == end;
        if (target.pool.empty() || !isNumber || target.weight > kMost)
            return "\"" + word + "\" is no weight; write POOL=NUMBER, 0 to 1000000";
        options_.change.weights.push_back(std::move(target));
    }
    return "";
}

std::string Parser::finishTimes()
{
    ChangeOptions& change = options_.change;
    if (!words_.deadline.empty()) {
        const auto deadline = durationFromText(words_.deadline);
        if (!deadline)
            return "--deadline " + words_.deadline + " is no duration; write 90s, 10m or 2h";
        change.deadlineMs = *deadline;
    }
    if (!words_.wait.empty()) {
        const auto wait = durationFromText(words_.wait);
        if (!wait)
            return "--wait " + words_.wait + " is no duration; write 90s, 10m or 2h";
        change.waitMs = *wait;
    }
    return "";
}

std::string Parser::finishChange()
{
    ChangeOptions& change = options_.change;
    const bool isChange = options_.command == Command::Change || options_.command == Command::Apply
        || options_.command == Command::Preview;
    if (!isChange)
        return "";
    if (const std::string problem = finishNames(); !problem.empty())
        return problem;
    if (options_.command == Command::Apply && change.cause.empty())
        return "apply takes --cause: the audit keeps why";
    if (change.cause.size() > 256)
        return "--cause is at most 256 bytes";
    if (const std::string problem = finishTimes(); !problem.empty())
        return problem;
    if (words_.byHand) {
        if (change.agents.size() != 1 || !change.pool.empty())
            return "--by-hand takes one agent: each is asked itself";
        if (!words_.deadline.empty() || !change.overrideName.empty())
            return "--by-hand takes neither --deadline nor --override";
        options_.command = Command::ByHand;
    }
    change.answer = words_.yes || options_.command == Command::Apply ? Answer::Yes : Answer::Ask;
    change.follow = words_.noWait ? Follow::No : Follow::Yes;
    // A script's apply returns when it is applied, unless it is told how long to follow.
    if (options_.command == Command::Apply && words_.wait.empty())
        change.follow = Follow::No;
    return "";
}

std::string Parser::finish()
{
    options_.addresses = client::splitAddresses(words_.fleet);
    if (options_.addresses.empty())
        options_.addresses.emplace_back(kDefaultAddress);
    options_.output = words_.output == "json" ? Output::Json : Output::Table;
    options_.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(words_.timeout * 1000));
    options_.interval
        = std::chrono::milliseconds(static_cast<std::int64_t>(words_.interval * 1000));
    options_.repeat = words_.once ? Follow::No : Follow::Yes;
    options_.check = words_.verify ? Check::Chain : Check::No;
    return finishChange();
}

Parsed Parser::parse(int argumentCount, const char* const* arguments)
{
    try {
        app_.parse(argumentCount, arguments);
    } catch (const CLI::ParseError& problem) { // CLI11's way to say so
        std::ostringstream out;
        std::ostringstream err;
        const int code = app_.exit(problem, out, err);
        const auto exitCode = code == 0 ? ExitCode::Done : ExitCode::Usage;
        return {std::nullopt, static_cast<int>(exitCode), code == 0 ? out.str() : err.str()};
    }
    if (const std::string problem = finish(); !problem.empty())
        return {std::nullopt, static_cast<int>(ExitCode::Usage), "signalboxctl: " + problem + "\n"};
    return {std::move(options_), 0, ""};
}

} // namespace

Parsed parseOptions(int argumentCount, const char* const* arguments)
{
    return Parser().parse(argumentCount, arguments);
}

} // namespace signalbox::ctl
