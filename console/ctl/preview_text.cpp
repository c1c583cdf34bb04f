// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/preview_text.h"

#include "console/ctl/fleet_tables.h"
#include "console/ctl/units.h"

#include <fmt/format.h>

namespace signalbox::ctl {

namespace {

std::optional<double> known(double value)
{
    return value < 0 ? std::nullopt : std::optional(value);
}

std::string survivorLine(const model::SurvivorLoad& load)
{
    std::string line = fmt::format("  pool {}: ready {} -> {}", safeText(load.pool),
                                   load.readyBefore, load.readyAfter);
    if (known(load.utilisationBefore) || known(load.utilisationAfter))
        line += fmt::format(", utilisation {} -> {}", percentText(known(load.utilisationBefore)),
                            percentText(known(load.utilisationAfter)));
    if (known(load.ttftBeforeMs) || known(load.ttftAfterMs))
        line += fmt::format(", TTFT {} -> {} (predicted)",
                            millisecondsText(known(load.ttftBeforeMs)),
                            millisecondsText(known(load.ttftAfterMs)));
    if (load.inFlightMoved > 0)
        line += fmt::format("; {} running {} where {}", load.inFlightMoved,
                            load.inFlightMoved == 1 ? "request ends" : "requests end",
                            load.inFlightMoved == 1 ? "it is" : "they are");
    return line;
}

std::string ageText(std::int64_t ageMs)
{
    return ageMs < 0 ? "never seen" : durationText(ageMs) + " ago";
}

// What is proven of one member, or what is missing.
std::string proofLine(const model::StandbyProof& proof)
{
    if (proof.verdict == model::ProofVerdict::LeftOut)
        return fmt::format("  proof {}: left out, it {}", safeText(proof.agent),
                           safeText(proof.problem));
    std::string line = fmt::format(
        "  proof {}: {}, model {}, last token {}, last probe {}", safeText(proof.agent),
        nameOf(proof.health.state), proof.modelListed ? "listed" : "not listed",
        ageText(proof.lastTokenAgeMs), ageText(proof.lastProbeAgeMs));
    if (proof.verdict == model::ProofVerdict::Unproven)
        line += "; UNPROVEN: it " + safeText(proof.problem);
    if (proof.verdict == model::ProofVerdict::NotReady)
        line += "; gets no requests";
    return line;
}

// What can be done about members that are not proven, ready to be typed.
std::string wayOut(const std::vector<model::StandbyProof>& proofs)
{
    std::vector<std::string> unproven;
    for (const model::StandbyProof& proof : proofs) {
        const bool isAgent = proof.agent.find("://") == std::string::npos;
        if (proof.verdict == model::ProofVerdict::Unproven && isAgent)
            unproven.push_back(safeText(proof.agent));
    }
    if (unproven.empty())
        return "";
    return fmt::format("    `signalboxctl probe {}` asks for a token now; `--leave-out AGENT` goes "
                       "without it",
                       fmt::join(unproven, " "));
}

std::string agentList(const std::vector<std::string>& agents)
{
    constexpr std::size_t kShown = 8;
    std::string list;
    for (std::size_t at = 0; at < agents.size() && at < kShown; ++at)
        list += (at == 0 ? "" : ", ") + safeText(agents[at]);
    if (agents.size() > kShown)
        list += fmt::format(" and {} more", agents.size() - kShown);
    return list;
}

} // namespace

std::vector<std::string> previewLines(const model::Preview& preview, std::int64_t nowUnixMs)
{
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{} (on policy revision {})", safeText(editText(preview.plan.edit)),
                                preview.plan.baseRevision));
    if (preview.plan.undoes != 0)
        lines.push_back(fmt::format("  undoes audit record {}", preview.plan.undoes));
    if (preview.diff.empty())
        lines.emplace_back("  changes nothing: it is so already");
    for (const model::DiffLine& line : preview.diff)
        lines.push_back(fmt::format("  {} {} {}: {} -> {}", safeText(line.kind),
                                    safeText(line.name), safeText(line.field),
                                    safeText(line.before), safeText(line.after)));
    if (!preview.agents.empty())
        lines.push_back("  alters " + agentList(preview.agents));
    for (const model::SurvivorLoad& load : preview.survivors)
        lines.push_back(survivorLine(load));
    for (const model::StandbyProof& proof : preview.proofs)
        lines.push_back(proofLine(proof));
    for (const std::string& warning : preview.warnings)
        lines.push_back("  ! " + safeText(warning));
    if (!preview.refusal.empty())
        lines.push_back("  REFUSED: " + safeText(preview.refusal));
    if (std::string way = wayOut(preview.proofs); !way.empty())
        lines.push_back(std::move(way));
    if (preview.plan.expiresUnixMs > nowUnixMs)
        lines.push_back("  this plan holds for "
                        + durationText(preview.plan.expiresUnixMs - nowUnixMs));
    return lines;
}

} // namespace signalbox::ctl
