// SPDX-License-Identifier: Apache-2.0
#include "shared/model/command.h"

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

} // namespace signalbox::model
