// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The tree as the rules see it. Everything here is a value.
namespace signalbox::tidy {

struct SourceFile {
    std::string path; // from the source root: "agent/http/h1_parser.cpp"
    std::string text;
    // As long as text, line for line; comments and the insides of literals are blanks, so that a
    // rule never trips over a word in a comment or a brace in a string. Only for C++ files.
    std::string code;

    std::string name() const; // "h1_parser.cpp"
    std::string folder() const; // "agent/http"
    bool isCpp() const; // .h or .cpp
    bool isHeader() const;
    bool isUnder(std::string_view folder) const;
};

SourceFile makeSource(std::string path, std::string text);

// Every text file of the product below root; build trees and hidden folders are left out.
std::vector<SourceFile> readTree(const std::string& root);
// The tree that this program was built from, read once.
const std::vector<SourceFile>& tree();

std::string blankCommentsAndLiterals(std::string_view text);
// The same, with preprocessor lines blank too: what is left has balanced braces.
std::string blankDirectives(std::string_view code);

std::vector<std::string_view> splitLines(std::string_view text);
std::size_t lineOf(std::string_view text, std::size_t offset); // counts from 1
bool isWordByte(char byte);
std::string_view trimmed(std::string_view text);

} // namespace signalbox::tidy
