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

// Two letters in the wrong order are one mistake: it is the commonest of typing.
std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool areSwapped
                = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (areSwapped)
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last.back();
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
