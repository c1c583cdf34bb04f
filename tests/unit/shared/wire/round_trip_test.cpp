// SPDX-License-Identifier: Apache-2.0
// Every message that crosses the wire, with every field set, survives message -> value -> message.
#include "proto/signalbox/v1/audit.pb.h"
#include "proto/signalbox/v1/command_service.pb.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/wire/bounds.h"
#include "shared/wire/wire.h"
#include "tests/unit/shared/wire/filled_message.h"

#include <gtest/gtest.h>

#include <limits>

namespace signalbox::wire {
namespace {

template <typename Value>
Value valueOf(base::Result<Value> result)
{
    EXPECT_TRUE(result) << result.error().text();
    return std::move(*result);
}
template <typename Value>
Value valueOf(Value value)
{
    return value;
}

template <typename Message>
void survives()
{
    for (const auto enums : {Filler::Enums::First, Filler::Enums::Last}) {
        for (int choice = 0; choice < 8; ++choice) {
            Message before;
            Filler(enums, choice).fill(before);
            Message after;
            toWire(valueOf(fromWire(before)), after);
            EXPECT_EQ(after.DebugString(), before.DebugString());
        }
    }
}

TEST(RoundTrip, Fleet)
{
    survives<v1::AgentRecord>();
    survives<v1::AgentState>();
    survives<v1::LoadReport>();
}

TEST(RoundTrip, Policy)
{
    survives<v1::Policy>();
    survives<v1::GetPolicyResponse>();
}

TEST(RoundTrip, Commands)
{
    survives<v1::Edit>();
    survives<v1::Plan>();
    survives<v1::PreviewResponse>();
    survives<v1::ApplyRequest>();
    survives<v1::ApplyResponse>();
    survives<v1::GetConvergenceResponse>();
    survives<v1::AuditRecord>();
    survives<v1::ProbeNowResponse>();
}

TEST(RoundTrip, Telemetry)
{
    survives<v1::Event>();
    survives<v1::SeriesKey>();
    survives<v1::TelemetryItem>();
    survives<v1::TelemetryBatch>();
    survives<v1::WatchTelemetryRequest>();
    survives<v1::GetAgentResponse>();
    survives<v1::ListOpenExchangesResponse>();
    survives<v1::FindDecisionResponse>();
}

// Enum fields, at every depth, set to `value` one after the other.
template <typename Message>
void refusesEnum(int value)
{
    Message whole;
    Filler(Filler::Enums::First, 0).fill(whole);
    const auto* descriptor = whole.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
        const auto* field = descriptor->field(i);
        if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_ENUM)
            continue;
        Message wrong = whole;
        wrong.GetReflection()->SetEnumValue(&wrong, field, value);
        const auto result = fromWire(wrong);
        ASSERT_FALSE(result) << field->full_name();
        EXPECT_EQ(result.error().code(), base::Code::InvalidArgument);
    }
}

TEST(FromWire, RefusesEnumsThatSayNothingOrNothingKnown)
{
    for (const int value : {0, 99, -1}) {
        refusesEnum<v1::AgentRecord>(value);
        refusesEnum<v1::AgentState>(value);
        refusesEnum<v1::Event>(value);
        refusesEnum<v1::SeriesKey>(value);
        refusesEnum<v1::WatchTelemetryRequest>(value);
        refusesEnum<v1::ApplyResponse>(value);
        refusesEnum<v1::ProbeNowResponse>(value);
    }
}

TEST(FromWire, RefusesWhatIsOutOfBoundsAndNamesTheField)
{
    v1::AgentState state;
    Filler(Filler::Enums::First, 0).fill(state);
    ASSERT_TRUE(fromWire(state));

    v1::AgentState longText = state;
    longText.mutable_record()->set_rejected_reason(std::string(1024 * 1024, 'x'));
    v1::AgentState noTime = state;
    noTime.mutable_record()->set_started_unix_ms(-62'135'596'800'000);
    v1::AgentState noNumber = state;
    noNumber.mutable_load()->set_decode_ms_per_sequence(std::numeric_limits<float>::infinity());
    v1::AgentState noName = state;
    noName.mutable_record()->set_id("GPU 01");
    v1::AgentState manyModels = state;
    for (int i = 0; i < 2'000; ++i)
        manyModels.mutable_record()->mutable_engine()->add_models("m");

    EXPECT_EQ(fromWire(longText).error().message(),
              "signalbox.v1.AgentRecord.rejected_reason is too long");
    EXPECT_EQ(fromWire(noTime).error().message(),
              "signalbox.v1.AgentRecord.started_unix_ms is no time");
    EXPECT_EQ(fromWire(noNumber).error().message(),
              "signalbox.v1.LoadReport.decode_ms_per_sequence is no number");
    EXPECT_FALSE(fromWire(noName));
    EXPECT_FALSE(fromWire(manyModels));
}

TEST(FromWire, AnEditIsBoundedAtEveryDepth)
{
    v1::Edit edit;
    edit.mutable_route()->set_verb(v1::VERB_FAILOVER);
    edit.mutable_route()->set_route("chat");
    ASSERT_TRUE(fromWire(edit));

    v1::Edit noVerb = edit;
    noVerb.mutable_route()->set_verb(v1::VERB_UNSPECIFIED);
    v1::Edit longName = edit;
    longName.mutable_route()->set_to_pool(std::string(1024 * 1024, 'x'));
    v1::Edit manyTargets = edit;
    v1::Edit manyHomes = edit;
    v1::Edit manyMembers = edit;
    for (int i = 0; i < 10'001; ++i) {
        manyTargets.mutable_route()->add_targets()->set_pool("p");
        manyHomes.mutable_route()->mutable_restore()->mutable_home()->add_fallbacks("p");
        manyMembers.mutable_route()->add_members()->set_admin(v1::ADMIN_DRAIN);
    }
    v1::Edit noState = edit;
    noState.mutable_route()->add_members()->set_agent("gpu-01");

    EXPECT_FALSE(fromWire(noVerb));
    EXPECT_EQ(fromWire(longName).error().message(),
              "signalbox.v1.RouteEdit.to_pool is too long");
    EXPECT_FALSE(fromWire(manyTargets));
    EXPECT_FALSE(fromWire(manyHomes));
    EXPECT_FALSE(fromWire(manyMembers));
    EXPECT_FALSE(fromWire(noState));
    EXPECT_FALSE(fromWire(v1::Edit()));
}

TEST(FromWire, ADictionaryHasEachSeriesOnce)
{
    v1::TelemetryItem item;
    for (int i = 0; i < 2; ++i) {
        auto* key = item.mutable_dictionary()->add_series();
        key->set_name("in_flight");
        key->set_kind(v1::SERIES_KIND_GAUGE);
    }

    EXPECT_FALSE(fromWire(item));
    item.mutable_dictionary()->mutable_series(1)->set_name("requests_total");
    EXPECT_TRUE(fromWire(item));
}

TEST(FromWire, ARateThatIsNoneIsNotKnown)
{
    v1::LoadReport report;
    report.set_prefill_tokens_per_second(-5);
    report.set_decode_ms_per_sequence(std::numeric_limits<float>::quiet_NaN());

    EXPECT_EQ(fromWire(report).prefillTokensPerSecond, 0);
    EXPECT_EQ(fromWire(report).decodeMsPerSequence, 0);
}

} // namespace
} // namespace signalbox::wire
