// SPDX-License-Identifier: Apache-2.0
#include "agent/http/header_map.h"

#include <algorithm>
#include <cstring>

namespace signalbox::http {

namespace {

constexpr std::size_t kNames = static_cast<std::size_t>(HeaderName::kCount);

// In the order of HeaderName.
constexpr std::array<std::string_view, kNames> kTexts{
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

// Length and three letters tell the known names apart once the multiplier is right.
constexpr std::uint8_t slotOf(std::string_view name, std::uint32_t multiplier)
{
    const auto fold = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]) | 0x20U);
    };
    const std::uint32_t key = static_cast<std::uint32_t>(name.size()) << 24U | fold(0) << 16U
        | fold(name.size() / 2) << 8U | fold(name.size() - 1);
    return static_cast<std::uint8_t>(key * multiplier >> 24U);
}

struct NameTable {
    std::uint32_t multiplier = 0;
    std::array<std::uint8_t, 256> slots{}; // index into kTexts; 0: free
};

consteval NameTable makeNameTable()
{
    NameTable table;
    for (table.multiplier = 0x9E3779B1U;; table.multiplier += 0x2545F492U) {
        table.slots.fill(0);
        bool isUnique = true;
        for (std::size_t name = 0; name < kNames && isUnique; ++name) {
            if (kTexts[name].empty())
                continue;
            std::uint8_t& slot = table.slots[slotOf(kTexts[name], table.multiplier)];
            isUnique = slot == 0;
            slot = static_cast<std::uint8_t>(name);
        }
        if (isUnique)
            return table;
    }
}

constexpr NameTable kTable = makeNameTable();

// `text` is one of kTexts, `token` has its length and only token bytes: with those, folding by one
// bit is exact for letters, digits and "-".
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
    if (name.find('_') != std::string_view::npos)
        return HeaderName::Dropped;
    if (startsWithFolded(name, "x-signalbox-"))
        return HeaderName::SignalboxOther;
    if (startsWithFolded(name, "x-forwarded-"))
        return HeaderName::ForwardedOther;
    return HeaderName::Other;
}

} // namespace

std::string_view textOf(HeaderName name)
{
    return kTexts[static_cast<std::size_t>(name)];
}

HeaderName headerNameOf(std::string_view name)
{
    if (name.empty())
        return HeaderName::Other;
    const std::uint8_t index = kTable.slots[slotOf(name, kTable.multiplier)];
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
    case HeaderName::Upgrade:
        return true;
    default:
        return false;
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
    case HeaderName::TransferEncoding:
        return true;
    default:
        return false;
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
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

HeaderField HeaderMap::operator[](std::size_t index) const
{
    const Entry& entry = entries_[index];
    return {entry.id,
            {base_ + entry.nameAt, entry.nameLength},
            {base_ + entry.valueAt, entry.valueLength}};
}

std::string_view HeaderMap::get(HeaderName name) const
{
    const std::uint8_t first = first_[indexOf(name)];
    return first == 0 ? std::string_view() : (*this)[first - 1U].value;
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

std::string_view HeaderMap::getSingle(HeaderName name) const
{
    return count(name) == 1 ? get(name) : std::string_view();
}

std::string_view HeaderMap::find(std::string_view name) const
{
    for (const HeaderField& field : *this) {
        if (equalsIgnoringCase(field.name, name))
            return field.value;
    }
    return {};
}

void HeaderMap::clear(const char* base)
{
    base_ = base;
    size_ = 0;
    first_.fill(0);
}

bool HeaderMap::add(std::string_view name, std::string_view value, HeaderName id)
{
    if (size_ == entries_.size())
        return false;
    Entry& entry = entries_[size_];
    entry.nameAt = static_cast<std::uint16_t>(name.data() - base_);
    entry.nameLength = static_cast<std::uint16_t>(name.size());
    entry.valueAt = static_cast<std::uint16_t>(value.data() - base_);
    entry.valueLength = static_cast<std::uint16_t>(value.size());
    entry.id = id;
    ++size_;
    std::uint8_t& first = first_[indexOf(id)];
    if (first == 0)
        first = size_;
    return true;
}

void HeaderMap::drop(std::string_view name)
{
    first_.fill(0);
    for (std::size_t i = 0; i < size_; ++i) {
        if (equalsIgnoringCase((*this)[i].name, name))
            entries_[i].id = HeaderName::Dropped;
        std::uint8_t& first = first_[indexOf(entries_[i].id)];
        if (first == 0)
            first = static_cast<std::uint8_t>(i + 1);
    }
}

} // namespace signalbox::http
