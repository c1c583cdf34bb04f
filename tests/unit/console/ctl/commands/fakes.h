// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/ctl/commands/commands.h"
#include "tests/unit/console/ctl/fleet_values.h"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace signalbox::ctl::tests {

// A fleet that answers what the test put into it and remembers what it was asked.
class FakeFleet final : public Fleet {
public:
    base::Status watch(std::chrono::milliseconds) override { return watchStatus; }

    // Each look may change the fleet first; time moves by what the terminal waited.
    Picture picture() override
    {
        if (onLook)
            onLook(*this);
        Picture copy = now;
        copy.nowUnixMs = nowMs;
        return copy;
    }

    base::Result<model::Preview> preview(const model::Edit& edit) override
    {
        previewedEdits.push_back(edit);
        return previewAnswer;
    }
    base::Result<model::Preview> previewUndo(std::uint64_t number) override
    {
        previewedUndos.push_back(number);
        return previewAnswer;
    }
    base::Result<ApplyAnswer> apply(const model::Plan&, const model::ApplyOptions& options) override
    {
        applied.push_back(options);
        return applyAnswer;
    }
    base::Result<model::Convergence> convergence(base::Revision revision,
                                                 const std::vector<std::string>&) override
    {
        model::Convergence answer = convergenceAnswer;
        answer.revision = revision;
        return answer;
    }
    base::Result<std::vector<model::AuditRecord>> audit(std::uint64_t before,
                                                        std::uint32_t count) override
    {
        std::vector<model::AuditRecord> page;
        for (auto record = records.rbegin(); record != records.rend() && page.size() < count;
             ++record) {
            if (before == 0 || record->number < before)
                page.push_back(*record);
        }
        return page;
    }
    base::Result<PolicyAnswer> policy() override { return policyAnswer; }
    base::Result<AgentAnswer> agent() override { return agentAnswer; }
    base::Result<std::int64_t> overrideLocally(const AgentFacts& at, model::Admin admin,
                                               const model::ApplyOptions&) override
    {
        overridden.emplace_back(at.state.record.id.str(), admin);
        return overrideAnswer;
    }
    base::Result<model::ProbeReport> probeNow(const std::string& agent) override
    {
        const auto found = probeAnswers.find(agent);
        if (found == probeAnswers.end())
            return base::Error(base::Code::NotFound, "there is no agent '" + agent + "' here");
        return found->second;
    }
    base::Result<model::OpenExchangeList> openExchanges(const std::string& agent) override
    {
        const auto found = openAnswers.find(agent);
        if (found == openAnswers.end())
            return base::Error(base::Code::NotFound, "there is no agent '" + agent + "' here");
        return found->second;
    }
    base::Result<model::Decision> findDecision(const std::string& requestId) override
    {
        if (decision.requestId != requestId)
            return base::Error(base::Code::NotFound, "no agent has kept it");
        return decision;
    }
    std::string hashOf(const model::AuditRecord& record) const override
    {
        return "hash of " + std::to_string(record.number) + record.cause;
    }
    std::int64_t nowUnixMs() const override { return nowMs; }

    Picture now = smallFleet();
    std::int64_t nowMs = kNow;
    std::function<void(FakeFleet&)> onLook;
    base::Status watchStatus;
    base::Result<model::Preview> previewAnswer = model::Preview();
    base::Result<ApplyAnswer> applyAnswer = ApplyAnswer();
    base::Result<PolicyAnswer> policyAnswer = PolicyAnswer();
    base::Result<AgentAnswer> agentAnswer = AgentAnswer();
    base::Result<std::int64_t> overrideAnswer = std::int64_t{0};
    model::Convergence convergenceAnswer;
    std::map<std::string, model::ProbeReport> probeAnswers;
    std::map<std::string, model::OpenExchangeList> openAnswers;
    model::Decision decision; // the only one that is kept
    std::vector<std::pair<std::string, model::Admin>> overridden;
    std::vector<model::AuditRecord> records; // oldest first
    std::vector<model::Edit> previewedEdits;
    std::vector<std::uint64_t> previewedUndos;
    std::vector<model::ApplyOptions> applied;
};

// A terminal of text: answers come from a list, waiting moves the fleet's clock.
class FakeTerminal final : public Terminal {
public:
    explicit FakeTerminal(FakeFleet& fleet)
        : fleet_(fleet)
    {
    }

    bool isInteractive() const override { return interactive; }
    bool canAsk() const override { return interactive; }
    Colour colour() const override { return Colour::Off; }
    std::size_t columns() const override { return interactive ? 100 : 0; }
    std::size_t rows() const override { return interactive ? 24 : 0; }
    void print(std::string_view line) override { out += std::string(line) + "\n"; }
    void complain(std::string_view line) override { err += std::string(line) + "\n"; }
    void progress(const std::string& line) override { progressLines.push_back(line); }
    void endProgress() override { }
    std::string ask(std::string_view question) override
    {
        questions.emplace_back(question);
        if (answers.empty())
            return "";
        std::string answer = answers.front();
        answers.pop_front();
        return answer;
    }
    void enterScreen() override { ++screens; }
    void leaveScreen() override { --screens; }
    void draw(const std::vector<std::string>& lines) override { frames.push_back(lines); }
    char waitForKey(std::chrono::milliseconds time) override
    {
        fleet_.nowMs += time.count();
        waits += 1;
        if (waits >= interruptAfter)
            isInterrupted = true;
        return key;
    }
    bool interrupted() const override { return isInterrupted; }
    bool readerGone() const override { return false; }

    bool interactive = false;
    bool isInterrupted = false;
    int interruptAfter = 1000;
    int waits = 0;
    int screens = 0;
    char key = '\0';
    std::deque<std::string> answers;
    std::vector<std::string> questions;
    std::vector<std::string> progressLines;
    std::vector<std::vector<std::string>> frames;
    std::string out;
    std::string err;

private:
    FakeFleet& fleet_;
};

// Options as the command line would make them.
inline Options optionsFor(std::vector<const char*> words)
{
    words.insert(words.begin(), "signalboxctl");
    Parsed parsed = parseOptions(static_cast<int>(words.size()), words.data());
    return parsed.options.value_or(Options());
}

struct Bench {
    explicit Bench(const std::vector<const char*>& words)
        : options(optionsFor(words))
    {
    }

    ExitCode run()
    {
        Desk desk{options, fleet, terminal};
        return ctl::run(desk);
    }

    Options options;
    FakeFleet fleet;
    FakeTerminal terminal{fleet};
};

} // namespace signalbox::ctl::tests
