// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/standby_proof.h"

#include "shared/base/limits.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::control {

namespace {

using model::ProofVerdict;
using model::StandbyProof;

constexpr std::size_t kNamesShown = 4; // in one sentence

// One pool being proven. Lives on: the calling thread.
class Proving {
public:
    Proving(const model::Pool& pool, const model::Route& route, const PreviewInputs& inputs,
            const model::Policy& after)
        : pool_(pool), inputs_(inputs), after_(after)
    {
        models_ = route.aliases;
        models_.insert(models_.begin(), route.model);
        if (!pool.model.empty())
            models_ = {pool.model};
    }

    PoolProof run()
    {
        for (const auto& [id, record] : inputs_.fleet->agents) {
            if (record.pool == pool_.name)
                proof_.members.push_back(proofOfAgent(record));
        }
        const std::vector<std::string> ready = readyStatics(pool_, inputs_);
        for (const model::StaticMember& member : pool_.members)
            proof_.members.push_back(proofOfStatic(member, ready));
        judge();
        std::stable_sort(proof_.members.begin(), proof_.members.end(),
                         [](const StandbyProof& a, const StandbyProof& b) {
                             return a.verdict < b.verdict;
                         });
        if (proof_.members.size() > limits::kProofsShown)
            proof_.members.resize(limits::kProofsShown);
        return std::move(proof_);
    }

private:
    StandbyProof proofOfAgent(const model::AgentRecord& record) const
    {
        StandbyProof proof;
        proof.pool = pool_.name;
        proof.agent = record.id.str();
        proof.health = verdictOf(record, inputs_);
        const std::string missing = missingModel(record.engine.models);
        proof.modelListed = missing.empty();
        if (const auto facts = inputs_.live->freshFactsOf(proof.agent)) {
            const model::LoadReport& load = facts->state.load;
            if (load.lastTokenAgeMs != 0)
                proof.lastTokenAgeMs
                    = static_cast<std::int64_t>(load.lastTokenAgeMs) + facts->ageMs;
            if (load.lastProbeAgeMs != 0)
                proof.lastProbeAgeMs
                    = static_cast<std::int64_t>(load.lastProbeAgeMs) + facts->ageMs;
        }
        decide(record, missing, proof);
        return proof;
    }

    void decide(const model::AgentRecord& record, const std::string& missing,
                StandbyProof& proof) const
    {
        if (!after_.takesNewWork(proof.agent, record.pool)) {
            proof.verdict = ProofVerdict::LeftOut;
            proof.problem = fmt::format("is in {}", nameOf(after_.adminOf(proof.agent)));
        } else if (!inputs_.fleet->isPresent(proof.agent)) {
            proof.verdict = ProofVerdict::NotReady;
            proof.problem = "is not registered now";
        } else if (!isReady(record, after_, inputs_)) {
            proof.verdict = ProofVerdict::NotReady;
            proof.problem = fmt::format("is {}", nameOf(proof.health.state));
        } else if (!missing.empty()) {
            proof.verdict = ProofVerdict::Unproven;
            proof.problem = fmt::format("does not list model {}", missing);
        } else if (proof.lastTokenAgeMs < 0) {
            proof.verdict = ProofVerdict::Unproven;
            proof.problem = "has given no token that is known here";
        } else if (proof.lastTokenAgeMs > kTokenProofMs) {
            proof.verdict = ProofVerdict::Unproven;
            proof.problem = fmt::format("has given no token for {}",
                                        model::spanText(proof.lastTokenAgeMs));
        } else {
            proof.verdict = ProofVerdict::Proven;
        }
    }

    // Nobody is beside it who could ask for a token or count them.
    StandbyProof proofOfStatic(const model::StaticMember& member,
                               const std::vector<std::string>& ready) const
    {
        StandbyProof proof;
        proof.pool = pool_.name;
        proof.agent = member.url;
        const bool isSeen
            = std::any_of(ready.begin(), ready.end(), [&](const std::string& address) {
                  return member.url.ends_with("//" + address);
              });
        proof.health.state = isSeen ? model::Health::Ready : model::Health::Unknown;
        proof.verdict = isSeen ? ProofVerdict::Unproven : ProofVerdict::NotReady;
        proof.problem = isSeen ? "has no agent that could ask it for a token"
                               : "is not seen ready by any gateway";
        return proof;
    }

    // The first of the models that the engine does not list; empty = it lists them all.
    std::string missingModel(const std::vector<std::string>& listed) const
    {
        for (const std::string& model : models_) {
            if (std::find(listed.begin(), listed.end(), model) == listed.end())
                return model;
        }
        return "";
    }

    void judge()
    {
        std::vector<std::string> unproven;
        bool isAnyProven = false;
        for (const StandbyProof& member : proof_.members) {
            isAnyProven = isAnyProven || member.verdict == ProofVerdict::Proven;
            if (member.verdict == ProofVerdict::Unproven)
                unproven.push_back(fmt::format("{} {}", member.agent, member.problem));
            else if (member.verdict == ProofVerdict::NotReady)
                proof_.notes.push_back(fmt::format("{} of pool {} {}: it gets no requests",
                                                   member.agent, pool_.name, member.problem));
        }
        if (unproven.size() > kNamesShown) {
            const std::size_t more = unproven.size() - kNamesShown;
            unproven.resize(kNamesShown);
            unproven.push_back(fmt::format("and {} more", more));
        }
        if (!unproven.empty())
            proof_.missing = fmt::format("{}", fmt::join(unproven, ", "));
        else if (!isAnyProven)
            proof_.missing = "no member of it is ready";
    }

    const model::Pool& pool_;
    const PreviewInputs& inputs_;
    const model::Policy& after_;
    std::vector<std::string> models_; // that its engines will be asked for
    PoolProof proof_;
};

} // namespace

PoolProof proofOf(const model::Pool& pool, const model::Route& route, const PreviewInputs& inputs,
                  const model::Policy& after)
{
    return Proving(pool, route, inputs, after).run();
}

} // namespace signalbox::control
