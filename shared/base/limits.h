// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Every capacity number of the product, with the reason beside it. Units last in the name.
// A room adds its numbers here, never in its own files, so that one page shows what is bounded.
namespace signalbox::limits {

using namespace std::chrono_literals;

// --- HTTP heads and bodies: what real clients send, with room; a hostile peer gets no more. ---
inline constexpr std::size_t kRequestHeadBytes = 16 * 1024;
inline constexpr std::size_t kRequestLineBytes = 8 * 1024;
inline constexpr std::size_t kHeaderFields = 100;
inline constexpr std::size_t kHeaderNameBytes = 256;
inline constexpr std::size_t kResponseHeadBytes = 64 * 1024;
inline constexpr std::size_t kRequestBodyBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kResponseBodyBytes = 64 * 1024 * 1024; // non-stream answers
inline constexpr std::size_t kChunkLineBytes = 128;
inline constexpr std::size_t kSseLineBytes = 1024 * 1024;
inline constexpr std::size_t kSseEventBytes = 1024 * 1024;

// --- JSON gate: deeper or wider than any real request; parsing never recurses on the stack. ---
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kJsonScanDepth = 60; // of answers, which may repeat a request inside
inline constexpr std::size_t kJsonKeysPerObject = 1024;
inline constexpr std::size_t kJsonArrayItems = 65'536;

// --- Connections: descriptors are finite; one source must not take them all. ---
inline constexpr std::size_t kConnectionsPerProcess = 50'000;
inline constexpr std::size_t kConnectionsPerSource = 512;
inline constexpr std::size_t kIdleConnectionsPerAddress = 256; // of one core, towards one member
inline constexpr std::size_t kKnownAddresses = 4096; // parsed member addresses a core remembers
inline constexpr auto kHeadDeadline = 10s;
inline constexpr auto kBodyDeadline = 60s;
inline constexpr std::size_t kBodyBytesPerSecond = 1024; // of a request, after the grace
inline constexpr auto kBodyRateGrace = 5s;
inline constexpr auto kKeepAliveIdle = 75s;
inline constexpr std::size_t kStreamBufferBytes = 256 * 1024; // a slow reader is back-pressure
inline constexpr auto kWriteStall = 30s;

// --- HTTP details: what the parsers of agent/http count while they read. ---
inline constexpr std::size_t kMethodBytes = 16;
inline constexpr std::size_t kInterimResponses = 4; // 1xx heads in front of an answer
inline constexpr std::size_t kChunksPerSecond = 1024; // of a request; more are an attack if tiny
inline constexpr std::size_t kChunkAverageBytes = 64;
inline constexpr std::size_t kTrailerBytes = 4096; // read and thrown away
inline constexpr std::size_t kRequestIdBytes = 128;
inline constexpr std::size_t kModelNameBytes = 256;
inline constexpr std::size_t kUserBytes = 512; // the client's own end-user name
inline constexpr std::size_t kChoicesPerRequest = 128; // n and best_of, as OpenAI allows
inline constexpr std::size_t kChoicesPerEvent = 128;
inline constexpr std::size_t kLogprobs = 100;
inline constexpr double kTemperature = 100;
inline constexpr std::size_t kJsonParserBytes = 256 * 1024; // kept per core between bodies
inline constexpr std::size_t kErrorExcerptBytes = 64;

// --- Supervised processes: a runaway command must fill neither the disk nor the table. ---
inline constexpr std::size_t kSupervisedProcesses = 256;
inline constexpr std::size_t kProcessLogBytes = 8 * 1024 * 1024; // and as much of its predecessor
inline constexpr auto kProcessStopDeadline = 10s;
inline constexpr auto kProcessBackoffFirst = 1s; // doubled by each early end
inline constexpr auto kProcessBackoffMost = 60s; // a run this long clears the count
inline constexpr std::size_t kProcessEvents = 4096; // not taken; then the oldest are dropped

// --- Scaled instances: an engine and an agent each, two of the supervised processes. ---
inline constexpr std::size_t kScaledPairs = 64; // on one machine
inline constexpr std::size_t kScaledPools = 64; // that one agent tells about
inline constexpr std::size_t kTemplateWords = 256;
inline constexpr std::size_t kTemplateWordBytes = 4'096;
inline constexpr std::uint64_t kScaledLogLeast = 64 * 1024;
inline constexpr std::uint64_t kScaledLogMost = 1024 * 1024 * 1024;
inline constexpr std::chrono::milliseconds kScaleTimeLeast = 1s;
inline constexpr std::chrono::milliseconds kScaleTimeMost = 24h;
inline constexpr auto kScaledStartGap = 200ms; // between two starts: each forks the agent

// --- Lab: bounds of the simulated engines and of the load, far above any recorded trace. ---
inline constexpr std::size_t kTraceLines = 5'000'000;
inline constexpr std::size_t kTraceTokens = 1'000'000;
inline constexpr std::size_t kSimChoices = 128; // n times prompts of one request
inline constexpr std::size_t kSimFaultsArmed = 64;
inline constexpr std::size_t kSimOutboxBytes = 16 * 1024 * 1024; // a reader that stopped reading
inline constexpr std::size_t kLabInstances = 64; // of one pool, on one machine
inline constexpr std::size_t kLabPools = 8;
inline constexpr std::size_t kLabGateways = 8;
inline constexpr std::size_t kSimRequestHeadBytes = 64 * 1024;
inline constexpr std::size_t kSimRequestBodyBytes = 16 * 1024 * 1024;

// --- Runtime: what one core holds for itself. ---
inline constexpr std::size_t kReadBufferBytes = 64 * 1024;       // one a core, lent to all reads
inline constexpr std::size_t kSendSliceBytes = 64 * 1024;        // large bodies go in slices
inline constexpr std::size_t kSendPieces = 64;                   // gathered into one system call
inline constexpr std::size_t kReadBurst = 16;                    // reads of one socket a wakeup
inline constexpr std::size_t kEventsPerWakeup = 512;             // then the kernel is asked again
inline constexpr std::size_t kLoopPosts = 65'536;                // functions waiting for one core
inline constexpr std::size_t kCorePoolBytesPerClass = 512 * 1024; // free memory kept for reuse

// --- Store: etcd's own limits where it has them, so that one client meets the same on both. ---
inline constexpr std::size_t kStoreRequestBytes = 1536 * 1024;
inline constexpr std::size_t kStoreRequestOverheadBytes = 512 * 1024; // gRPC takes this much more
inline constexpr std::size_t kStoreTxnOperations = 128;               // in each list of a txn
inline constexpr std::size_t kStoreResponseBytes = 64 * 1024 * 1024;  // a range of everything
inline constexpr std::size_t kStoreQueue = 4'096;          // requests waiting for the store thread
inline constexpr std::size_t kStoreBatch = 256;            // requests that share one fsync
inline constexpr std::size_t kStoreWatches = 10'000;       // in the whole store
inline constexpr std::size_t kStoreWatchesPerStream = 1'024;
inline constexpr std::size_t kStoreWatchBuffer = 128;      // responses waiting in one stream
inline constexpr std::size_t kStoreWatchBufferBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kStoreReplayEvents = 1'000; // read at once from history
inline constexpr std::size_t kStoreReplayBytes = 1024 * 1024;
inline constexpr std::size_t kStoreStreamsPerConnection = 4'096; // calls and watch streams
inline constexpr std::size_t kStoreServerBytes = 256 * 1024 * 1024; // gRPC's own buffers
inline constexpr std::size_t kStoreQueueBytes = 64 * 1024 * 1024; // of the waiting requests
inline constexpr std::size_t kStoreLeases = 100'000;
inline constexpr std::int64_t kStoreLeaseTtlSeconds = 9'000'000'000;
inline constexpr std::size_t kStoreClientCalls = 1'024;    // outstanding in one client
inline constexpr std::size_t kStoreListPage = 1'000;       // keys a mirror asks for at once

// --- Wire: what a peer or a stored object may list. ---
inline constexpr std::size_t kModelsPerEngine = 1'000;
inline constexpr std::size_t kMembersPerAgent = 20'000; // pools of 10,000 instances, twice over
inline constexpr std::size_t kListItems = 10'000;
inline constexpr std::size_t kControlMessageBytes = 4 * 1024 * 1024; // one call or stream item

// --- Engines: what a probe, a page of metrics or a list of models may cost. A page of the largest
// engine recorded has 520 KB and 2,000 series. ---
inline constexpr std::size_t kProbeBodyBytes = 64 * 1024;
inline constexpr std::size_t kModelsBodyBytes = 1024 * 1024; // a list with hundreds of adapters
inline constexpr std::size_t kFetchesPerEngine = 8; // questions of our own open at one address
inline constexpr std::size_t kMetricPageBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kMetricSeries = 5'000; // label sets of mapped metrics
inline constexpr std::size_t kMetricLineBytes = 16 * 1024;
inline constexpr std::size_t kMetricNameBytes = 256;
inline constexpr std::size_t kMetricLabels = 64;

// --- Commands and what is kept of them. ---
inline constexpr std::size_t kChangesPerCommand = 100; // fits one transaction beside its record
inline constexpr std::size_t kCommandsInFlight = 64; // on one agent; each waits for the store
inline constexpr std::size_t kCauseBytes = 256;
inline constexpr std::size_t kCommandIdBytes = 128;
inline constexpr std::size_t kOverrideNameBytes = 1'024; // several names, joined
inline constexpr std::size_t kRepeatLookback = 256; // records searched for a repeated request
inline constexpr std::size_t kAuditPage = 1'000; // records in one answer
inline constexpr std::size_t kBehindShown = 32; // agents named in a convergence; all are counted
inline constexpr std::size_t kWarningsShown = 32;
inline constexpr std::size_t kProofsShown = 100; // members in one preview; all are judged
inline constexpr std::size_t kProbesWaiting = 16; // callers who wait for one token of one engine
inline constexpr std::size_t kAgentCallsWaiting = 32; // questions passed on to other agents
inline constexpr std::size_t kUnauditedPending = 1'000; // revisions waiting to be checked
inline constexpr std::size_t kFleetFileBytes = 64 * 1024 * 1024; // 10,000 agents and their policy
inline constexpr std::size_t kOverrideFileBytes = 64 * 1024;
inline constexpr std::size_t kOverridesKept = 100; // told to the audit when the store is back
inline constexpr std::size_t kSeedFileBytes = 1024 * 1024;
inline constexpr std::size_t kReasonBytes = 256; // of a rejected policy, in an agent's record

// --- Telemetry on the wire: a frozen reader costs one batch and a window, never more. ---
inline constexpr std::size_t kPemBytes = 1024 * 1024;
inline constexpr std::size_t kOperatorNameBytes = 64;
inline constexpr std::size_t kRpcMetadataBytes = 8 * 1024;
inline constexpr std::size_t kRpcStreamsPerConnection = 100;
inline constexpr std::size_t kRpcCallsOpen = 4'096; // in one server; more are refused
inline constexpr auto kRpcOpenPatience = 3s; // until a peer accepts a stream
inline constexpr auto kRpcBackoffFirst = 100ms; // doubled by each failure in a row, jittered
inline constexpr auto kRpcBackoffMost = 5s;
inline constexpr auto kRpcStopGrace = 1s; // for calls that run when the server stops
inline constexpr std::size_t kTunnelConnections = 64; // on one agent
inline constexpr std::size_t kTunnelCallsOpen = 64; // on one connection
inline constexpr std::size_t kTunnelFramesWaiting = 128; // then nothing more is read
inline constexpr std::size_t kTunnelMessageBytes = 4 * 1024 * 1024; // as gRPC takes by default
inline constexpr auto kTunnelHandshake = 5s;
inline constexpr auto kTunnelIdle = 30s; // pinged after half of it, closed after all of it
inline constexpr auto kTunnelDeadlineMost = 600s; // of a unary call
inline constexpr std::size_t kFleetAgents = 20'000; // in one stream
inline constexpr std::size_t kSeriesPerAgent = 512;
inline constexpr std::size_t kLabelsPerSeries = 8;
inline constexpr std::size_t kRowsPerBlock = 4'096;
inline constexpr std::size_t kValuesPerBlock = 512 * 1024; // 4 MiB, from however few bytes
inline constexpr std::size_t kBlockBytes = 1024 * 1024; // also after decompression
inline constexpr std::size_t kValuesPerBatch = 4 * 1024 * 1024;
inline constexpr std::size_t kTelemetryItems = 65'536; // in one batch
inline constexpr std::size_t kTelemetryBatchBytes = 256 * 1024; // then the next batch goes on
inline constexpr auto kTelemetryTick = 250ms;
inline constexpr auto kStateRefresh = 10s; // of numbers that always move, in a state
inline constexpr auto kTelemetryHeartbeat = 1s; // an empty batch says: nothing happened
inline constexpr auto kTelemetrySilence = 5s; // then a reader takes the stream for dead
inline constexpr std::size_t kFeedRows = 900; // 15 min of one agent's own samples
inline constexpr std::size_t kFeedEvents = 1'024;
inline constexpr std::size_t kRelayRows = 30; // per peer; a reader that is later is behind
inline constexpr std::size_t kRelayEvents = 128;
inline constexpr std::size_t kFirstEvents = 64; // of the past, for a reader that is new
inline constexpr auto kRelayPatience = 1s; // for a peer to speak for itself before its record does
inline constexpr auto kRelayLinger = 10s; // peers stay connected after the last watcher left
inline constexpr auto kGoneAgentKept = 600s; // in the picture after its lease has ended
inline constexpr std::size_t kTelemetryReaders = 64;
inline constexpr std::size_t kOpenExchangesListed = 256; // in one answer; all are counted
inline constexpr std::size_t kLoadReaders = 256;
inline constexpr auto kLoadInterval = 200ms;
inline constexpr auto kLoadPoll = 20ms; // how soon a change is told
inline constexpr std::size_t kLearntAddresses = 16; // doors of a fleet beside those given
inline constexpr std::size_t kMirrorEvents = 2'000; // a client keeps
inline constexpr std::size_t kFactTextBytes = 4'096; // reasons, texts, names in observed facts
inline constexpr std::size_t kMetricFamilies = 1'024;
inline constexpr std::size_t kMetricSamples = 65'536; // of one scrape
inline constexpr std::size_t kObserveConnections = 64;
inline constexpr auto kObserveHeadDeadline = 5s;
inline constexpr auto kObserveIdle = 75s;

// --- Routing: what a core remembers of its choices and of prompts. ---
inline constexpr std::size_t kDecisionsKept = 256; // of each kind, a core; about 2 KiB each
inline constexpr std::size_t kDecisionPeersAsked = 64; // agents that are asked for one
inline constexpr std::size_t kPrefixBlocks = 128; // of one prompt; what is behind them is not known
inline constexpr std::size_t kPrefixEntries = 65'536; // blocks a core remembers, 16 bytes each

// --- Console: what a window that is slow, hidden or frozen may keep waiting. ---
inline constexpr std::size_t kWaitingRows = 120; // of one agent, between link and window
inline constexpr std::size_t kWaitingEvents = 2'000;
inline constexpr std::size_t kAuditShown = 1'000; // newest records
inline constexpr std::size_t kHistoryBytes = 32 * 1024 * 1024; // of all agents' series together
inline constexpr std::size_t kHistoryRows = 900; // 15 min; fewer where there are many agents
inline constexpr std::size_t kHistoryRowsLeast = 60;
inline constexpr std::size_t kAlarmsShown = 1'000; // the worst; more are counted
inline constexpr std::size_t kFleetsRemembered = 16;
inline constexpr std::size_t kPlacesRemembered = 64; // to go back to
inline constexpr std::size_t kChangesListed = 200; // newest of the last hour
inline constexpr std::size_t kEventsListed = 500; // newest
inline constexpr std::size_t kTileCells = 1'024; // of one pool; a cell then stands for several
inline constexpr std::size_t kCommandsFollowed = 32; // at once and after; the oldest ended go first
inline constexpr std::size_t kDraftsKept = 16; // causes typed and not used, offered again
inline constexpr std::size_t kObjectsPerDraft = 100; // as kChangesPerCommand

// --- Process: work handed to the one thread that may block. ---
inline constexpr std::size_t kDiskJobs = 1'024;

// --- Console text: what a screen shows of a peer's text; the whole stands in exports. ---
inline constexpr int kShownNameCharacters = 128;
inline constexpr int kShownReasonCharacters = 512;

} // namespace signalbox::limits
