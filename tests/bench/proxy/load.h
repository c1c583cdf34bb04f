// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::bench {

struct LoadShape {
    std::size_t connections = 32;
    bool streams = false;
    int events = 0; // of one stream
    int pauseMs = 0; // before each event
};

struct LoadResult {
    std::uint64_t answers = 0; // whole ones
    std::uint64_t events = 0;
    std::uint64_t failures = 0; // another status than 200, or a connection that ended
};

// Clients that send their next request as soon as they have an answer, over one connection each.
// Lives on: the thread that runs it.
class Load {
public:
    // Throws when nobody listens there.
    Load(std::uint16_t port, LoadShape shape);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Goes on from where it was; what came in that time.
    LoadResult runFor(std::chrono::milliseconds time);

private:
    struct Client {
        int fd = -1;
        std::string input; // of the answer that is being read
        bool hasHead = false;
        std::size_t counted = 0; // of input: its events are counted up to there
        std::size_t bodyLeft = 0; // of a plain answer
    };

    void ask(Client& client);
    void read(Client& client);
    void readPlain(Client& client);
    void readEvents(Client& client);
    bool takeHead(Client& client);

    LoadShape shape_;
    std::string request_;
    int epoll_;
    std::vector<Client> clients_;
    LoadResult result_;
};

} // namespace signalbox::bench
