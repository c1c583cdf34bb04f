// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/http_fetch.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::lab_fleet {

enum class Picture : std::uint8_t { Table, None };
enum class Window : std::uint8_t { Console, None };
enum class Traffic : std::uint8_t { On, Off };
enum class PortChoice : std::uint8_t { Default, Any };
enum class OldState : std::uint8_t { Discard, Keep };

struct FleetOptions {
    std::size_t instances = 3; // per pool
    std::size_t pools = 1;
    std::size_t standby = 0; // instances that wait behind each pool
    std::size_t gateways = 1;
    std::vector<lab::HttpUrl> engines; // the user's own; empty: simulated ones
    Traffic traffic = Traffic::On;
    std::string trace; // absolute path; empty: generated
    double speed = 1;
    std::string simEngine = "8b"; // which measured engine the simulators imitate
    Picture picture = Picture::Table;
    Window window = Window::None;
    PortChoice ports = PortChoice::Default;
    OldState oldState = OldState::Discard;
    std::string readyFile;            // absolute path; empty: none
    std::filesystem::path dataFolder; // absolute
    std::filesystem::path programFolder; // where the other programs are
};

} // namespace signalbox::lab_fleet
