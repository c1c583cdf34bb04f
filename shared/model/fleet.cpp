// SPDX-License-Identifier: Apache-2.0
#include "shared/model/fleet.h"

namespace signalbox::model {

std::string_view nameOf(AgentKind kind)
{
    switch (kind) {
    case AgentKind::Gateway: return "gateway";
    case AgentKind::Instance: return "instance";
    }
    return "instance";
}

} // namespace signalbox::model
