// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proto/signalbox/v1/command.pb.h"
#include "proto/signalbox/v1/command_service.pb.h"
#include "proto/signalbox/v1/fleet.pb.h"
#include "proto/signalbox/v1/policy.pb.h"
#include "proto/signalbox/v1/telemetry.pb.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/base/result.h"
#include "shared/model/answers.h"
#include "shared/model/command.h"
#include "shared/model/fleet.h"
#include "shared/model/open_exchange.h"
#include "shared/model/policy.h"
#include "shared/model/sample.h"
#include "shared/model/telemetry.h"

#include <string>

// The wire's enums are the model's in the same order, one higher: zero is UNSPECIFIED and refused.
namespace signalbox::wire::detail {

template <typename Model, typename Wire>
Wire enumToWire(Model value)
{
    return static_cast<Wire>(static_cast<int>(value) + 1);
}

template <typename Model>
base::Result<Model> enumFromWire(int value, int count, const char* what)
{
    if (value <= 0 || value > count) {
        return base::Error(base::Code::InvalidArgument,
                           std::string(what) + " is not set or not known here");
    }
    return static_cast<Model>(value - 1);
}

inline v1::Health toWire(model::Health value)
{
    return enumToWire<model::Health, v1::Health>(value);
}
inline v1::Admin toWire(model::Admin value) { return enumToWire<model::Admin, v1::Admin>(value); }
inline v1::AgentKind toWire(model::AgentKind value)
{
    return enumToWire<model::AgentKind, v1::AgentKind>(value);
}
inline v1::DrainPhase toWire(model::DrainPhase value)
{
    return enumToWire<model::DrainPhase, v1::DrainPhase>(value);
}
inline v1::BreakerState toWire(model::Breaker value)
{
    return enumToWire<model::Breaker, v1::BreakerState>(value);
}
inline v1::AccessMode toWire(model::AccessMode value)
{
    return enumToWire<model::AccessMode, v1::AccessMode>(value);
}
inline v1::ScalerKind toWire(model::ScalerKind value)
{
    return enumToWire<model::ScalerKind, v1::ScalerKind>(value);
}
inline v1::PairState toWire(model::PairState value)
{
    return enumToWire<model::PairState, v1::PairState>(value);
}
inline v1::Verb toWire(model::Verb value) { return enumToWire<model::Verb, v1::Verb>(value); }
inline v1::ProofVerdict toWire(model::ProofVerdict value)
{
    return enumToWire<model::ProofVerdict, v1::ProofVerdict>(value);
}
inline v1::ProbeResult toWire(model::ProbeReport::Result value)
{
    return enumToWire<model::ProbeReport::Result, v1::ProbeResult>(value);
}
inline v1::Severity toWire(model::Severity value)
{
    return enumToWire<model::Severity, v1::Severity>(value);
}
inline v1::SeriesKind toWire(model::SeriesKind value)
{
    return enumToWire<model::SeriesKind, v1::SeriesKind>(value);
}

inline v1::ApplyOutcome toWire(model::ApplyAnswer::Outcome value)
{
    return enumToWire<model::ApplyAnswer::Outcome, v1::ApplyOutcome>(value);
}
inline v1::TelemetryScope toWire(model::TelemetryScope value)
{
    return enumToWire<model::TelemetryScope, v1::TelemetryScope>(value);
}
inline v1::ExchangePhase toWire(model::ExchangePhase value)
{
    return enumToWire<model::ExchangePhase, v1::ExchangePhase>(value);
}
inline v1::SampleWish toWire(model::SampleWish value)
{
    return enumToWire<model::SampleWish, v1::SampleWish>(value);
}

inline base::Result<model::Health> fromWire(v1::Health value)
{
    return enumFromWire<model::Health>(value, 8, "health");
}
inline base::Result<model::Admin> fromWire(v1::Admin value)
{
    return enumFromWire<model::Admin>(value, 7, "admin");
}
inline base::Result<model::AgentKind> fromWire(v1::AgentKind value)
{
    return enumFromWire<model::AgentKind>(value, 2, "agent kind");
}
inline base::Result<model::DrainPhase> fromWire(v1::DrainPhase value)
{
    return enumFromWire<model::DrainPhase>(value, 3, "drain phase");
}
inline base::Result<model::Breaker> fromWire(v1::BreakerState value)
{
    return enumFromWire<model::Breaker>(value, 3, "breaker");
}
inline base::Result<model::AccessMode> fromWire(v1::AccessMode value)
{
    return enumFromWire<model::AccessMode>(value, 2, "access mode");
}
inline base::Result<model::ScalerKind> fromWire(v1::ScalerKind value)
{
    return enumFromWire<model::ScalerKind>(value, 1, "kind of scaler");
}
inline base::Result<model::PairState> fromWire(v1::PairState value)
{
    return enumFromWire<model::PairState>(value, 6, "state of a pair");
}
inline base::Result<model::Verb> fromWire(v1::Verb value)
{
    return enumFromWire<model::Verb>(value, 6, "verb");
}
inline base::Result<model::ProofVerdict> fromWire(v1::ProofVerdict value)
{
    return enumFromWire<model::ProofVerdict>(value, 4, "proof");
}
inline base::Result<model::ProbeReport::Result> fromWire(v1::ProbeResult value)
{
    return enumFromWire<model::ProbeReport::Result>(value, 3, "result of a probe");
}
inline base::Result<model::ExchangePhase> fromWire(v1::ExchangePhase value)
{
    return enumFromWire<model::ExchangePhase>(value, 3, "phase of an exchange");
}
inline base::Result<model::Severity> fromWire(v1::Severity value)
{
    return enumFromWire<model::Severity>(value, 3, "severity");
}
inline base::Result<model::SeriesKind> fromWire(v1::SeriesKind value)
{
    return enumFromWire<model::SeriesKind>(value, 2, "series kind");
}

inline base::Result<model::ApplyAnswer::Outcome> fromWire(v1::ApplyOutcome value)
{
    return enumFromWire<model::ApplyAnswer::Outcome>(value, 3, "outcome");
}
inline base::Result<model::TelemetryScope> fromWire(v1::TelemetryScope value)
{
    return enumFromWire<model::TelemetryScope>(value, 2, "scope");
}
inline base::Result<model::SampleWish> fromWire(v1::SampleWish value)
{
    return enumFromWire<model::SampleWish>(value, 2, "wish for samples");
}

// Lists of a peer are bounded before they are copied.
template <typename List>
base::Status checkSize(const List& list, std::size_t most, const char* what)
{
    if (static_cast<std::size_t>(list.size()) > most) {
        return base::Error(base::Code::InvalidArgument,
                           std::string(what) + " has more than " + std::to_string(most)
                               + " entries");
    }
    return {};
}

} // namespace signalbox::wire::detail
