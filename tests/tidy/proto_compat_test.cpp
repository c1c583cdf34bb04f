// SPDX-License-Identifier: Apache-2.0
// What was promised on the wire stays: field numbers, types and names, enum values, methods.
// tests/data/proto/v1.binpb is the promise; tests/data/proto/promise renews it after an addition.
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace signalbox::tidy {
namespace {

namespace pb = google::protobuf;

// Every promised thing by its full name, with the part of it that may never change.
using Promises = std::map<std::string, std::string>;

void addEnum(const pb::EnumDescriptorProto& type, const std::string& scope, Promises& promises)
{
    for (const pb::EnumValueDescriptorProto& value : type.value())
        promises[scope + "." + type.name() + "." + value.name()]
            = "value " + std::to_string(value.number());
}

void addMessage(const pb::DescriptorProto& type, const std::string& scope, Promises& promises)
{
    const std::string name = scope + "." + type.name();
    promises[name] = "message";
    for (const pb::FieldDescriptorProto& field : type.field())
        promises[name + "." + field.name()] = "number " + std::to_string(field.number()) + ", type "
            + pb::FieldDescriptorProto::Type_Name(field.type()) + field.type_name() + ", "
            + pb::FieldDescriptorProto::Label_Name(field.label());
    for (const pb::DescriptorProto& nested : type.nested_type())
        addMessage(nested, name, promises);
    for (const pb::EnumDescriptorProto& nested : type.enum_type())
        addEnum(nested, name, promises);
}

Promises promisesOf(const pb::FileDescriptorSet& files)
{
    Promises promises;
    for (const pb::FileDescriptorProto& file : files.file()) {
        for (const pb::DescriptorProto& type : file.message_type())
            addMessage(type, file.package(), promises);
        for (const pb::EnumDescriptorProto& type : file.enum_type())
            addEnum(type, file.package(), promises);
        for (const pb::ServiceDescriptorProto& service : file.service()) {
            for (const pb::MethodDescriptorProto& method : service.method())
                promises[file.package() + "." + service.name() + "/" + method.name()]
                    = method.input_type() + (method.client_streaming() ? " stream" : "") + " -> "
                    + method.output_type() + (method.server_streaming() ? " stream" : "");
        }
    }
    return promises;
}

// A number that is reserved may lose its field: the promise is that it never means another thing.
std::set<std::string> reservedNames(const pb::FileDescriptorSet& files)
{
    std::set<std::string> names;
    for (const pb::FileDescriptorProto& file : files.file()) {
        for (const pb::DescriptorProto& type : file.message_type()) {
            for (const std::string& name : type.reserved_name())
                names.insert(file.package() + "." + type.name() + "." + name);
        }
    }
    return names;
}

std::string breaksOf(const pb::FileDescriptorSet& before, const pb::FileDescriptorSet& after)
{
    const Promises now = promisesOf(after);
    const std::set<std::string> reserved = reservedNames(after);
    std::string breaks;
    for (const auto& [name, promise] : promisesOf(before)) {
        const auto found = now.find(name);
        if (found == now.end() && !reserved.contains(name))
            breaks += "\n  " + name + " (" + promise + ") is gone: reserve its name and number";
        else if (found != now.end() && found->second != promise)
            breaks += "\n  " + name + " was " + promise + " and is " + found->second
                + ": add a new field instead";
    }
    return breaks;
}

pb::FileDescriptorSet readSet(const std::string& path)
{
    pb::FileDescriptorSet files;
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(files.ParseFromIstream(&in)) << "cannot read " << path;
    return files;
}

pb::FileDescriptorSet smallSet()
{
    pb::FileDescriptorSet files;
    pb::FileDescriptorProto& file = *files.add_file();
    file.set_package("p");
    pb::DescriptorProto& type = *file.add_message_type();
    type.set_name("Thing");
    pb::FieldDescriptorProto& field = *type.add_field();
    field.set_name("size");
    field.set_number(1);
    field.set_type(pb::FieldDescriptorProto::TYPE_INT64);
    pb::EnumDescriptorProto& kind = *file.add_enum_type();
    kind.set_name("Kind");
    pb::EnumValueDescriptorProto& value = *kind.add_value();
    value.set_name("KIND_A");
    value.set_number(1);
    return files;
}

TEST(ProtoCompat, AnAdditionIsNoBreak)
{
    pb::FileDescriptorSet grown = smallSet();
    grown.mutable_file(0)->mutable_message_type(0)->add_field()->set_name("colour");

    EXPECT_EQ(breaksOf(smallSet(), grown), "");
}

TEST(ProtoCompat, AChangedNumberTypeOrValueIsABreak)
{
    pb::FileDescriptorSet number = smallSet();
    number.mutable_file(0)->mutable_message_type(0)->mutable_field(0)->set_number(2);
    pb::FileDescriptorSet type = smallSet();
    type.mutable_file(0)->mutable_message_type(0)->mutable_field(0)->set_type(
        pb::FieldDescriptorProto::TYPE_STRING);
    pb::FileDescriptorSet value = smallSet();
    value.mutable_file(0)->mutable_enum_type(0)->mutable_value(0)->set_number(7);

    EXPECT_NE(breaksOf(smallSet(), number).find("p.Thing.size"), std::string::npos);
    EXPECT_NE(breaksOf(smallSet(), type).find("p.Thing.size"), std::string::npos);
    EXPECT_NE(breaksOf(smallSet(), value).find("p.Kind.KIND_A"), std::string::npos);
}

TEST(ProtoCompat, ARemovedFieldMustBeReserved)
{
    pb::FileDescriptorSet gone = smallSet();
    pb::DescriptorProto& type = *gone.mutable_file(0)->mutable_message_type(0);
    type.clear_field();
    EXPECT_NE(breaksOf(smallSet(), gone), "");

    type.add_reserved_name("size");
    EXPECT_EQ(breaksOf(smallSet(), gone), "");
}

TEST(ProtoCompat, TheTreeKeepsItsPromise)
{
    const pb::FileDescriptorSet promised
        = readSet(SIGNALBOX_SOURCE_ROOT "/tests/data/proto/v1.binpb");
    const pb::FileDescriptorSet built = readSet(SIGNALBOX_DESCRIPTOR_SET);

    const std::string breaks = breaksOf(promised, built);

    ASSERT_GT(promisesOf(promised).size(), 100u);
    EXPECT_EQ(breaks, "") << "\nagents and consoles N and N-1 must understand each other" << breaks;
}

TEST(ProtoCompat, ThePromiseCoversWhatTheTreeHas)
{
    const Promises promised
        = promisesOf(readSet(SIGNALBOX_SOURCE_ROOT "/tests/data/proto/v1.binpb"));

    for (const auto& [name, promise] : promisesOf(readSet(SIGNALBOX_DESCRIPTOR_SET)))
        EXPECT_TRUE(promised.contains(name))
            << name << " is new: run tests/data/proto/promise to promise it";
}

} // namespace
} // namespace signalbox::tidy
