// SPDX-License-Identifier: Apache-2.0
// Scripts depend on these shapes: a change here is a change of resources/manual/signalboxctl.md.
#include "console/ctl/model_json.h"

#include "tests/unit/console/ctl/fleet_values.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace signalbox::ctl {
namespace {

using namespace tests;

template <typename Write> std::string jsonOf(Write write)
{
    JsonWriter json;
    write(json);
    return json.str();
}

TEST(ModelJson, Agent)
{
    AgentFacts agent = instance("gpu-02");
    agent.values = {{"in_flight", 12}};
    agent.state.admin = model::Admin::Drain;
    agent.state.drain = {model::DrainPhase::Draining, 3, 41'000, kNow};

    EXPECT_EQ(
        jsonOf([&](JsonWriter& json) { writeAgent(json, agent); }),
        R"({"id":"gpu-02","kind":"instance","pool":"chat","zone":"","admin":"drain",)"
        R"("health":{"state":"ready","reason":"","since":"2025-12-31T23:56:48.000Z"},)"
        R"("freshness":"live","age_ms":400,"left":"",)"
        R"("drain":{"phase":"draining","remaining":3,"longest_ms":41000,)"
        R"("since":"2026-01-01T00:00:00.000Z"},)"
        R"("numbers":{"requests_per_second":null,"errors_per_second":null,)"
        R"("retries_per_second":null,"tokens_per_second":null,"in_flight":12,"queued":null,)"
        R"("ttft_p50_ms":null,"ttft_p95_ms":null,"kv_used_ratio":null,"cpu_cores":null,)"
        R"("resident_bytes":null},)"
        R"("addresses":{"serve":"192.0.2.1:8800","control":"192.0.2.1:8801",)"
        R"("observe":"","store":""},)"
        R"("engine":{"url":"http://192.0.2.1:8000","profile":"vllm","version":"0.8.5",)"
        R"("models":["llama"]},"version":"0.1.0","boot_id":"",)"
        R"("started":"2025-12-31T23:00:00.000Z","applied_revision":419,"rejected_revision":0,)"
        R"("rejected_reason":"","store_away_since":null,"snapshot_age_ms":0,"members":[],)"
        R"("started_by":"","scaling":[]})");
}

TEST(ModelJson, Preview)
{
    model::Preview preview;
    preview.plan.edit
        = model::AdminEdit{model::Verb::Drain, "", {{"gpu-02", model::Admin::Drain, 0}}};
    preview.inverse
        = model::AdminEdit{model::Verb::Undrain, "", {{"gpu-02", model::Admin::Run, 0}}};
    preview.plan.baseRevision = 419;
    preview.plan.expiresUnixMs = kNow;
    preview.diff.push_back({"admin", "gpu-02", "admin", "run", "drain"});
    preview.agents = {"gpu-02"};
    preview.survivors.push_back({"chat", 3, 2, 14, 0.4, 0.6, -1, 420});
    preview.warnings = {"2 of 3 remain"};

    EXPECT_EQ(jsonOf([&](JsonWriter& json) { writePreview(json, preview); }),
              R"({"base_revision":419,"undoes":0,"expires":"2026-01-01T00:00:00.000Z",)"
              R"("edit":{"verb":"drain","pool":"","changes":[{"agent":"gpu-02","admin":"drain",)"
              R"("deadline":null}]},"inverse":{"verb":"undrain","pool":"","changes":)"
              R"([{"agent":"gpu-02","admin":"run","deadline":null}]},)"
              R"("diff":[{"kind":"admin","name":"gpu-02","field":"admin","before":"run",)"
              R"("after":"drain"}],"agents":["gpu-02"],"survivors":[{"pool":"chat",)"
              R"("ready_before":3,"ready_after":2,"in_flight_moved":14,"utilisation_before":0.4,)"
              R"("utilisation_after":0.6,"ttft_before_ms":null,"ttft_after_ms":420}],)"
              R"("proofs":[],"warnings":["2 of 3 remain"],"refusal":""})");
}

TEST(ModelJson, AnEditOfARoute)
{
    model::Preview preview;
    model::RouteEdit edit{model::Verb::Failover, "chat", "spare"};
    edit.members = {{"by-01", model::Admin::Drain, 0}};
    preview.plan.edit = edit;
    model::RouteEdit back{model::Verb::Failback, "chat"};
    back.restore = model::RouteRestore{{{{"chat", 100}}, {"spare"}}, {}};
    preview.inverse = back;
    preview.proofs.push_back({"spare", "by-02", model::ProofVerdict::Unproven,
                              {model::Health::Ready, "", 0}, true, -1, 800, "has given no token"});

    EXPECT_EQ(jsonOf([&](JsonWriter& json) { writePreview(json, preview); }),
              R"({"base_revision":0,"undoes":0,"expires":null,)"
              R"("edit":{"verb":"failover","route":"chat","to_pool":"spare","targets":[],)"
              R"("left_out":[{"agent":"by-01","admin":"drain","deadline":null}],"restore":null},)"
              R"("inverse":{"verb":"failback","route":"chat","to_pool":"","targets":[],)"
              R"("left_out":[],"restore":{"placement":{"targets":[{"pool":"chat","weight":100}],)"
              R"("fallbacks":["spare"]},"home":null}},"diff":[],"agents":[],"survivors":[],)"
              R"("proofs":[{"pool":"spare","agent":"by-02","verdict":"unproven","health":"ready",)"
              R"("reason":"","model_listed":true,"last_token_age_ms":null,)"
              R"("last_probe_age_ms":800,"problem":"has given no token"}],)"
              R"("warnings":[],"refusal":""})");
}

TEST(ModelJson, PolicyHidesKeyHashes)
{
    PolicyAnswer answer;
    answer.policy.revision = 419;
    answer.policy.keys["k1"] = {"k1", "acme", std::string(64, 'a'), {"llama"}};
    answer.policy.pools["chat"] = {"chat", "llama", {}, 1};
    answer.policy.routes["r"] = {"r", "gpt", {"g"}, {{"chat", 100}}, {}};
    answer.policy.admin["gpu-02"] = {"gpu-02", model::Admin::Drain, 0, "kernel"};

    EXPECT_EQ(jsonOf([&](JsonWriter& json) { writePolicy(json, answer); }),
              R"({"revision":419,"store_away_since":null,"access":{"mode":"keys"},)"
              R"("keys":[{"id":"k1","tenant":"acme","models":["llama"]}],)"
              R"("pools":[{"name":"chat","model":"llama","ready_floor":1,"members":[],)"
              R"("scale":null}],)"
              R"("routes":[{"name":"r","model":"gpt","aliases":["g"],)"
              R"("targets":[{"pool":"chat","weight":100}],"fallbacks":[],)"
              R"("larger_context":[],"failed_over_from":null}],)"
              R"("admin":[{"agent":"gpu-02","admin":"drain","deadline":null,)"
              R"("cause":"kernel"}]})");
}

// The names of all fields in some JSON.
std::set<std::string> fieldsOf(const std::string& json)
{
    static const std::regex kField("\"(\\w+)\":");
    std::set<std::string> names;
    for (auto it = std::sregex_iterator(json.begin(), json.end(), kField);
         it != std::sregex_iterator(); ++it)
        names.insert((*it)[1]);
    return names;
}

TEST(ModelJson, TheManualNamesEveryField)
{
    const std::filesystem::path root
        = std::filesystem::path(__FILE__).parent_path() / "../../../..";
    std::ifstream in(root / "resources/manual/signalboxctl.md");
    const std::string manual{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    ASSERT_FALSE(manual.empty());
    AgentFacts agent = gateway("gate-01");
    agent.state.members.emplace_back();
    PolicyAnswer policy;
    policy.policy.keys["k"] = {};
    policy.policy.pools["p"].members.emplace_back();
    policy.policy.routes["r"].targets.emplace_back();
    policy.policy.admin["a"] = {};
    model::AuditRecord record;
    record.edit = model::AdminEdit{model::Verb::Drain, "", {{"gpu-02"}}};
    record.diff.emplace_back();
    record.previewed.emplace_back();
    model::Preview route;
    route.plan.edit = model::RouteEdit{};
    model::RouteEdit back;
    back.restore = model::RouteRestore{{{{"chat", 100}}, {}}, {{{"chat", 100}}, {}}};
    route.inverse = back;
    route.proofs.emplace_back();
    model::Convergence convergence;
    convergence.behind.emplace_back();

    const std::string all = jsonOf([&](JsonWriter& json) {
        json.beginObject();
        writeLink(json, {});
        writeSummary(json, {});
        json.key("x").beginArray();
        writeAgent(json, agent);
        writePool(json, {});
        writePolicy(json, policy);
        writeAudit(json, record);
        writePreview(json, route);
        writeEvent(json, {});
        writeConvergence(json, convergence);
        json.endArray().endObject();
    });

    for (const std::string& field : fieldsOf(all)) {
        const std::regex word("\\b" + field + "\\b");
        EXPECT_TRUE(field == "x" || std::regex_search(manual, word)) << field;
    }
}

TEST(ModelJson, EventAndConvergence)
{
    model::Event event;
    event.unixMs = kNow;
    event.agent = "gpu-03";
    event.sequence = 9;
    event.kind = "health_changed";
    event.severity = model::Severity::Warning;
    model::Convergence convergence{420, 1, 2, 7, 8, {{"gpu-04", 419, 4000, ""}}};

    EXPECT_EQ(jsonOf([&](JsonWriter& json) { writeEvent(json, event); }),
              R"({"at":"2026-01-01T00:00:00.000Z","agent":"gpu-03","sequence":9,)"
              R"("kind":"health_changed","object":"","text":"","severity":"warning"})");
    EXPECT_EQ(jsonOf([&](JsonWriter& json) { writeConvergence(json, convergence); }),
              R"({"revision":420,"altered_applied":1,"altered_total":2,"fleet_applied":7,)"
              R"("fleet_total":8,"behind":[{"agent":"gpu-04","applied_revision":419,)"
              R"("last_seen_ms":4000,"rejected_reason":""}]})");
}

} // namespace
} // namespace signalbox::ctl
