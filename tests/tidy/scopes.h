// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// Finds where functions and types begin and end, without a compiler: enough C++ for our own style.
namespace signalbox::tidy {

struct Scope {
    enum class Kind { Namespace, Type, Function, Enum };
    Kind kind = Kind::Namespace;
    std::string name; // of a function with its qualifiers; empty for an unnamed namespace
    std::size_t depthOfTypes = 0; // how many types enclose it; 0 = at namespace level
    std::size_t head = 0; // offset of the first byte of its declaration
    std::size_t open = 0; // offset of its {
    std::size_t close = 0; // offset of its }
};

// code is SourceFile::code. Scopes inside functions are not reported; they belong to the function.
std::vector<Scope> findScopes(std::string_view code);

// Offset of the } or ) that closes the brace or parenthesis at open; code.size() if there is none.
std::size_t closingOf(std::string_view code, std::size_t open);

} // namespace signalbox::tidy
