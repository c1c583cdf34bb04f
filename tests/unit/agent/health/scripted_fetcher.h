// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/fetcher.h"
#include "shared/base/executor.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::tests {

// What a pretended engine answers, by path; a test changes it while it runs.
// Lives on: the test's thread. Outlives the fetchers made of it.
struct PretendedEngine {
    explicit PretendedEngine(base::Executor& runs) : executor(runs) {}

    void answer(const std::string& path, int status, std::string body = "")
    {
        engine::FetchReply reply;
        reply.status = status;
        reply.body = std::move(body);
        pages[path] = std::move(reply);
    }
    void fail(const std::string& path, engine::FetchFault fault, std::string why = "no answer")
    {
        engine::FetchReply reply;
        reply.fault = fault;
        reply.why = std::move(why);
        pages[path] = std::move(reply);
    }
    // Everything is refused from now on, as after the end of a process.
    void refuse()
    {
        pages.clear();
        isGone = true;
    }
    std::unique_ptr<engine::Fetcher> makeFetcher();

    base::Executor& executor;
    std::map<std::string, engine::FetchReply> pages; // others are 404
    bool isGone = false;
    std::vector<std::string> asked; // paths, in order
    std::string lastBody;
    int dropIdleCalls = 0;
};

// Answers through the test's executor, as the real one through the control thread.
class ScriptedFetcher final : public engine::Fetcher {
public:
    explicit ScriptedFetcher(PretendedEngine& pretended) : pretended_(pretended) {}

    void fetch(engine::FetchRequest request, Done done) override
    {
        pretended_.asked.push_back(request.path);
        pretended_.lastBody = request.body;
        const auto page = pretended_.pages.find(request.path);
        engine::FetchReply reply;
        if (page != pretended_.pages.end())
            reply = page->second;
        else if (pretended_.isGone)
            reply.fault = engine::FetchFault::Refused;
        else
            reply.status = 404;
        if (request.onBody)
            request.onBody(reply.body);
        pretended_.executor.post(
            [alive = std::weak_ptr<int>(alive_), done = std::move(done), reply] {
                if (!alive.expired())
                    done(reply);
            });
    }
    void dropIdle() override { ++pretended_.dropIdleCalls; }

private:
    PretendedEngine& pretended_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

inline std::unique_ptr<engine::Fetcher> PretendedEngine::makeFetcher()
{
    return std::make_unique<ScriptedFetcher>(*this);
}

} // namespace signalbox::tests
