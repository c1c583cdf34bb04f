// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/response_parser.h"

#include "shared/base/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace signalbox::lab {

using base::Code;
using base::Error;
using base::Origin;
using base::Result;
using base::Status;

namespace {

Error malformed(std::string_view what, std::string_view line)
{
    return Error(Code::DataLoss, fmt::format("malformed {}: '{}'", what, line.substr(0, 60)),
                 Origin::Upstream);
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <int Radix>
bool readNumber(std::string_view text, std::uint64_t& value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, Radix);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

Result<std::size_t> ResponseParser::feed(std::string_view bytes)
{
    std::size_t used = 0;
    while (used < bytes.size() && !isComplete()) {
        const std::string_view rest = bytes.substr(used);
        if (state_ == State::Body || state_ == State::ChunkData) {
            used += takeData(rest);
            continue;
        }
        SB_TRY(const std::size_t taken, takeLine(rest));
        used += taken;
    }
    return used;
}

void ResponseParser::endOfInput()
{
    if (state_ == State::Body && bodyKind_ == BodyKind::UntilEnd)
        state_ = State::Complete;
    keepsAlive_ = false;
}

std::string_view ResponseParser::header(std::string_view name) const
{
    for (const auto& [field, value] : headers_) {
        if (field == name)
            return value;
    }
    return {};
}

Result<std::size_t> ResponseParser::takeLine(std::string_view bytes)
{
    const std::size_t newline = bytes.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
    line_.append(bytes.substr(0, taken));
    headBytes_ += taken;
    if (headBytes_ > limits::kResponseHeadBytes)
        return Error(Code::ResourceExhausted, "response head is too large", Origin::Upstream);
    if (newline == std::string_view::npos)
        return taken;
    line_.pop_back();
    if (line_.empty() || line_.back() != '\r')
        return malformed("line end", line_);
    line_.pop_back();
    SB_CHECK(onLine());
    line_.clear();
    return taken;
}

Status ResponseParser::onLine()
{
    switch (state_) {
    case State::Head: break;
    case State::ChunkSize: headBytes_ = 0; return onChunkSize();
    case State::ChunkEnd:
        if (!line_.empty())
            return malformed("chunk end", line_);
        state_ = State::ChunkSize;
        return {};
    case State::Trailer:
        if (line_.empty())
            state_ = State::Complete;
        return {};
    case State::Body:
    case State::ChunkData:
    case State::Complete: return {};
    }
    if (status_ == 0)
        return onStatusLine();
    if (line_.empty())
        return onHeadEnd();
    const std::size_t colon = line_.find(':');
    if (colon == std::string::npos || colon == 0)
        return malformed("header field", line_);
    headers_.emplace_back(lowerCase(std::string_view(line_).substr(0, colon)),
                          trimmed(std::string_view(line_).substr(colon + 1)));
    return {};
}

Status ResponseParser::onStatusLine()
{
    const std::string_view line = line_;
    std::uint64_t status = 0;
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' '
        || !readNumber<10>(line.substr(9, 3), status) || status < 100)
        return malformed("status line", line);
    status_ = static_cast<int>(status);
    keepsAlive_ = line[7] == '1';
    return {};
}

Status ResponseParser::onHeadEnd()
{
    if (status_ < 200) { // an interim answer; the real head follows
        status_ = 0;
        headers_.clear();
        return {};
    }
    if (lowerCase(header("connection")) == "close")
        keepsAlive_ = false;
    const std::string_view length = header("content-length");
    if (lowerCase(header("transfer-encoding")) == "chunked") {
        bodyKind_ = BodyKind::Chunked;
        state_ = State::ChunkSize;
    } else if (!length.empty()) {
        if (!readNumber<10>(length, left_))
            return malformed("content-length", length);
        bodyKind_ = BodyKind::Length;
        state_ = left_ == 0 ? State::Complete : State::Body;
    } else if (status_ == 204 || status_ == 304) {
        bodyKind_ = BodyKind::Length;
        state_ = State::Complete;
    } else {
        bodyKind_ = BodyKind::UntilEnd;
        left_ = std::numeric_limits<std::uint64_t>::max();
        state_ = State::Body;
    }
    return {};
}

Status ResponseParser::onChunkSize()
{
    const std::string_view size = std::string_view(line_).substr(0, line_.find(';'));
    if (size.size() > 16 || !readNumber<16>(trimmed(size), left_))
        return malformed("chunk size", line_);
    state_ = left_ == 0 ? State::Trailer : State::ChunkData;
    return {};
}

std::size_t ResponseParser::takeData(std::string_view bytes)
{
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    body_.append(bytes.substr(0, taken));
    left_ -= taken;
    if (left_ == 0)
        state_ = state_ == State::ChunkData ? State::ChunkEnd : State::Complete;
    return taken;
}

} // namespace signalbox::lab
