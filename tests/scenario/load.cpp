// SPDX-License-Identifier: Apache-2.0
#include "tests/scenario/load.h"

#include "tests/lab/kit/whole_file.h"
#include "tests/scenario/live_fleet.h"

#include <simdjson.h>

#include <stdexcept>

namespace signalbox::tests {

Load::Load(const std::string& target, const std::vector<std::string>& options)
{
    std::vector<std::string> command{programPath("signalbox-replay"), target,   "--report",
                                     folder_.file("report"),          "--text", "keyed"};
    command.insert(command.end(), options.begin(), options.end());
    program_ = std::make_unique<ChildProcess>(std::move(command));
}

bool Load::hasBegun()
{
    return program_->waitForLine("  ok ").has_value();
}

LoadResult Load::finish()
{
    program_->wait();
    const auto text = lab::readWholeFile(folder_.file("report"));
    if (!text)
        throw std::runtime_error("the load left no report:\n" + program_->output());
    simdjson::dom::parser parser;
    const simdjson::dom::element report = parser.parse(*text).value();
    const auto count = [&](const char* key) { return report[key].get_uint64().value(); };
    return {count("requests"),
            count("ok"),
            count("explicit_errors"),
            count("wrong_bytes"),
            count("silent_truncations"),
            count("unfinished"),
            *text};
}

} // namespace signalbox::tests
