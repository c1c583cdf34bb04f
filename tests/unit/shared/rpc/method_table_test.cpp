// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/method_table.h"

#include <gtest/gtest.h>

namespace signalbox::rpc {
namespace {

TEST(MethodTable, ARoleMayDoWhatLesserRolesMay)
{
    const Method method{Role::Operator, [](const Caller&, const std::string&, Reply) {}, nullptr};

    EXPECT_TRUE(MethodTable::authorize(method, {"alice", Role::Operator, ""}));
    EXPECT_TRUE(MethodTable::authorize(method, {"root", Role::Admin, ""}));
    const auto refused = MethodTable::authorize(method, {"bob", Role::Viewer, ""});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), base::Code::PermissionDenied);
    EXPECT_EQ(refused.error().message(), "this needs the role operator; bob is viewer");
}

TEST(MethodTable, NamesAreFoundExactly)
{
    MethodTable table;
    table.add("a.S/M", Role::Viewer, [](const Caller&, const std::string&, Reply) {});

    EXPECT_NE(table.find("a.S/M"), nullptr);
    EXPECT_EQ(table.find("/a.S/M"), nullptr);
    EXPECT_EQ(table.find("a.S/m"), nullptr);
    EXPECT_EQ(table.names(), std::vector<std::string>{"a.S/M"});
}

} // namespace
} // namespace signalbox::rpc
