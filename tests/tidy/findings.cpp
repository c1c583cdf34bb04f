// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/findings.h"

#include <algorithm>
#include <iterator>

namespace signalbox::tidy {

namespace {

constexpr std::string_view kExceptionsPath = "tests/tidy/exceptions.txt";

bool forgives(const Exception& exception, const Finding& finding)
{
    return exception.rule == finding.rule && exception.path == finding.path;
}

} // namespace

std::string print(const std::vector<Finding>& findings)
{
    std::string text;
    for (const Finding& finding : findings) {
        text += "\n  " + finding.path;
        if (finding.line != 0)
            text += ":" + std::to_string(finding.line);
        text += ": [" + finding.rule + "] " + finding.why;
    }
    return text;
}

std::vector<Finding> findInTree(const FileRule& rule)
{
    std::vector<Finding> all;
    for (const SourceFile& file : tree()) {
        std::vector<Finding> found = rule(file);
        std::move(found.begin(), found.end(), std::back_inserter(all));
    }
    return all;
}

std::vector<Exception> readExceptions(std::string_view text)
{
    std::vector<Exception> exceptions;
    std::size_t number = 0;
    for (const std::string_view line : splitLines(text)) {
        ++number;
        if (trimmed(line).empty() || line.starts_with('#'))
            continue;
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::size_t colon = std::min(line.find(" : ", space), line.size());
        Exception exception;
        exception.rule = line.substr(0, space);
        exception.path = trimmed(line.substr(space, colon - space));
        exception.reason = trimmed(line.substr(std::min(colon + 3, line.size())));
        exception.line = number;
        exceptions.push_back(std::move(exception));
    }
    return exceptions;
}

std::vector<Finding> withoutExceptions(std::vector<Finding> findings,
                                       const std::vector<Exception>& exceptions,
                                       const std::vector<std::string>& rules)
{
    std::vector<Finding> complaints;
    for (const Exception& exception : exceptions) {
        if (std::find(rules.begin(), rules.end(), exception.rule) == rules.end())
            continue;
        const bool used = std::any_of(findings.begin(), findings.end(),
                                      [&](const Finding& f) { return forgives(exception, f); });
        const std::string path(kExceptionsPath);
        if (!used)
            complaints.push_back({path, exception.line, exception.rule,
                                  exception.path + " no longer needs this exception: delete it"});
        else if (exception.reason.empty())
            complaints.push_back({path, exception.line, exception.rule,
                                  "an exception says why: `rule path : reason`"});
    }
    std::erase_if(findings, [&](const Finding& finding) {
        return std::any_of(exceptions.begin(), exceptions.end(),
                           [&](const Exception& e) { return forgives(e, finding); });
    });
    std::move(complaints.begin(), complaints.end(), std::back_inserter(findings));
    return findings;
}

std::vector<Finding> unforgiven(std::vector<Finding> findings,
                                const std::vector<std::string>& rules)
{
    for (const SourceFile& file : tree()) {
        if (file.path == kExceptionsPath)
            return withoutExceptions(std::move(findings), readExceptions(file.text), rules);
    }
    return findings;
}

} // namespace signalbox::tidy
