// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/breaker.h"
#include "agent/upstream/engine_traits.h"
#include "shared/model/fleet.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::upstream {

enum class Reachability : std::uint8_t { Unknown, Up, Down };

// What all cores know of one member right now: every field is one atomic and nothing else is
// shared. It outlives policy snapshots, so a new revision forgets nothing that was learnt.
// Lives on: any thread. Owned by MemberRegistry; relaxed order is enough, no field guards another.
class MemberCell {
public:
    // --- what the agent beside it reports (product.md §12, Reports) ---
    void take(const model::LoadReport& report, Ticks receivedAt);
    model::LoadReport report() const;
    Ticks reportedAt() const { return reportedAt_.load(std::memory_order_relaxed); }
    bool hasFreshReport(Ticks now, Ticks youngerThan) const;

    // --- what we placed there ourselves ---
    // Placed prompt tokens count until two reports have come: the first may have been on its way
    // already when the request was sent.
    void place(std::uint64_t promptTokens, Ticks now = 0);
    void finish();
    Ticks placedAt() const { return placedAt_.load(std::memory_order_relaxed); }
    std::uint32_t inFlight() const { return inFlight_.load(std::memory_order_relaxed); }
    std::uint64_t unreportedTokens() const;

    // --- what probes and connects say ---
    enum class Serves : std::uint8_t { No, Yes };
    // A probe's answer. Whether it takes work is believed only while no fresh report says so.
    void takeProbe(Reachability reachability, Serves serves, Ticks now);
    // Its reports have stopped: from now on probes speak for it.
    void forgetReports() { reportedAt_.store(0, std::memory_order_relaxed); }
    void setReachability(Reachability reachability);
    Reachability reachability() const { return reachability_.load(std::memory_order_relaxed); }
    // First local-origin error: no new work until a probe has answered or the suspicion is old.
    void suspect(Ticks now);
    bool isSuspect() const { return suspectSince() != 0; }
    Ticks suspectSince() const { return suspectSince_.load(std::memory_order_relaxed); }
    Ticks downSince() const { return downSince_.load(std::memory_order_relaxed); } // 0 = is not
    // What its registration says, as long as it has told us nothing itself.
    void presume(bool acceptsWork);
    // It refused because it drains: no new work until it reports otherwise.
    void refusedWork() { acceptsWork_.store(false, std::memory_order_relaxed); }
    bool acceptsWork() const { return acceptsWork_.load(std::memory_order_relaxed); }

    // --- what requests say ---
    Breaker& breaker() { return breaker_; }
    const Breaker& breaker() const { return breaker_; }

    // It has joined a pool that works already: its first traffic is a part of its share.
    void joinLate() { isReturning_.store(true, std::memory_order_relaxed); }
    // Share of its turns that it takes, 0.1..1: grows over 30 s from its return (algorithms.md
    // §1.3, slow start). It returns when a breaker closes, when a probe finds what was down, or
    // when what joined late takes its first work.
    double warmth(Ticks now) const;
    // Tells members apart for good, within this process.
    std::uint32_t number() const { return number_; }

    void countRequest() { requestsTotal_.fetch_add(1, std::memory_order_relaxed); }
    void countFailure() { failuresTotal_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t requestsTotal() const { return requestsTotal_.load(std::memory_order_relaxed); }
    std::uint64_t failuresTotal() const { return failuresTotal_.load(std::memory_order_relaxed); }

private:
    void noteReturn(Ticks now);

    const std::uint32_t number_ = nextNumber();
    static std::uint32_t nextNumber();
    Breaker breaker_;

    std::atomic<std::uint64_t> sequence_{0};
    std::atomic<std::uint64_t> pendingPrefillTokens_{0};
    std::atomic<std::uint32_t> decoding_{0};
    std::atomic<std::uint32_t> queued_{0};
    std::atomic<float> prefillTokensPerSecond_{0};
    std::atomic<float> decodeMsPerSequence_{0};
    std::atomic<Ticks> reportedAt_{0};
    std::atomic<bool> acceptsWork_{true};

    std::atomic<std::uint32_t> inFlight_{0};
    std::atomic<std::uint64_t> placedSinceReport_{0};
    std::atomic<std::uint64_t> placedBeforeReport_{0};
    std::atomic<Ticks> placedAt_{0};

    std::atomic<Reachability> reachability_{Reachability::Unknown};
    std::atomic<Ticks> suspectSince_{0};
    std::atomic<Ticks> downSince_{0};
    std::atomic<bool> isReturning_{false}; // was away; its return is not seen yet
    std::atomic<Ticks> returnedAt_{0};

    std::atomic<std::uint64_t> requestsTotal_{0};
    std::atomic<std::uint64_t> failuresTotal_{0};
};

// RAII: one request open on a member.
// Lives on: core; owned by the call it counts.
class Placement {
public:
    Placement() = default;
    Placement(std::shared_ptr<MemberCell> cell, std::uint64_t promptTokens, Ticks now = 0);
    Placement(Placement&&) noexcept = default;
    Placement& operator=(Placement&& other) noexcept;
    ~Placement() { release(); }
    void release();

private:
    std::shared_ptr<MemberCell> cell_;
};

enum class MemberKind : std::uint8_t { Agent, Engine };

// What is fixed about a member within one policy snapshot.
struct Member {
    std::string id; // agent id, or the address of an engine without one
    std::string address; // host:port; where requests go
    std::string model; // name asked for there; empty = the client's own
    std::string zone; // empty = not known
    MemberKind kind = MemberKind::Agent;
    std::chrono::milliseconds idleMax{4'000}; // pooled connections are dropped after this
    std::uint32_t requestsPerConnectionMax = 0; // 0 = no limit
    std::shared_ptr<const EngineTraits> traits; // of the engine there; null = not known
    std::shared_ptr<MemberCell> cell;
};

} // namespace signalbox::upstream
