// SPDX-License-Identifier: Apache-2.0
#include "agent/http/header_map.h"

#include "agent/http/byte_classes.h"
#include "agent/http/json/name_table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace signalbox::http {

namespace {

constexpr std::size_t kNames = static_cast<std::size_t>(HeaderName::kCount);

// In the order of HeaderName.
constexpr std::array<std::string_view, kNames> kTexts{
    "",
    "",
    "",
    "",
    "",
    "accept",
    "accept-encoding",
    "x-api-key",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "x-conversation-id",
    "cookie",
    "x-data-parallel-rank",
    "date",
    "expect",
    "forwarded",
    "x-forwarded-for",
    "host",
    "keep-alive",
    "location",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "retry-after",
    "retry-after-ms",
    "x-request-id",
    "server",
    "x-session-id",
    "set-cookie",
    "x-should-retry",
    "x-signalbox-attempt",
    "x-signalbox-cache",
    "x-signalbox-hop",
    "x-signalbox-report",
    "x-stainless-retry-count",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
};

constexpr unsigned char lower(char c)
{
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

constexpr NameTable<kNames> kTable(kTexts);

// `text` is one of kTexts and `token` has its length: without control bytes, which no name that
// gets here holds, folding by one bit is exact for letters, digits and "-".
bool equalsFolded(const char* token, const char* text, std::size_t length)
{
    constexpr std::uint64_t kFold = 0x2020202020202020U;
    const auto load = [](const char* from) {
        std::uint64_t word = 0;
        std::memcpy(&word, from, sizeof(word));
        return word;
    };
    if (length < 8) {
        for (std::size_t i = 0; i < length; ++i) {
            if ((token[i] | 0x20) != text[i])
                return false;
        }
        return true;
    }
    for (std::size_t i = 0; i + 8 < length; i += 8) {
        if ((load(token + i) | kFold) != load(text + i))
            return false;
    }
    return (load(token + length - 8) | kFold) == load(text + length - 8);
}

bool startsWithFolded(std::string_view name, std::string_view prefix)
{
    return name.size() >= prefix.size() && equalsFolded(name.data(), prefix.data(), prefix.size());
}

HeaderName unknownName(std::string_view name)
{
    std::uint8_t common = kTokenByte;
    bool hasUnderscore = false;
    for (const char c : name) {
        common &= classesOf(c);
        hasUnderscore = hasUnderscore || c == '_';
    }
    if (common == 0 || name.empty())
        return HeaderName::NoToken;
    if (hasUnderscore)
        return HeaderName::Dropped;
    if (name.size() > 2 && name[1] == '-') {
        if (startsWithFolded(name, "x-signalbox-"))
            return HeaderName::SignalboxOther;
        if (startsWithFolded(name, "x-forwarded-"))
            return HeaderName::ForwardedOther;
    }
    return HeaderName::Other;
}

} // namespace

std::string_view textOf(HeaderName name)
{
    return kTexts[static_cast<std::size_t>(name)];
}

HeaderName headerNameOf(std::string_view name)
{
    const std::size_t index = kTable.candidate(name);
    const std::string_view text = kTexts[index];
    if (index != 0 && text.size() == name.size()
        && equalsFolded(name.data(), text.data(), text.size()))
        return static_cast<HeaderName>(index);
    return unknownName(name);
}

bool isHopByHop(HeaderName name)
{
    switch (name) {
    case HeaderName::Dropped:
    case HeaderName::Connection:
    case HeaderName::KeepAlive:
    case HeaderName::ProxyAuthenticate:
    case HeaderName::ProxyAuthorization:
    case HeaderName::ProxyConnection:
    case HeaderName::Te:
    case HeaderName::Trailer:
    case HeaderName::TransferEncoding:
    case HeaderName::Upgrade: return true;
    default: return false;
    }
}

bool isSensitive(HeaderName name)
{
    switch (name) {
    case HeaderName::ApiKey:
    case HeaderName::Authorization:
    case HeaderName::Connection:
    case HeaderName::ContentEncoding:
    case HeaderName::ContentLength:
    case HeaderName::ContentType:
    case HeaderName::Cookie:
    case HeaderName::Expect:
    case HeaderName::Forwarded:
    case HeaderName::ForwardedFor:
    case HeaderName::ForwardedOther:
    case HeaderName::Host:
    case HeaderName::ProxyAuthorization:
    case HeaderName::SignalboxAttempt:
    case HeaderName::SignalboxCache:
    case HeaderName::SignalboxHop:
    case HeaderName::SignalboxOther:
    case HeaderName::SignalboxReport:
    case HeaderName::TransferEncoding: return true;
    default: return false;
    }
}

bool isSensitiveTwin(std::string_view nameWithUnderscore)
{
    std::array<char, 64> hyphened;
    if (nameWithUnderscore.size() > hyphened.size())
        return false;
    std::replace_copy(nameWithUnderscore.begin(), nameWithUnderscore.end(), hyphened.begin(), '_',
                      '-');
    return isSensitive(headerNameOf({hyphened.data(), nameWithUnderscore.size()}));
}

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower(x) == lower(y);
           });
}

std::size_t HeaderMap::count(HeaderName name) const
{
    const std::uint8_t first = first_[indexOf(name)];
    if (first == 0)
        return 0;
    return static_cast<std::size_t>(
        std::count_if(entries_.begin() + first - 1, entries_.begin() + size_,
                      [&](const Entry& entry) { return entry.id == name; }));
}

std::string_view HeaderMap::find(std::string_view name) const
{
    for (const HeaderField& field : *this) {
        if (equalsIgnoringCase(field.name, name))
            return field.value;
    }
    return {};
}

void HeaderMap::drop(std::string_view name)
{
    const std::size_t size = std::exchange(size_, 0);
    first_.fill(0);
    repeated_ = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const HeaderField field = (*this)[i];
        add(field.name, field.value,
            equalsIgnoringCase(field.name, name) ? HeaderName::Dropped : field.id);
    }
}

} // namespace signalbox::http
