// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/limits.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace signalbox::http {

// The header fields that something here reads, writes or refuses, resolved once while parsing.
// NoToken: no field name at all. Other: unknown name. Dropped: must not be forwarded (a name with
// "_", or listed by Connection). SignalboxOther, ForwardedOther: any further x-signalbox-*,
// x-forwarded-* name.
enum class HeaderName : std::uint8_t {
    NoToken,
    Other,
    Dropped,
    SignalboxOther,
    ForwardedOther,
    Accept,
    AcceptEncoding,
    ApiKey,
    Authorization,
    CacheControl,
    Connection,
    ContentEncoding,
    ContentLength,
    ContentType,
    ConversationId,
    Cookie,
    DataParallelRank,
    Date,
    Expect,
    Forwarded,
    ForwardedFor,
    Host,
    KeepAlive,
    Location,
    Origin,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyConnection,
    RetryAfter,
    RetryAfterMs,
    RequestId,
    Server,
    SessionId,
    SetCookie,
    ShouldRetry,
    SignalboxAttempt,
    SignalboxCache,
    SignalboxHop,
    SignalboxReport,
    StainlessRetryCount,
    Te,
    TraceParent,
    TraceState,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Via,
    WebSocketKey,
    WebSocketProtocol,
    WebSocketVersion,
    kCount,
};

// Lower case, as it is written on the wire; empty for the first five.
std::string_view textOf(HeaderName name);

// `name` in any case, without control bytes. A name with "_" is Dropped; see isSensitiveTwin().
HeaderName headerNameOf(std::string_view name);

// Connection-level fields (RFC 9110 §7.6.1): never forwarded, in either direction.
bool isHopByHop(HeaderName name);

// Fields that decide who asks, how the message is framed or what is believed about the sender.
// Connection may not name them, and a twin spelled with "_" (content_length) is refused.
bool isSensitive(HeaderName name);
bool isSensitiveTwin(std::string_view nameWithUnderscore);

// ASCII only, as header names and tokens are compared.
bool equalsIgnoringCase(std::string_view a, std::string_view b);

struct HeaderField {
    HeaderName id = HeaderName::Other;
    std::string_view name; // as it came
    std::string_view value; // without the space around it
};

// The fields of one head in order, as offsets into the head's buffer; look-up by HeaderName is one
// array read. Lives on: core; owned by its RequestHead or ResponseHead; 1.1 KB, no allocation.
// Names and values are views into that buffer; after the buffer moved, rebase() makes them true.
class HeaderMap {
public:
    class Iterator {
    public:
        Iterator(const HeaderMap& map, std::size_t index)
            : map_(map)
            , index_(index)
        {
        }
        HeaderField operator*() const { return map_[index_]; }
        Iterator& operator++()
        {
            ++index_;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return index_ != other.index_; }

    private:
        const HeaderMap& map_;
        std::size_t index_;
    };

    std::size_t size() const { return size_; }
    HeaderField operator[](std::size_t index) const
    {
        const Entry& entry = entries_[index];
        return {entry.id,
                {base_ + entry.nameAt, entry.nameLength},
                {base_ + entry.valueAt, entry.valueLength}};
    }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size_}; }

    bool has(HeaderName name) const { return first_[indexOf(name)] != 0; }
    bool isRepeated(HeaderName name) const { return (repeated_ >> indexOf(name) & 1U) != 0; }
    // Value of the first field of that name; empty when there is none.
    std::string_view get(HeaderName name) const
    {
        const std::uint8_t first = first_[indexOf(name)];
        return first == 0 ? std::string_view() : (*this)[first - 1U].value;
    }
    // The only value; empty when there is none or more than one.
    std::string_view getSingle(HeaderName name) const
    {
        return isRepeated(name) ? std::string_view() : get(name);
    }
    std::size_t count(HeaderName name) const;
    // For names that are no HeaderName; the first one. Linear.
    std::string_view find(std::string_view name) const;

    // --- For the parser. ---
    void clear(const char* base)
    {
        base_ = base;
        size_ = 0;
        first_.fill(0);
        repeated_ = 0;
    }
    // `base` is where the head's first byte now lies.
    void rebase(const char* base) { base_ = base; }
    // Both must lie in the head, within 64 KiB of its start. False when the map is full.
    bool add(std::string_view name, std::string_view value, HeaderName id)
    {
        if (size_ == entries_.size())
            return false;
        Entry& entry = entries_[size_++];
        entry.nameAt = static_cast<std::uint16_t>(name.data() - base_);
        entry.nameLength = static_cast<std::uint16_t>(name.size());
        entry.valueAt = static_cast<std::uint16_t>(value.data() - base_);
        entry.valueLength = static_cast<std::uint16_t>(value.size());
        entry.id = id;
        std::uint8_t& first = first_[indexOf(id)];
        if (first == 0)
            first = size_;
        else
            repeated_ |= std::uint64_t{1} << indexOf(id);
        return true;
    }
    // Marks every field of that name as Dropped.
    void drop(std::string_view name);

private:
    struct Entry {
        std::uint16_t nameAt;
        std::uint16_t nameLength;
        std::uint16_t valueAt;
        std::uint16_t valueLength;
        HeaderName id;
    };

    static constexpr std::size_t indexOf(HeaderName name) { return static_cast<std::size_t>(name); }
    static_assert(static_cast<std::size_t>(HeaderName::kCount) <= 64,
                  "repeated_ has a bit for each");

    const char* base_ = nullptr;
    std::uint64_t repeated_ = 0; // bit by HeaderName
    std::uint8_t size_ = 0;
    std::array<std::uint8_t, static_cast<std::size_t>(HeaderName::kCount)> first_{}; // index + 1
    std::array<Entry, limits::kHeaderFields> entries_; // the first size_ are set
};

} // namespace signalbox::http
