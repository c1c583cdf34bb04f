// SPDX-License-Identifier: Apache-2.0
#include "shared/wire/bounds.h"

#include "shared/base/limits.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace signalbox::wire {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::int64_t kUnixMsMost = 253'402'300'799'999; // the year 9999
constexpr std::size_t kListMost
    = std::max({limits::kListItems, limits::kMembersPerAgent, limits::kTelemetryItems});

base::Error outOfBounds(const FieldDescriptor& field, const char* what)
{
    return base::Error(base::Code::InvalidArgument, field.full_name() + " " + what);
}

base::Status checkText(const FieldDescriptor& field, const std::string& text)
{
    const bool isBytes = field.type() == FieldDescriptor::TYPE_BYTES;
    if (text.size() > (isBytes ? limits::kBlockBytes : limits::kFactTextBytes))
        return outOfBounds(field, "is too long");
    return {};
}

// One value, of a single field or of a list; index -1 = the field is single.
base::Status checkValue(const Message& message, const FieldDescriptor& field, int index)
{
    const auto* reflection = message.GetReflection();
    const bool isSingle = index < 0;
    switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
        return checkBounds(isSingle ? reflection->GetMessage(message, &field)
                                    : reflection->GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return checkText(
            field, isSingle
                ? reflection->GetStringReference(message, &field, &scratch)
                : reflection->GetRepeatedStringReference(message, &field, index, &scratch));
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
        if (isSingle && !std::isfinite(reflection->GetDouble(message, &field)))
            return outOfBounds(field, "is no number");
        return {};
    case FieldDescriptor::CPPTYPE_FLOAT:
        if (isSingle && !std::isfinite(reflection->GetFloat(message, &field)))
            return outOfBounds(field, "is no number");
        return {};
    case FieldDescriptor::CPPTYPE_INT64:
        if (isSingle && field.name().ends_with("unix_ms")) {
            const std::int64_t time = reflection->GetInt64(message, &field);
            if (time < 0 || time > kUnixMsMost)
                return outOfBounds(field, "is no time");
        }
        return {};
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM: return {}; // enums are checked where they are read
    }
    return {};
}

} // namespace

base::Status checkBounds(const Message& message)
{
    const auto* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
        if (!field->is_repeated()) {
            SB_CHECK(checkValue(message, *field, -1));
            continue;
        }
        const int size = reflection->FieldSize(message, field);
        if (static_cast<std::size_t>(size) > kListMost)
            return outOfBounds(*field, "has too many entries");
        for (int i = 0; i < size; ++i)
            SB_CHECK(checkValue(message, *field, i));
    }
    return {};
}

} // namespace signalbox::wire
