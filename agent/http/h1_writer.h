// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace signalbox::http {

// Builds one head in a buffer of the caller's (a stack array of kHeadBufferBytes suits most):
// request() or response(), fields, finish(). A value with a control byte, a name that is no token
// or a full buffer makes finish() give nothing: a head that is not what was meant is never sent.
// Lives on: any thread; a local of the function that sends.
class HeadWriter {
public:
    explicit HeadWriter(std::span<char> buffer)
        : buffer_(buffer)
    {
    }

    // `path` is decoded (RequestHead::path or a route's own); it is encoded again here. `query`
    // goes as it is, without "?".
    void request(Method method, std::string_view path, std::string_view query = {});
    // With the standard reason phrase.
    void response(int status);

    // In lower case. `name` must have a text.
    void field(HeaderName name, std::string_view value);
    void field(std::string_view name, std::string_view value);
    void field(HeaderName name, std::uint64_t value);
    void field(std::string_view name, std::uint64_t value);
    void contentLength(std::uint64_t bytes) { field(HeaderName::ContentLength, bytes); }
    void chunked() { field(HeaderName::TransferEncoding, "chunked"); }
    void close() { field(HeaderName::Connection, "close"); }

    // Ends the head. Empty when anything was refused or did not fit.
    std::string_view finish();
    // The same head followed by `body`, for short answers in one send.
    std::string_view finish(std::string_view body);
    bool isGood() const { return good_; }

private:
    void put(std::string_view text);
    void putPath(std::string_view path);
    void putField(std::string_view name, std::string_view value);
    void refuse() { good_ = false; }

    std::span<char> buffer_;
    std::size_t size_ = 0;
    bool good_ = true;
};

inline constexpr std::size_t kHeadBufferBytes = 4096;

// "1a3\r\n" in front of a chunk of that many bytes (at least 1); kChunkEnd behind it.
// Lives on: any thread; a local of the function that sends.
class ChunkHead {
public:
    explicit ChunkHead(std::size_t bytes);
    std::string_view view() const { return {text_.data(), size_}; }

private:
    std::array<char, 18> text_;
    std::uint8_t size_ = 0;
};
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view reasonPhrase(int status);

} // namespace signalbox::http
