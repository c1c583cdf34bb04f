// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

namespace signalbox::wire {

// Sets every field of a message, at every depth, to a value of its own: what a conversion forgets
// shows. Of a oneof the field with that position among its fields is set.
// Lives on: one thread, a local of a test.
class Filler {
public:
    enum class Enums { First, Last };
    Filler(Enums enums, int oneofChoice) : enums_(enums), oneofChoice_(oneofChoice) {}

    void fill(google::protobuf::Message& message)
    {
        const auto* descriptor = message.GetDescriptor();
        for (int i = 0; i < descriptor->field_count(); ++i) {
            const auto* field = descriptor->field(i);
            const auto* oneof = field->real_containing_oneof();
            if (oneof != nullptr
                && oneof->field(oneofChoice_ % oneof->field_count()) != field)
                continue;
            if (field->is_map())
                fillMap(message, *field);
            else if (field->is_repeated())
                for (int count = 0; count < 2; ++count)
                    addValue(message, *field);
            else
                setValue(message, *field);
        }
    }

private:
    using Field = google::protobuf::FieldDescriptor;

    std::string text() { return "name-" + std::to_string(1'000 + ++counter_); }

    int enumNumber(const Field& field) const
    {
        const auto* type = field.enum_type();
        // A gateway has no engine, which every other field would have to know.
        const bool isLast = enums_ == Enums::Last || type->name() == "AgentKind";
        return isLast ? type->value(type->value_count() - 1)->number() : type->value(1)->number();
    }

    void fillMap(google::protobuf::Message& message, const Field& field)
    {
        const auto* reflection = message.GetReflection();
        auto* entry = reflection->AddMessage(&message, &field);
        const auto* type = entry->GetDescriptor();
        entry->GetReflection()->SetString(entry, type->map_key(), text());
        entry->GetReflection()->SetString(entry, type->map_value(), text());
    }

    void addValue(google::protobuf::Message& message, const Field& field)
    {
        const auto* reflection = message.GetReflection();
        if (field.cpp_type() == Field::CPPTYPE_MESSAGE)
            fill(*reflection->AddMessage(&message, &field));
        else if (field.cpp_type() == Field::CPPTYPE_STRING)
            reflection->AddString(&message, &field, text());
    }

    void setValue(google::protobuf::Message& message, const Field& field)
    {
        const auto* reflection = message.GetReflection();
        ++counter_;
        switch (field.cpp_type()) {
        case Field::CPPTYPE_MESSAGE: fill(*reflection->MutableMessage(&message, &field)); break;
        case Field::CPPTYPE_STRING: reflection->SetString(&message, &field, text()); break;
        case Field::CPPTYPE_ENUM:
            reflection->SetEnumValue(&message, &field, enumNumber(field));
            break;
        case Field::CPPTYPE_BOOL: reflection->SetBool(&message, &field, true); break;
        case Field::CPPTYPE_INT32: reflection->SetInt32(&message, &field, counter_); break;
        case Field::CPPTYPE_INT64: reflection->SetInt64(&message, &field, counter_); break;
        case Field::CPPTYPE_UINT32:
            reflection->SetUInt32(&message, &field, static_cast<unsigned>(counter_));
            break;
        case Field::CPPTYPE_UINT64:
            reflection->SetUInt64(&message, &field, static_cast<unsigned>(counter_));
            break;
        case Field::CPPTYPE_DOUBLE: reflection->SetDouble(&message, &field, counter_ / 4.0); break;
        case Field::CPPTYPE_FLOAT:
            reflection->SetFloat(&message, &field, static_cast<float>(counter_) / 4);
            break;
        }
    }

    Enums enums_;
    int oneofChoice_;
    int counter_ = 0;
};

} // namespace signalbox::wire
