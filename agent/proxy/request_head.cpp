// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/request_head.h"

#include "agent/http/h1_writer.h"
#include "agent/http/json/openai_error.h"

#include <array>

namespace signalbox::proxy {

namespace {

void forwardIfPresent(http::HeadWriter& head, const http::HeaderMap& from, http::HeaderName name)
{
    const std::string_view value = from.getSingle(name);
    if (!value.empty())
        head.field(name, value);
}

} // namespace

UpstreamBody::UpstreamBody(const Exchange& exchange, const upstream::Member& member)
{
    const std::string_view body = exchange.request.body;
    const bool isRenamed = exchange.role == Role::Entry && !namesModelInPath(exchange.api)
        && !member.model.empty() && !exchange.facts.model.empty()
        && member.model != exchange.facts.model;
    const http::ByteRange value = isRenamed ? http::findModelValue(body) : http::ByteRange{};
    if (value.length == 0) {
        before_ = body;
        return;
    }
    http::appendJsonString(quoted_, member.model);
    before_ = body.substr(0, value.at);
    model_ = quoted_;
    after_ = body.substr(value.at + value.length);
}

std::string_view writeRequestHead(std::span<char> buffer, const Exchange& exchange,
                                  const upstream::Member& member, int number,
                                  std::size_t bodyBytes)
{
    http::HeadWriter head(buffer);
    if (namesModelInPath(exchange.api)) {
        const bool isRenamed = exchange.role == Role::Entry && !member.model.empty();
        head.request(http::Method::Post,
                     pathAt(exchange.api, isRenamed ? member.model : exchange.facts.model));
    } else {
        head.request(http::Method::Post, pathOf(exchange.api));
    }
    head.field(http::HeaderName::Host, member.address);
    head.field(http::HeaderName::ContentType, "application/json");
    head.field(http::HeaderName::AcceptEncoding, "identity");
    std::array<char, 160> id;
    const std::size_t length = exchange.requestId.copy(id.data(), id.size() - 2);
    id[length] = '-';
    id[length + 1] = static_cast<char>('0' + number % 10);
    head.field(http::HeaderName::RequestId, std::string_view(id.data(), length + 2));
    const http::HeaderMap& from = exchange.request.head.headers;
    forwardIfPresent(head, from, http::HeaderName::TraceParent);
    forwardIfPresent(head, from, http::HeaderName::TraceState);
    if (member.kind == upstream::MemberKind::Agent) {
        head.field(http::HeaderName::SignalboxHop, exchange.view->agentId);
        head.field(http::HeaderName::SignalboxAttempt, static_cast<std::uint64_t>(number));
    }
    head.contentLength(bodyBytes);
    return head.finish();
}

std::string requestIdOf(const http::RequestHead& head, upstream::Random& random)
{
    const std::string_view given = head.requestId();
    if (!given.empty())
        return std::string(given);
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::string id(24, '0');
    std::uint64_t bits = random.next();
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i == 12)
            bits = random.next();
        id[i] = kHex[bits & 15];
        bits >>= 4;
    }
    return id;
}

} // namespace signalbox::proxy
