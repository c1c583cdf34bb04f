// SPDX-License-Identifier: Apache-2.0
// Request and response heads: whole or in pieces they mean the same, and what passed can be written
// again and still means the same.
#include "agent/http/h1_parser.h"
#include "agent/http/h1_writer.h"
#include "tests/support/fuzz_target.h"

#include <algorithm>
#include <array>
#include <string>

namespace {

using namespace signalbox;
using namespace signalbox::http;
using fuzz::require;

std::string fieldsOf(const HeaderMap& headers)
{
    std::string text;
    for (const HeaderField& field : headers) {
        text += std::to_string(static_cast<int>(field.id)) + "|" + std::string(field.name) + "|"
            + std::string(field.value) + "\n";
    }
    return text;
}

std::string meaningOf(const RequestHead& head)
{
    const Credential credential = head.credential();
    return std::string(textOf(head.method)) + " " + std::string(head.path()) + "?"
        + std::string(head.query) + (head.isHttp10 ? " 1.0" : " 1.1")
        + (head.keepAlive ? " keeps" : "") + (head.expectsContinue ? " expects" : "")
        + (head.upgrades ? " upgrades" : "") + " " + std::to_string(int(head.body.kind)) + ":"
        + std::to_string(head.body.length) + " " + std::to_string(int(credential.kind)) + ":"
        + std::string(credential.token) + " " + std::string(head.requestId()) + "\n"
        + fieldsOf(head.headers);
}

std::string meaningOf(const ResponseHead& head)
{
    return std::to_string(head.status) + (head.isHttp10 ? " 1.0" : " 1.1")
        + (head.keepAlive ? " keeps" : "") + (head.isInterim ? " interim" : "") + " "
        + std::to_string(int(head.body.kind)) + ":" + std::to_string(head.body.length) + "\n"
        + fieldsOf(head.headers);
}

// `parse` is called with more and more of the bytes, each time at another place in memory.
template <typename Head, typename Parse>
void compareWithPieces(std::string_view bytes, std::size_t step, const ParseResult& whole,
                       const Head& wanted, Parse parse)
{
    Head head;
    HeadScanner scanner;
    ParseResult result;
    std::string buffers[2];
    std::size_t turn = 0;
    for (std::size_t have = 0; have < bytes.size() && result.state == ParseState::NeedMore;) {
        have = std::min(bytes.size(), have + step);
        buffers[++turn % 2] = bytes.substr(0, have);
        result = parse(buffers[turn % 2], head, scanner);
    }
    if (whole.state == ParseState::Bad && result.state == ParseState::NeedMore) {
        // Of a line that was cut off, the end is waited for before it is judged again.
        buffers[0] = std::string(bytes) + "\n";
        result = parse(buffers[0], head, scanner);
    }
    require(result.state == whole.state, "pieces end like the whole");
    if (whole.state != ParseState::Done)
        return;
    require(result.consumed == whole.consumed, "pieces end where the whole ends");
    require(meaningOf(head) == meaningOf(wanted), "pieces mean what the whole means");
}

void checkPath(const RequestHead& head)
{
    const std::string path = "/" + std::string(head.path()) + "/";
    require(path.find("/../") == std::string::npos && path.find("/./") == std::string::npos,
            "no dot segment is left in a path");
    require(path.find_first_of("%\\;") == std::string::npos, "a path has one meaning");
    for (const char c : path)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control byte in a path");
    if (head.path() == "*")
        return;
    std::array<char, 4 * limits::kRequestHeadBytes> buffer;
    HeadWriter writer(buffer);
    writer.request(head.method, head.path(), head.query);
    writer.field(HeaderName::Host, "a");
    RequestHead again;
    require(parseRequestHead(writer.finish(), again).state == ParseState::Done
                || head.target.size() * 3 > limits::kRequestLineBytes,
            "a path that passed can be sent");
    require(again.path() == head.path() || again.path().empty(), "and is the same");
}

// The same head, written by us from what was understood.
void checkRewriting(const RequestHead& head)
{
    std::string text = std::string(textOf(head.method)) + " " + std::string(head.target)
        + (head.isHttp10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (const HeaderField& field : head.headers)
        text += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
    text += "\r\n";
    RequestHead again;
    if (text.size() > limits::kRequestHeadBytes)
        return;
    require(parseRequestHead(text, again).state == ParseState::Done, "what passed passes again");
    require(meaningOf(again) == meaningOf(head), "and means the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::size_t step = 1 + data[size - 1] % 32;
    const std::string_view bytes = fuzz::textOf(data, size - 1);

    RequestHead request;
    const ParseResult asked = parseRequestHead(bytes, request);
    compareWithPieces(bytes, step, asked, request,
                      [](std::string_view some, RequestHead& head, HeadScanner& scanner) {
                          return parseRequestHead(some, head, scanner);
                      });
    if (asked.state == ParseState::Done) {
        require(asked.consumed <= bytes.size(), "a head lies in its buffer");
        checkPath(request);
        checkRewriting(request);
    }
    ResponseHead response;
    const ParseResult answered = parseResponseHead(bytes, Method::Post, response);
    compareWithPieces(bytes, step, answered, response,
                      [](std::string_view some, ResponseHead& head, HeadScanner& scanner) {
                          return parseResponseHead(some, Method::Post, head, scanner);
                      });
    require(answered.state != ParseState::Bad || answered.fault.status == 502,
            "an upstream's fault is a 502");
    return 0;
}
