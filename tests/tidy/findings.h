// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/tidy/source_file.h"

#include <functional>
#include <string>
#include <vector>

namespace signalbox::tidy {

// What a rule found: file:line, which rule, and why the rule exists.
struct Finding {
    std::string path;
    std::size_t line = 0; // 0 = the file as a whole
    std::string rule; // the word that exceptions.txt uses
    std::string why;
};

std::string print(const std::vector<Finding>& findings);

// A rule looks at one file; a rule about the whole tree is called with the tree instead.
using FileRule = std::function<std::vector<Finding>(const SourceFile&)>;
std::vector<Finding> findInTree(const FileRule& rule);

// A line of exceptions.txt: `rule path : reason`. The reason is for the reader and is required.
struct Exception {
    std::string rule;
    std::string path;
    std::string reason;
    std::size_t line = 0;
};

std::vector<Exception> readExceptions(std::string_view text);

// Takes out what exceptions.txt forgives. An exception for one of `rules` that forgives nothing
// is itself a finding, so that the list stays true.
std::vector<Finding> withoutExceptions(std::vector<Finding> findings,
                                       const std::vector<Exception>& exceptions,
                                       const std::vector<std::string>& rules);

// The same with the tree's own tests/tidy/exceptions.txt.
std::vector<Finding> unforgiven(std::vector<Finding> findings,
                                const std::vector<std::string>& rules);

} // namespace signalbox::tidy
