// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/recogniser.h"

#include "shared/base/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace signalbox::engine {

namespace {

constexpr std::chrono::milliseconds kQuestionDeadline{2'000};
constexpr std::size_t kPathsMax = 24; // an engine is not to be crawled
constexpr int kStatusOk = 200;
constexpr int kStatusUnavailable = 503;

// One recognition under way: path after path until one of them gives the engine away.
// Lives on: control, kept by its own callbacks.
class Search : public std::enable_shared_from_this<Search> {
public:
    Search(Fetcher& fetcher, const ProfileRegistry& registry,
           std::function<void(Recognition)> done)
        : fetcher_(fetcher), profiles_(registry.all()), done_(std::move(done))
    {
        std::map<std::string, int> users;
        for (const ProfilePtr& profile : profiles_) {
            for (const PathSignature& signature : profile->recognise)
                ++users[signature.path];
        }
        for (const auto& [path, count] : users)
            paths_.emplace_back(count, path);
        std::stable_sort(paths_.begin(), paths_.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
        paths_.resize(std::min(paths_.size(), kPathsMax));
    }

    void askNext()
    {
        if (next_ == paths_.size())
            return conclude();
        FetchRequest request;
        request.path = paths_[next_].second;
        request.deadline = kQuestionDeadline;
        request.bodyBytesMax = limits::kModelsBodyBytes;
        fetcher_.fetch(std::move(request),
                       [self = shared_from_this()](FetchReply reply) { self->take(reply); });
    }

private:
    void take(const FetchReply& reply)
    {
        const std::string& path = paths_[next_++].second;
        if (reply.fault == FetchFault::Refused || reply.fault == FetchFault::Unreachable
            || reply.fault == FetchFault::Deadline) {
            found_.fault = reply.fault;
            found_.reason
                = reply.fault == FetchFault::Refused ? "connection refused" : reply.why;
            return done_(std::move(found_));
        }
        found_.isLoading |= reply.status == kStatusUnavailable;
        for (const ProfilePtr& profile : profiles_) {
            for (const PathSignature& signature : profile->recognise) {
                const bool isFit = signature.path == path && reply.isWhole()
                    && fits({kStatusOk, signature.contains}, reply.status, reply.body);
                if (!isFit)
                    continue;
                if (!profile->recogniseLast)
                    return name(profile, path);
                if (!fallback_.first)
                    fallback_ = {profile, path};
            }
        }
        askNext();
    }

    void name(const ProfilePtr& profile, const std::string& path)
    {
        found_.profile = profile;
        found_.reason = fmt::format("{} answers as {} does", path, profile->title);
        found_.isLoading = false;
        done_(std::move(found_));
    }

    void conclude()
    {
        if (fallback_.first)
            return name(fallback_.first, fallback_.second);
        found_.reason = found_.isLoading ? "answers 503, so it does not say yet what it is"
                                         : "answers like no engine that a profile describes";
        done_(std::move(found_));
    }

    Fetcher& fetcher_;
    std::vector<ProfilePtr> profiles_;
    std::function<void(Recognition)> done_;
    std::vector<std::pair<int, std::string>> paths_; // how many profiles ask it, path
    std::size_t next_ = 0;
    std::pair<ProfilePtr, std::string> fallback_;
    Recognition found_;
};

} // namespace

void recognise(Fetcher& fetcher, const ProfileRegistry& registry,
               std::function<void(Recognition)> done)
{
    std::make_shared<Search>(fetcher, registry, std::move(done))->askNext();
}

} // namespace signalbox::engine
