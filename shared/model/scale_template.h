// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/policy.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Command templates of a pool's scale: words with placeholders such as {port}. Pure.
namespace signalbox::model {

// What stands for each placeholder, by its name without braces.
using TemplateValues = std::map<std::string, std::string, std::less<>>;

// The words with every placeholder filled in. A brace that opens no name of lower-case letters is
// text, so JSON passes as an argument. InvalidArgument names a placeholder that has no value.
base::Result<std::vector<std::string>> filled(const std::vector<std::string>& words,
                                              const TemplateValues& values);

// "chat-4": id of the agent, and of the pair, at that place of a pool.
std::string pairId(const std::string& pool, std::uint32_t index);

// Everything that is wrong with it, one sentence each; empty = it can be followed.
std::vector<std::string> problemsOf(const PoolScale& scale, const std::string& pool);

} // namespace signalbox::model
