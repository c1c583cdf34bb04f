// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/header_map.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::http {

enum class Method : std::uint8_t { Get, Head, Post, Put, Delete, Options, Patch };
std::string_view textOf(Method method);

enum class BodyKind : std::uint8_t {
    None,
    Length,
    Chunked,
    UntilClose, // answers only: the end of the connection is the body's end, and proves nothing
};

struct BodyFraming {
    BodyKind kind = BodyKind::None;
    std::uint64_t length = 0; // of Length; at least 1
};

// Why bytes were refused. Texts are ours alone: nothing of the input is in them.
struct ParseFault {
    std::uint16_t status = 0; // to answer a client with; 502 for an upstream's bytes
    std::string_view code;
    std::string_view message;
};

enum class ParseState : std::uint8_t { NeedMore, Done, Bad };

struct ParseResult {
    ParseState state = ParseState::NeedMore;
    std::size_t consumed = 0; // Done: the head's length; what follows is body or the next message
    ParseFault fault; // Bad: answer (client side), close, and read nothing more
};

enum class CredentialKind : std::uint8_t {
    None,
    Token,
    Unsupported, // an Authorization that is no Bearer, or an empty key
    Ambiguous, // two fields that could each be meant: 401 `ambiguous_credentials`
};

struct Credential {
    CredentialKind kind = CredentialKind::None;
    std::string_view token; // view into the head
};

// One request head that passed every check. Views point into the parsed buffer.
// Lives on: core; owned by the connection or the exchange, reusable. After the buffer moved (a copy
// of lent bytes, a grown block) rebase() makes all views true again.
struct RequestHead {
    Method method = Method::Get;
    bool isHttp10 = false;
    bool keepAlive = false;
    bool expectsContinue = false; // the only Expect that is not refused
    bool upgrades = false; // asks for an Upgrade; ignore it or hand the connection over
    BodyFraming body;
    std::string_view target; // as it came, for the log only
    std::string_view query; // without "?", still encoded, well-formed
    HeaderMap headers;

    // Decoded once: no "%", control byte, backslash, ";" or dot segment is left in it, and it is
    // valid UTF-8. "*" for OPTIONS *. Never forward the target: build it from the route.
    std::string_view path() const { return decodedPath.empty() ? rawPath : decodedPath; }
    // Bearer token of Authorization, or x-api-key; both only where they say the same.
    Credential credential() const;
    // The client's x-request-id where there is one only, of 1 to 128 safe characters; else empty.
    std::string_view requestId() const;
    void rebase(const char* base);

    // --- For the parser. ---
    const char* base = nullptr;
    std::string_view rawPath;
    std::string decodedPath; // only where the path had a "%"; then not empty
};

// One response head that passed every check. As RequestHead.
struct ResponseHead {
    int status = 0; // 100 to 599, never 101
    bool isHttp10 = false;
    bool keepAlive = false; // false with UntilClose
    // 1xx: no answer yet; read the next head, at most limits::kInterimResponses of them.
    bool isInterim = false;
    BodyFraming body;
    HeaderMap headers;

    void rebase(const char* base);
    const char* base = nullptr; // for the parser
};

// How far a head that arrives in pieces has been read, so that no byte is looked at more than
// twice however it dribbles in. Lives on: core; one for each head being received. reset() between
// heads.
class HeadScanner {
public:
    void reset() { *this = HeadScanner(); }
    // Nothing of a head has been seen: the connection is idle, not slow.
    bool isFresh() const { return searched_ == 0; }

private:
    friend class HeadReader;
    std::uint32_t line_ = 0; // start of the first line that is not complete
    std::uint32_t searched_ = 0; // no line end in [line_, searched_)
    bool hasFirstLine_ = false;
};

// `buffer` starts at the head's first byte and holds everything received so far; call again with
// more of the same head after NeedMore. Limits of shared/base/limits.h. Any head that two readers
// could understand differently is Bad: no lenience is left (reliability B-01 to B-28).
ParseResult parseRequestHead(std::string_view buffer, RequestHead& head, HeadScanner& scanner);
ParseResult parseRequestHead(std::string_view buffer, RequestHead& head);

// `method` of the request that is answered: HEAD has no body whatever the head says.
ParseResult parseResponseHead(std::string_view buffer, Method method, ResponseHead& head,
                              HeadScanner& scanner);
ParseResult parseResponseHead(std::string_view buffer, Method method, ResponseHead& head);

// 413 before any body byte is read, where the head announces more than `bytesMax`.
bool announcesMoreThan(const BodyFraming& body, std::uint64_t bytesMax);

// The decoded form of a request path (RequestHead::path), for tables that are compared with it.
// False when the path is refused. `out` stays empty where nothing had to be decoded.
bool decodePath(std::string_view rawPath, std::string& out);
// Every "%" in it starts an escape, and none of them hides a control byte.
bool isPlainQuery(std::string_view query);

} // namespace signalbox::http
