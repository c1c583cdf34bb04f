// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/instances/natural_order.h"

#include <cstddef>

namespace signalbox::models {

namespace {

bool isDigit(char letter)
{
    return letter >= '0' && letter <= '9';
}

// The digits at `at` without leading zeros; `at` goes behind them.
std::string_view takeDigits(std::string_view text, std::size_t& at)
{
    while (at + 1 < text.size() && text[at] == '0' && isDigit(text[at + 1]))
        ++at;
    const std::size_t begin = at;
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return text.substr(begin, at - begin);
}

} // namespace

int naturalOrder(std::string_view left, std::string_view right)
{
    std::size_t l = 0;
    std::size_t r = 0;
    while (l < left.size() && r < right.size()) {
        if (isDigit(left[l]) && isDigit(right[r])) {
            const std::string_view leftDigits = takeDigits(left, l);
            const std::string_view rightDigits = takeDigits(right, r);
            if (leftDigits.size() != rightDigits.size())
                return leftDigits.size() < rightDigits.size() ? -1 : 1;
            if (const int order = leftDigits.compare(rightDigits); order != 0)
                return order;
            continue;
        }
        if (left[l] != right[r])
            return left[l] < right[r] ? -1 : 1;
        ++l;
        ++r;
    }
    if (l < left.size())
        return 1;
    return r < right.size() ? -1 : left.compare(right);
}

} // namespace signalbox::models
