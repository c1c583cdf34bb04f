// SPDX-License-Identifier: Apache-2.0
#include "agent/http/h1_parser.h"

#include "agent/http/byte_classes.h"
#include "agent/http/head_reader.h"
#include "shared/base/limits.h"

#include <array>
#include <arpa/inet.h>
#include <utility>

namespace signalbox::http {

namespace {

// A check gives nothing, or the fault that ends the head.
using Check = const ParseFault*;
constexpr Check kGood = nullptr;

constexpr ParseFault badRequest(std::string_view message)
{
    return ParseFault{400, "bad_request", message};
}

constexpr ParseFault kBadMethod = badRequest("the method is not a token");
constexpr ParseFault kBadLine = badRequest("the request line is not METHOD SP TARGET SP VERSION");
constexpr ParseFault kBadTarget
    = badRequest("the target is missing or holds a byte that may not stand there");
constexpr ParseFault kNoPath = badRequest("the target is neither a path nor a URL with a path");
constexpr ParseFault kBadPath = badRequest("the path is ambiguous or malformed");
constexpr ParseFault kBadQuery = badRequest("the query holds a malformed escape");
constexpr ParseFault kBadVersion = badRequest("the version is malformed");
constexpr ParseFault kNotOneHost = badRequest("exactly one Host is required");
constexpr ParseFault kBadHost = badRequest("Host is malformed");
constexpr ParseFault kOtherHost = badRequest("Host and the target name different servers");
constexpr ParseFault kNoBodyHere = badRequest("this method has no body");
constexpr ParseFault kBadConnection = badRequest("Connection names a field that it may not name");
constexpr ParseFault kLineEnd = badRequest("a line does not end with CRLF");
constexpr ParseFault kBadStart = badRequest("this does not start like HTTP/1.1");
constexpr ParseFault kBadField = badRequest("a header field is malformed");
constexpr ParseFault kTwin = badRequest("a header name imitates another with '_'");
constexpr ParseFault kBothFramings
    = badRequest("Content-Length and Transfer-Encoding were both sent");
constexpr ParseFault kBadLength = badRequest("Content-Length is not one plain number");
constexpr ParseFault kBadCoding = badRequest("Transfer-Encoding is not exactly chunked");
constexpr ParseFault kOtherVersion{505, "http_version",
                                   "only HTTP/1.1 and HTTP/1.0 are spoken here"};
constexpr ParseFault kOtherMethod{405, "method_not_allowed", "the method is not served here"};
constexpr ParseFault kTooLong{413, "body_too_large", "the announced body is too large"};
constexpr ParseFault kOtherExpect{417, "expectation_failed",
                                  "only Expect: 100-continue is understood"};
constexpr ParseFault kLineTooLong{414, "uri_too_long", "the first line is too long"};
constexpr ParseFault kHeadTooLarge{431, "headers_too_large",
                                   "the head is too large or has too many fields"};
constexpr ParseFault kBadStatusLine{502, "bad_answer", "the status line is malformed"};
constexpr ParseFault kBadEnd{502, "bad_answer", "the end of the body is ambiguous"};

// Who sent the head; an upstream's faults are all a 502 to the client.
enum class Sender : std::uint8_t { Client, Upstream };

ParseResult refuse(Check fault, Sender sender = Sender::Client)
{
    ParseResult result;
    result.state = ParseState::Bad;
    result.fault = *fault;
    if (sender == Sender::Upstream)
        result.fault.status = 502;
    return result;
}

ParseResult stopped(HeadFault fault, Sender sender)
{
    switch (fault) {
    case HeadFault::None: return ParseResult{};
    case HeadFault::LineTooLong: return refuse(&kLineTooLong, sender);
    case HeadFault::TooLarge:
    case HeadFault::TooManyFields: return refuse(&kHeadTooLarge, sender);
    case HeadFault::BadLineEnd: return refuse(&kLineEnd, sender);
    case HeadFault::BadStart: return refuse(&kBadStart, sender);
    case HeadFault::BadField: return refuse(&kBadField, sender);
    case HeadFault::Twin: return refuse(&kTwin, sender);
    }
    return refuse(&kBadField, sender);
}

ParseResult done(std::size_t consumed)
{
    ParseResult result;
    result.state = ParseState::Done;
    result.consumed = consumed;
    return result;
}

constexpr std::pair<std::string_view, Method> kMethods[] = {
    {"POST", Method::Post},       {"GET", Method::Get}, {"HEAD", Method::Head},
    {"OPTIONS", Method::Options}, {"PUT", Method::Put}, {"DELETE", Method::Delete},
    {"PATCH", Method::Patch},
};

Check readVersion(std::string_view text, RequestHead& head)
{
    constexpr std::string_view kStart = "HTTP/1.";
    if (text.size() == kStart.size() + 1 && text.starts_with(kStart)
        && (text.back() == '1' || text.back() == '0')) {
        head.isHttp10 = text.back() == '0';
        return kGood;
    }
    const bool hasShape = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.'
        && isByte(text[5], kDigitByte) && isByte(text[7], kDigitByte);
    return hasShape ? &kOtherVersion : &kBadVersion;
}

Check readMethod(std::string_view text, RequestHead& head)
{
    for (const auto& [name, value] : kMethods) {
        if (name == text) {
            head.method = value;
            return kGood;
        }
    }
    return &kOtherMethod;
}

// A name or an address with an optional port: nothing that a URL parser could cut elsewhere.
bool isHostValue(std::string_view host)
{
    std::string_view name = host;
    std::string_view port;
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        if (close == std::string_view::npos)
            return false;
        name = host.substr(1, close - 1);
        port = host.substr(close + 1);
        std::array<char, INET6_ADDRSTRLEN> text{};
        in6_addr address;
        if (name.size() >= text.size())
            return false;
        name.copy(text.data(), name.size());
        if (inet_pton(AF_INET6, text.data(), &address) != 1)
            return false;
    } else {
        const std::size_t colon = host.find(':');
        name = host.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon);
        if (!areBytes(name, kHostByte))
            return false;
    }
    const bool hasGoodPort = port.empty()
        || (port.front() == ':' && port.size() >= 2 && port.size() <= 6
            && areBytes(port.substr(1), kDigitByte));
    const bool hasGoodLabels = !name.empty() && name.front() != '.' && name.front() != '-'
        && name.find("..") == std::string_view::npos && name.find(".-") == std::string_view::npos;
    return hasGoodLabels && hasGoodPort;
}

struct TargetParts {
    bool isAbsolute = false;
    std::string_view authority;
    std::string_view rest; // from the path on
};

TargetParts splitAuthority(std::string_view target)
{
    TargetParts parts;
    parts.rest = target;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() <= scheme.size()
            || !equalsIgnoringCase(target.substr(0, scheme.size()), scheme))
            continue;
        parts.isAbsolute = true;
        parts.rest = target.substr(scheme.size());
        parts.authority = parts.rest.substr(0, parts.rest.find('/'));
        parts.rest.remove_prefix(parts.authority.size());
    }
    return parts;
}

// Path and query. The authority of an absolute form is compared with Host when the head is
// complete.
Check splitTarget(RequestHead& head)
{
    const std::string_view target = splitAuthority(head.target).rest;
    head.rawPath = target;
    if (head.target == "*" && head.method == Method::Options)
        return kGood;
    if (!target.starts_with('/'))
        return &kNoPath;
    const std::size_t question = target.find('?');
    head.rawPath = target.substr(0, question);
    if (question != std::string_view::npos)
        head.query = target.substr(question + 1);
    if (!decodePath(head.rawPath, head.decodedPath))
        return &kBadPath;
    return isPlainQuery(head.query) ? kGood : &kBadQuery;
}

Check readRequestLine(std::string_view line, RequestHead& head)
{
    const std::size_t methodEnd = line.find(' ');
    const std::string_view method = line.substr(0, methodEnd);
    if (method.size() > limits::kMethodBytes || !areBytes(method, kTokenByte))
        return &kBadMethod;
    if (methodEnd == std::string_view::npos)
        return &kBadLine;
    unsigned seen = 0;
    std::size_t at = methodEnd + 1;
    for (; at < line.size() && isByte(line[at], kTargetByte); ++at)
        seen |= classesOf(line[at]);
    if (at == line.size() || line[at] != ' ' || at == methodEnd + 1)
        return &kBadTarget;
    if (Check fault = readVersion(line.substr(at + 1), head))
        return fault;
    if (Check fault = readMethod(method, head))
        return fault;
    head.target = line.substr(methodEnd + 1, at - methodEnd - 1);
    head.decodedPath.clear();
    head.query = {};
    head.rawPath = head.target;
    const bool isPlain = (seen & kCareByte) == 0 && head.target.front() == '/';
    return isPlain ? kGood : splitTarget(head);
}

Check checkHost(const RequestHead& head)
{
    const bool hasHost = head.headers.has(HeaderName::Host);
    if (head.headers.isRepeated(HeaderName::Host) || (!hasHost && !head.isHttp10))
        return &kNotOneHost;
    const std::string_view host = head.headers.get(HeaderName::Host);
    if (hasHost && !isHostValue(host))
        return &kBadHost;
    if (head.target.front() == '/')
        return kGood;
    const TargetParts parts = splitAuthority(head.target);
    const bool agrees = !parts.isAbsolute
        || (isHostValue(parts.authority) && equalsIgnoringCase(parts.authority, host));
    return agrees ? kGood : &kOtherHost;
}

Check frameRequest(RequestHead& head)
{
    const Framing framing = readFraming(head.headers, head.isHttp10);
    switch (framing.fault) {
    case FramingFault::None: break;
    case FramingFault::TooLong: return &kTooLong;
    case FramingFault::Both: return &kBothFramings;
    case FramingFault::BadLength: return &kBadLength;
    case FramingFault::BadCoding: return &kBadCoding;
    }
    head.body = framing.body;
    const bool mayHaveBody = head.method == Method::Post || head.method == Method::Put
        || head.method == Method::Patch || head.method == Method::Delete;
    return mayHaveBody || head.body.kind == BodyKind::None ? kGood : &kNoBodyHere;
}

Check checkExpect(RequestHead& head)
{
    head.expectsContinue = false;
    if (!head.headers.has(HeaderName::Expect))
        return kGood;
    if (!equalsIgnoringCase(head.headers.getSingle(HeaderName::Expect), "100-continue"))
        return &kOtherExpect;
    head.expectsContinue = !head.isHttp10 && head.body.kind != BodyKind::None;
    return kGood;
}

Check finishRequest(RequestHead& head)
{
    if (Check fault = checkHost(head))
        return fault;
    if (Check fault = frameRequest(head))
        return fault;
    if (Check fault = checkExpect(head))
        return fault;
    const ConnectionWishes wishes = readConnection(head.headers);
    if (wishes.isBad)
        return &kBadConnection;
    head.keepAlive = head.isHttp10 ? wishes.keepAlive && !wishes.close : !wishes.close;
    head.upgrades = wishes.upgrade && head.headers.has(HeaderName::Upgrade);
    return kGood;
}

bool readStatusLine(std::string_view line, ResponseHead& head)
{
    const bool hasShape = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' '
        && (line[7] == '0' || line[7] == '1') && areBytes(line.substr(9, 3), kDigitByte)
        && (line.size() == 12 || line[12] == ' ');
    if (!hasShape)
        return false;
    head.isHttp10 = line[7] == '0';
    head.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return head.status >= 100 && head.status <= 599 && head.status != 101;
}

// Decides the body of an answer. False: two readers could disagree.
bool frameResponse(Method method, ResponseHead& head)
{
    const Framing framing = readFraming(head.headers, head.isHttp10);
    if (framing.fault != FramingFault::None)
        return false;
    head.isInterim = head.status < 200;
    // We never ask on a condition, so a 304 with a body is as odd as a 204 with one.
    const bool isBodyless = head.isInterim || head.status == 204 || head.status == 304;
    if (isBodyless && framing.body.kind != BodyKind::None)
        return false;
    head.body = BodyFraming{};
    if (!isBodyless && method != Method::Head) {
        head.body = framing.body;
        if (!framing.isGiven)
            head.body.kind = BodyKind::UntilClose;
    }
    const ConnectionWishes wishes = readConnection(head.headers);
    if (wishes.isBad)
        return false;
    head.keepAlive = head.isHttp10 ? wishes.keepAlive && !wishes.close : !wishes.close;
    if (head.body.kind == BodyKind::UntilClose)
        head.keepAlive = false;
    return true;
}

} // namespace

std::string_view textOf(Method method)
{
    for (const auto& [name, value] : kMethods) {
        if (value == method)
            return name;
    }
    return "GET";
}

ParseResult parseRequestHead(std::string_view buffer, RequestHead& head, HeadScanner& scanner)
{
    HeadReader reader(buffer, scanner, limits::kRequestHeadBytes);
    if (reader.needsFirstLine()) {
        std::string_view line;
        if (!reader.takeFirstLine(line))
            return stopped(reader.fault(), Sender::Client);
        head.base = buffer.data();
        head.headers.clear(buffer.data());
        if (Check fault = readRequestLine(line, head))
            return refuse(fault);
    } else if (head.base != buffer.data()) {
        head.rebase(buffer.data());
    }
    if (!reader.takeFields(head.headers))
        return stopped(reader.fault(), Sender::Client);
    if (Check fault = finishRequest(head))
        return refuse(fault);
    return done(reader.length());
}

ParseResult parseRequestHead(std::string_view buffer, RequestHead& head)
{
    HeadScanner scanner;
    return parseRequestHead(buffer, head, scanner);
}

ParseResult parseResponseHead(std::string_view buffer, Method method, ResponseHead& head,
                              HeadScanner& scanner)
{
    HeadReader reader(buffer, scanner, limits::kResponseHeadBytes);
    if (reader.needsFirstLine()) {
        std::string_view line;
        if (!reader.takeFirstLine(line))
            return stopped(reader.fault(), Sender::Upstream);
        head.base = buffer.data();
        head.headers.clear(buffer.data());
        if (!readStatusLine(line, head))
            return refuse(&kBadStatusLine);
    } else if (head.base != buffer.data()) {
        head.rebase(buffer.data());
    }
    if (!reader.takeFields(head.headers))
        return stopped(reader.fault(), Sender::Upstream);
    if (!frameResponse(method, head))
        return refuse(&kBadEnd);
    return done(reader.length());
}

ParseResult parseResponseHead(std::string_view buffer, Method method, ResponseHead& head)
{
    HeadScanner scanner;
    return parseResponseHead(buffer, method, head, scanner);
}

bool announcesMoreThan(const BodyFraming& body, std::uint64_t bytesMax)
{
    return body.kind == BodyKind::Length && body.length > bytesMax;
}

Credential RequestHead::credential() const
{
    constexpr std::string_view kBearer = "bearer ";
    Credential credential;
    const bool hasAuthorization = headers.has(HeaderName::Authorization);
    const bool hasKey = headers.has(HeaderName::ApiKey);
    if (!hasAuthorization && !hasKey)
        return credential;
    credential.kind = CredentialKind::Ambiguous;
    if (headers.isRepeated(HeaderName::Authorization) || headers.isRepeated(HeaderName::ApiKey))
        return credential;
    const std::string_view key = headers.get(HeaderName::ApiKey);
    std::string_view token = key;
    if (hasAuthorization) {
        const std::string_view value = headers.get(HeaderName::Authorization);
        const bool isBearer = value.size() > kBearer.size()
            && equalsIgnoringCase(value.substr(0, kBearer.size()), kBearer);
        token = isBearer ? value.substr(kBearer.size()) : std::string_view{};
        if (hasKey && token != key)
            return credential;
    }
    credential.kind = token.empty() ? CredentialKind::Unsupported : CredentialKind::Token;
    credential.token = token;
    return credential;
}

std::string_view RequestHead::requestId() const
{
    const std::string_view id = headers.getSingle(HeaderName::RequestId);
    return id.size() <= limits::kRequestIdBytes && areBytes(id, kIdByte) ? id : std::string_view{};
}

void RequestHead::rebase(const char* newBase)
{
    const auto move = [&](std::string_view& view) {
        if (view.data() != nullptr)
            view = {newBase + (view.data() - base), view.size()};
    };
    move(target);
    move(query);
    move(rawPath);
    headers.rebase(newBase);
    base = newBase;
}

void ResponseHead::rebase(const char* newBase)
{
    headers.rebase(newBase);
    base = newBase;
}

} // namespace signalbox::http
