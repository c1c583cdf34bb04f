// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/canonical_series.h"
#include "agent/upstream/engine_traits.h"
#include "shared/model/health.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What one kind of engine is, read from resources/engines/<name>.yaml. Everything here is data: an
// engine that speaks HTTP is added without a line of code.
namespace signalbox::engine {

// An answer with this status (0 = any) whose body contains this text (empty = any). Space is not
// compared where the text is JSON, so that two writers of one object look the same.
struct AnswerSignature {
    int status = 0;
    std::string contains;
};

// What one answer to the probe means.
struct AnswerRule {
    AnswerSignature answer;
    model::Health means = model::Health::Failed;
    std::string because;
};

struct ProbeRules {
    std::string path;
    std::vector<AnswerRule> answers; // the first that fits
    std::optional<std::chrono::milliseconds> interval; // where the engine needs other ones
    std::optional<std::chrono::milliseconds> timeout;
    // Before its first good answer a refused connection means "starting" for this long.
    std::chrono::milliseconds startWithin = std::chrono::minutes(15);
};

// GET path; the answer is 200 and contains the text.
struct PathSignature {
    std::string path;
    std::string contains;
};

// GET path; the value of a top-level field of the JSON answer.
struct FieldSource {
    std::string path;
    std::string field;
};

enum class Combine : std::uint8_t { Sum, Max };

// One canonical series out of an engine's metrics. The names are alternatives, the first that the
// page has wins: old and new names may both be exposed.
struct MetricRule {
    Series series = Series::Running;
    std::vector<std::string> from;
    std::vector<std::string> plus; // added to whichever was found
    std::string sum; // latency without buckets: total time ...
    std::string count; // ... over this many
    Combine combine = Combine::Sum; // over the label sets
    std::map<std::string, std::string> where; // labels that must match; absent = ""
    std::map<std::string, std::string> unless; // label sets left out
    double scale = 1; // to the canonical unit
};

struct MetricsSource {
    std::string path; // empty = this engine has none
    int portOffset = 0; // added to the engine's port
    std::vector<MetricRule> rules;
};

struct ConnectionLimits {
    std::chrono::milliseconds idle = std::chrono::seconds(4); // safely below the engine's own
    std::uint32_t requests = 0; // per connection; 0 = no limit
};

// How a broken answer may be taken up by another endpoint.
enum class ChatContinuation : std::uint8_t {
    None,
    FinalMessage, // continue_final_message with add_generation_prompt false
    Prefill, // a trailing assistant message is continued as it stands
};
enum class CompletionsContinuation : std::uint8_t { None, Prefix };
enum class PrefillRepeat : std::uint8_t { Never, Plain }; // Plain: non-stream answers repeat it

struct ContinuationRules {
    ChatContinuation chat = ChatContinuation::None;
    CompletionsContinuation completions = CompletionsContinuation::None;
    PrefillRepeat repeatsPrefill = PrefillRepeat::Never;
    bool byTokenIds = false; // gives and takes token ids: the only exact way
};

enum class ErrorShape : std::uint8_t { Nested, Flat, Text };

struct ErrorSignatures {
    ErrorShape shape = ErrorShape::Nested;
    std::vector<AnswerSignature> contextOverflow;
    std::vector<AnswerSignature> overload;
    std::vector<AnswerSignature> draining; // loading or stopping
    std::vector<AnswerSignature> modelMissing;
    std::vector<AnswerSignature> badRequest; // whatever the status says
    std::vector<AnswerSignature> broken; // the same
};

struct EngineProfile {
    std::string name;
    std::string title; // for people
    std::vector<PathSignature> recognise; // any of them
    bool recogniseLast = false; // its signature fits other engines too
    std::optional<FieldSource> version;
    std::string modelsPath; // empty = no list
    ProbeRules probe;
    std::optional<PathSignature> sleep; // fits while the engine sleeps
    std::string deepProbePath; // of a one-token generation; empty = none
    MetricsSource metrics;
    ConnectionLimits connections;
    std::vector<std::string> clientPaths; // "POST /v1/completions"; {model} is one segment
    std::vector<std::string> stripHeaders; // lower case; never forwarded
    std::vector<std::string> deniedFields; // top-level, of a request body; sorted
    ContinuationRules continuation;
    ErrorSignatures signatures;
};

// True when status and body fit. Linear in the body, which is bounded by who reads it.
bool fits(const AnswerSignature& signature, int status, std::string_view body);

// What the answer means: by the profile's signatures first, then by its status as HTTP means it.
// Status 0: an error event of a stream, where signatures are compared by their text alone.
upstream::AnswerClass classify(const ErrorSignatures& signatures, int status,
                               std::string_view body);

// May a client send this? `path` is decoded, without query.
bool allowsClient(const EngineProfile& profile, std::string_view method, std::string_view path);

std::string_view nameOf(ChatContinuation continuation);
std::string_view nameOf(ErrorShape shape);

} // namespace signalbox::engine
