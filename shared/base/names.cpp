// SPDX-License-Identifier: Apache-2.0
#include "shared/base/names.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace signalbox::base {

namespace {

constexpr std::size_t kNameLengthMax = 63;
constexpr std::size_t kModelNameLengthMax = 200;

bool isLowerOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
            diagonal = above;
        }
    }
    return row.back();
}

} // namespace

bool isValidName(std::string_view name)
{
    return !name.empty() && name.size() <= kNameLengthMax && isLowerOrDigit(name.front())
        && std::all_of(name.begin(), name.end(), [](char c) {
               return isLowerOrDigit(c) || c == '.' || c == '_' || c == '-';
           });
}

bool isValidModelName(std::string_view name)
{
    return !name.empty() && name.size() <= kModelNameLengthMax
        && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::string> nearestWord(std::string_view wrong, std::span<const std::string> known)
{
    std::optional<std::string> best;
    std::size_t bestDistance = std::max<std::size_t>(wrong.size() / 3, 1) + 1;
    for (const std::string& word : known) {
        const std::size_t distance = editDistance(wrong, word);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = word;
        }
    }
    return best;
}

} // namespace signalbox::base
