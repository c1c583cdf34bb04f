// SPDX-License-Identifier: Apache-2.0
#include "agent/http/sse_reader.h"

#include "agent/http/json/byte_scan.h"
#include "shared/base/limits.h"

namespace signalbox::http {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view withoutSpace(std::string_view value)
{
    return value.starts_with(' ') ? value.substr(1) : value;
}

} // namespace

SseState SseReader::next(std::string_view& input)
{
    if (bad_)
        return SseState::Bad;
    if (dispatched_)
        forgetEvent();
    while (!input.empty()) {
        if (skipLf_) {
            skipLf_ = false;
            if (input.front() == '\n') {
                input.remove_prefix(1);
                continue;
            }
        }
        const std::size_t end = findLineEnd(input);
        if (end == std::string_view::npos)
            break;
        std::string_view line = input.substr(0, end);
        skipLf_ = input[end] == '\r';
        input.remove_prefix(end + 1);
        const bool inPlace = line_.empty();
        if (!inPlace) {
            line_.append(line);
            line = line_;
        }
        const SseState state = takeLine(line, inPlace);
        if (!inPlace)
            line_.clear();
        if (state != SseState::NeedMore)
            return state;
    }
    return keep(input) ? SseState::NeedMore : fail();
}

SseState SseReader::fail()
{
    bad_ = true;
    return SseState::Bad;
}

SseState SseReader::takeLine(std::string_view line, bool inPlace)
{
    constexpr std::string_view kData = "data:";
    if (atStart_) {
        atStart_ = false;
        if (line.starts_with(kByteOrderMark))
            line.remove_prefix(kByteOrderMark.size());
    }
    if (line.empty())
        return dispatch() ? SseState::Event : SseState::NeedMore;
    if (line.size() > limits::kSseLineBytes)
        return fail();
    if (line.starts_with(kData)) {
        line.remove_prefix(kData.size());
        return takeData(withoutSpace(line), inPlace) ? SseState::NeedMore : fail();
    }
    if (line.front() == ':') {
        comments_ += line.size();
        return SseState::NeedMore;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos
        ? std::string_view{}
        : withoutSpace(line.substr(colon + 1));
    if (field == "data") // without a colon: an empty line of data
        return takeData(value, inPlace) ? SseState::NeedMore : fail();
    if (field == "event")
        name_ = value;
    else if (field == "id" && value.find('\0') == std::string_view::npos)
        id_ = value;
    return SseState::NeedMore;
}

bool SseReader::takeData(std::string_view value, bool inPlace)
{
    if (!hasData_ && inPlace) {
        hasData_ = true;
        dataInPlace_ = value;
        return true;
    }
    if (!dataInPlace_.empty()) {
        data_.assign(dataInPlace_);
        dataInPlace_ = {};
    }
    if (hasData_)
        data_.push_back('\n');
    hasData_ = true;
    data_.append(value);
    return data_.size() <= limits::kSseEventBytes;
}

bool SseReader::dispatch()
{
    const std::string_view data = dataInPlace_.empty() ? std::string_view(data_) : dataInPlace_;
    if (!hasData_ || data.empty()) {
        forgetEvent();
        return false;
    }
    event_.name = name_;
    event_.data = data;
    event_.id = id_;
    dispatched_ = true;
    ++events_;
    return true;
}

// The input ends here, and its memory is only lent: keep what belongs to an unfinished event.
bool SseReader::keep(std::string_view& input)
{
    if (!dataInPlace_.empty()) {
        data_.assign(dataInPlace_);
        dataInPlace_ = {};
    }
    line_.append(input);
    input = {};
    return line_.size() <= limits::kSseLineBytes;
}

void SseReader::forgetEvent()
{
    dispatched_ = false;
    hasData_ = false;
    dataInPlace_ = {};
    data_.clear();
    name_.clear();
    id_.clear();
}

} // namespace signalbox::http
