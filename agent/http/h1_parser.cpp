// SPDX-License-Identifier: Apache-2.0
#include "agent/http/h1_parser.h"

#include "agent/http/byte_classes.h"
#include "agent/http/head_reader.h"
#include "shared/base/limits.h"

#include <utility>

namespace signalbox::http {

namespace {

ParseResult bad(int status, std::string_view code, std::string_view message)
{
    ParseResult result;
    result.state = ParseState::Bad;
    result.fault = ParseFault{static_cast<std::uint16_t>(status), code, message};
    return result;
}

ParseResult badRequest(std::string_view message)
{
    return bad(400, "bad_request", message);
}

ParseResult done(std::size_t consumed)
{
    ParseResult result;
    result.state = ParseState::Done;
    result.consumed = consumed;
    return result;
}

constexpr std::pair<std::string_view, Method> kMethods[] = {
    {"GET", Method::Get},       {"HEAD", Method::Head},       {"POST", Method::Post},
    {"PUT", Method::Put},       {"DELETE", Method::Delete},   {"OPTIONS", Method::Options},
    {"PATCH", Method::Patch},
};

// Takes "METHOD SP target SP HTTP/1.x" apart. A failure has state Bad, success NeedMore.
class RequestLine {
public:
    explicit RequestLine(std::string_view line) : line_(line) {}

    ParseResult parse(RequestHead& head)
    {
        const std::size_t first = line_.find(' ');
        const std::size_t last = line_.rfind(' ');
        if (first == std::string_view::npos || last == first)
            return badRequest("the request line is not METHOD SP TARGET SP VERSION");
        const std::string_view method = line_.substr(0, first);
        target = line_.substr(first + 1, last - first - 1);
        if (method.empty() || method.size() > limits::kMethodBytes || !areBytes(method, kTokenByte))
            return badRequest("the method is not a token");
        if (target.empty() || !areBytes(target, kTargetByte))
            return badRequest("the target holds a byte that may not stand there");
        if (const ParseResult fault = version(line_.substr(last + 1), head);
            fault.state == ParseState::Bad)
            return fault;
        for (const auto& [name, value] : kMethods) {
            if (name == method) {
                head.method = value;
                return ParseResult{};
            }
        }
        return bad(405, "method_not_allowed", "the method is not served here");
    }

    std::string_view target;

private:
    static ParseResult version(std::string_view text, RequestHead& head)
    {
        head.isHttp10 = text == "HTTP/1.0";
        if (text == "HTTP/1.1" || head.isHttp10)
            return ParseResult{};
        const bool hasShape = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.'
            && isByte(text[5], kDigitByte) && isByte(text[7], kDigitByte);
        return hasShape ? bad(505, "http_version", "only HTTP/1.1 and HTTP/1.0 are spoken here")
                        : badRequest("the version is malformed");
    }

    std::string_view line_;
};

bool isHostValue(std::string_view host)
{
    return !host.empty() && areBytes(host, kHostByte);
}

// Path, query and, in absolute form, an authority that must agree with Host.
ParseResult splitTarget(std::string_view target, RequestHead& head, std::string_view& authority)
{
    head.target = target;
    constexpr std::string_view kScheme = "http://";
    if (target.size() > kScheme.size()
        && equalsIgnoringCase(target.substr(0, kScheme.size()), kScheme)) {
        target.remove_prefix(kScheme.size());
        const std::size_t slash = target.find('/');
        authority = target.substr(0, slash);
        if (!isHostValue(authority) || slash == std::string_view::npos)
            return badRequest("the target's authority is malformed");
        target.remove_prefix(slash);
    }
    const std::size_t question = target.find('?');
    head.rawPath = target.substr(0, question);
    head.query = question == std::string_view::npos ? std::string_view{}
                                                    : target.substr(question + 1);
    head.decodedPath.clear();
    if (head.rawPath == "*" && head.method == Method::Options)
        return ParseResult{};
    if (!head.rawPath.starts_with('/') || !decodePath(head.rawPath, head.decodedPath))
        return badRequest("the path is ambiguous or malformed");
    for (std::size_t i = 0; i < head.query.size(); ++i) {
        if (head.query[i] == '%'
            && (i + 2 >= head.query.size() || !areBytes(head.query.substr(i + 1, 2), kHexByte)))
            return badRequest("the query holds a malformed escape");
    }
    return ParseResult{};
}

ParseResult checkHost(const RequestHead& head, std::string_view authority)
{
    const std::size_t count = head.headers.count(HeaderName::Host);
    if (count > 1 || (count == 0 && !head.isHttp10))
        return badRequest("exactly one Host is required");
    const std::string_view host = head.headers.get(HeaderName::Host);
    if (count == 1 && !isHostValue(host))
        return badRequest("Host is malformed");
    if (!authority.empty() && !equalsIgnoringCase(authority, host))
        return badRequest("Host and the target name different servers");
    return ParseResult{};
}

ParseResult frameRequest(RequestHead& head)
{
    const Framing framing = readFraming(head.headers, head.isHttp10);
    if (framing.fault != FramingFault::None) {
        return framing.fault == FramingFault::TooLong
            ? bad(413, "body_too_large", "the announced body is too large")
            : badRequest(textOf(framing.fault));
    }
    head.body = framing.body;
    const bool mayHaveBody = head.method == Method::Post || head.method == Method::Put
        || head.method == Method::Patch || head.method == Method::Delete;
    if (!mayHaveBody && head.body.kind != BodyKind::None)
        return badRequest("this method has no body");
    return ParseResult{};
}

ParseResult checkExpect(RequestHead& head)
{
    head.expectsContinue = false;
    if (!head.headers.has(HeaderName::Expect))
        return ParseResult{};
    if (!equalsIgnoringCase(head.headers.getSingle(HeaderName::Expect), "100-continue"))
        return bad(417, "expectation_failed", "only Expect: 100-continue is understood");
    head.expectsContinue = !head.isHttp10 && head.body.kind != BodyKind::None;
    return ParseResult{};
}

ParseResult finishRequest(RequestHead& head, std::string_view authority)
{
    if (ParseResult fault = checkHost(head, authority); fault.state == ParseState::Bad)
        return fault;
    if (ParseResult fault = frameRequest(head); fault.state == ParseState::Bad)
        return fault;
    if (ParseResult fault = checkExpect(head); fault.state == ParseState::Bad)
        return fault;
    const ConnectionWishes wishes = readConnection(head.headers);
    if (wishes.isBad)
        return badRequest("Connection names a field that it may not name");
    head.keepAlive = head.isHttp10 ? wishes.keepAlive && !wishes.close : !wishes.close;
    head.upgrades = wishes.upgrade && head.headers.has(HeaderName::Upgrade);
    return ParseResult{};
}

ParseResult headFault(HeadFault fault, int clientStatus)
{
    switch (fault) {
    case HeadFault::None: return ParseResult{};
    case HeadFault::LineTooLong:
        return bad(clientStatus == 400 ? 414 : clientStatus, "uri_too_long",
                   "the first line is too long");
    case HeadFault::TooLarge:
    case HeadFault::TooManyFields:
        return bad(clientStatus == 400 ? 431 : clientStatus, "headers_too_large",
                   "the head is too large or has too many fields");
    case HeadFault::BareLineFeed: return bad(clientStatus, "bad_request", "a line ends without CR");
    case HeadFault::BadStart:
        return bad(clientStatus, "bad_request", "this does not start like HTTP/1.1");
    case HeadFault::BadField:
        return bad(clientStatus, "bad_request", "a header field is malformed");
    case HeadFault::Twin:
        return bad(clientStatus, "bad_request", "a header name imitates another with '_'");
    }
    return bad(clientStatus, "bad_request", "the head is malformed");
}

bool parseStatusLine(std::string_view line, ResponseHead& head)
{
    const bool hasShape = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' '
        && (line[7] == '0' || line[7] == '1') && areBytes(line.substr(9, 3), kDigitByte)
        && (line.size() == 12 || line[12] == ' ') && areBytes(line, kValueByte);
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
    const bool isBodyless = head.isInterim || head.status == 204;
    if (isBodyless && framing.body.kind != BodyKind::None)
        return false;
    if (isBodyless || head.status == 304 || method == Method::Head) {
        head.body = BodyFraming{};
    } else if (framing.isGiven) {
        head.body = framing.body;
    } else {
        head.body.kind = BodyKind::UntilClose;
        head.body.length = 0;
    }
    const ConnectionWishes wishes = readConnection(head.headers);
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
    if (!reader.findEnd())
        return headFault(reader.fault(), 400);
    RequestLine line(reader.firstLine());
    if (ParseResult fault = line.parse(head); fault.state == ParseState::Bad)
        return fault;
    std::string_view authority;
    if (ParseResult fault = splitTarget(line.target, head, authority);
        fault.state == ParseState::Bad)
        return fault;
    head.base = buffer.data();
    if (!reader.readFields(head.headers))
        return headFault(reader.fault(), 400);
    if (ParseResult fault = finishRequest(head, authority); fault.state == ParseState::Bad)
        return fault;
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
    if (!reader.findEnd())
        return headFault(reader.fault(), 502);
    if (!parseStatusLine(reader.firstLine(), head))
        return bad(502, "bad_answer", "the status line is malformed");
    head.base = buffer.data();
    if (!reader.readFields(head.headers))
        return headFault(reader.fault(), 502);
    if (!frameResponse(method, head))
        return bad(502, "bad_answer", "the body's end is ambiguous");
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
    const std::size_t authorizations = headers.count(HeaderName::Authorization);
    const std::size_t keys = headers.count(HeaderName::ApiKey);
    if (authorizations == 0 && keys == 0)
        return credential;
    credential.kind = CredentialKind::Ambiguous;
    if (authorizations > 1 || keys > 1)
        return credential;
    const std::string_view key = headers.get(HeaderName::ApiKey);
    std::string_view token = key;
    if (authorizations == 1) {
        const std::string_view value = headers.get(HeaderName::Authorization);
        const bool isBearer = value.size() > kBearer.size()
            && equalsIgnoringCase(value.substr(0, kBearer.size()), kBearer);
        token = isBearer ? value.substr(kBearer.size()) : std::string_view{};
        if (keys == 1 && token != key)
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
