// SPDX-License-Identifier: Apache-2.0
#include "shared/model/command.h"

#include "shared/model/answers.h"

namespace signalbox::model {

std::string_view nameOf(Verb verb)
{
    switch (verb) {
    case Verb::Drain: return "drain";
    case Verb::Undrain: return "undrain";
    case Verb::SetAdmin: return "set_admin";
    case Verb::Failover: return "failover";
    case Verb::Failback: return "failback";
    case Verb::SetWeights: return "weights";
    }
    return "unknown";
}

std::string_view nameOf(ProofVerdict verdict)
{
    switch (verdict) {
    case ProofVerdict::Unproven: return "unproven";
    case ProofVerdict::NotReady: return "not_ready";
    case ProofVerdict::LeftOut: return "left_out";
    case ProofVerdict::Proven: return "proven";
    }
    return "unproven";
}

std::string_view nameOf(ProbeReport::Result result)
{
    switch (result) {
    case ProbeReport::Result::Token: return "token";
    case ProbeReport::Result::Silent: return "silent";
    case ProbeReport::Result::Refused: return "refused";
    }
    return "silent";
}

} // namespace signalbox::model
