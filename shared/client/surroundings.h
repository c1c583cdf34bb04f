// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// What a program of an operator takes from where it runs, the same in the shell and in the window.
namespace signalbox::client {

std::string environment(const char* name); // empty: not set
// SIGNALBOX_OPERATOR, else the login name: who acts, where nothing proves it.
std::string operatorName();
// "gw-1:8801,ws://gw-2:8802": each with its scheme, grpc:// where none is given; blanks are left
// out.
std::vector<std::string> splitAddresses(const std::string& list);

} // namespace signalbox::client
