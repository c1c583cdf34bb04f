// SPDX-License-Identifier: Apache-2.0
// The same bytes to our listener and to Debian's nginx, HAProxy and Apache, each on a connection of
// its own: we take nothing that all three refuse, and where we see a request end they see it end
// too. To refuse more than they do is our way; to understand something else is not.
#include "agent/http/h1_writer.h"
#include "agent/http/listener.h"
#include "tests/support/http_peer.h"
#include "tests/support/raw_socket.h"
#include "tests/support/seed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace tests;

// Our listener and connection, answering as the peers do.
class OurServer {
public:
    OurServer()
        : cores_(runtime::CoreSetOptions{1, {}})
        , listener_(cores_, impatient(),
                    [](runtime::Core&, ServerConnection& client, Request& request) {
                        return answer(client, request);
                    })
        , port_(listener_.start(runtime::Address::loopback(0)).value().port())
    {
    }
    ~OurServer()
    {
        listener_.stopAccepting();
        cores_.stop();
    }

    Understood understands(std::string_view bytes) const
    {
        RawSocket socket = RawSocket::connectTo(port_);
        if (!socket.send(bytes))
            return {};
        return understoodFrom(socket.receiveAll());
    }

private:
    // Bytes that leave us waiting are refused soon; the peers are as impatient.
    static ListenerLimits impatient()
    {
        ListenerLimits limits;
        limits.server.headDeadline = limits.server.keepAliveIdle = std::chrono::seconds(2);
        limits.server.bodyDeadline = limits.server.bodyRateGrace = std::chrono::seconds(2);
        return limits;
    }

    static runtime::Task<void> answer(ServerConnection& client, Request& request)
    {
        std::array<char, kHeadBufferBytes> buffer;
        HeadWriter head(buffer);
        head.response(200);
        std::string seen(textOf(request.head.method));
        seen.append(" ").append(request.head.target);
        head.field("x-seen", seen);
        if (!client.keepsAlive())
            head.close();
        head.contentLength(2);
        (void)co_await client.sendWhole(head.finish(), "ok");
    }

    runtime::CoreSet cores_;
    Listener listener_;
    std::uint16_t port_;
};

const std::string kMarker = "GET /marker HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string shown(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += c == '\n'                 ? "\\n\n"
            : byte < 0x20 || byte >= 0x7f ? "\\" + std::to_string(byte)
                                          : std::string(1, c);
    }
    return text;
}

std::string shown(const Understood& understood)
{
    std::string text = std::to_string(understood.firstStatus);
    for (const std::string& request : understood.requests)
        text += " [" + request + "]";
    return text;
}

struct Differential : testing::Test {
    void SetUp() override
    {
        for (const PeerKind kind : {PeerKind::Nginx, PeerKind::HaProxy, PeerKind::Apache}) {
            ASSERT_TRUE(HttpPeer::isInstalled(kind))
                << "installers/packages.txt lists nginx-core, haproxy and apache2-bin for tests";
            peers.push_back(std::make_unique<HttpPeer>(kind));
            ASSERT_TRUE(peers.back()->isServing()) << peers.back()->log();
        }
    }

    // What we make of the bytes with a marker behind them; the promises about it are checked.
    Understood compare(const std::string& row, const std::string& bytes)
    {
        const std::string all = bytes + kMarker;
        const Understood mine = ours.understands(all);
        if (!mine.isAccepted())
            return mine; // to refuse is always safe
        std::size_t most = 0;
        std::vector<Understood> theirs;
        for (const auto& peer : peers) {
            theirs.push_back(peer->understands(all));
            most = std::max(most, theirs.back().requests.size());
        }
        const std::string what = row + "\n" + shown(bytes) + "\nwe " + shown(mine) + ", nginx "
            + shown(theirs[0]) + ", HAProxy " + shown(theirs[1]) + ", Apache " + shown(theirs[2]);
        EXPECT_GE(most, mine.requests.size()) << "we go on where all others end: " << what;
        for (const Understood& other : theirs) {
            // One of the two may refuse earlier; up to there both saw the same requests.
            const std::size_t both = std::min(mine.requests.size(), other.requests.size());
            EXPECT_TRUE(std::equal(mine.requests.begin(), mine.requests.begin() + both,
                                   other.requests.begin()))
                << "boundaries differ: " << what;
        }
        compared += most > 0 ? 1 : 0;
        return mine;
    }

    OurServer ours;
    std::vector<std::unique_ptr<HttpPeer>> peers;
    std::size_t compared = 0;
};

struct Shape {
    const char* row; // of the bad-input matrix
    std::string bytes;
};

std::string post(const std::string& fields, const std::string& body = "")
{
    return "POST /one HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

TEST_F(Differential, EveryShapeOfTheMatrixIsRefusedOrMeansTheSameToAll)
{
    const std::string length = "Content-Length: 5\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string chunks = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    const std::vector<Shape> good{
        {"good", post(length, "hello")},
        {"good", post(chunked, chunks)},
        {"good", post(chunked, "5\r\nhello\r\n0\r\nX-Trailer: a\r\n\r\n")},
        {"good", post(chunked, "00005\r\nhello\r\n0\r\n\r\n")},
        {"good", post("Transfer-Encoding: CHUNKED\r\n", chunks)},
        {"good", post("Content-Length: 0\r\n")},
        {"good", post("Content-Length:5  \r\n", "hello")},
        {"good", "GET /one?x=%20 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"good", "GET http://a/one HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"good", post(length, "hello") + post(chunked, chunks) + post(length, "GET /")},
        {"good", "GET /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
        {"good", "GET /one HTTP/1.0\r\nHost: a\r\n\r\n"},
    };
    for (const Shape& shape : good)
        EXPECT_TRUE(compare(shape.row, shape.bytes).isAccepted()) << shown(shape.bytes);

    const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const Shape& shape : std::vector<Shape>{
             {"B-01", post(length + chunked, "0\r\n\r\n") + hidden},
             {"B-01", post(chunked + "Content-Length: 4\r\n", "0\r\n\r\n") + hidden},
             {"B-02", post("Transfer-Encoding: gzip\r\n" + length, "hello") + hidden},
             {"B-03", post("Transfer-Encoding: xchunked\r\n", chunks) + hidden},
             {"B-03", post("Transfer-Encoding: identity\r\n" + length, "hello") + hidden},
             {"B-03", post("Transfer-Encoding: chunked, identity\r\n", chunks) + hidden},
             {"B-04", post("Transfer-Encoding: ,chunked\r\n", chunks) + hidden},
             {"B-04", post("Transfer-Encoding:\r\n chunked\r\n", chunks) + hidden},
             {"B-04", post(chunked + chunked, chunks) + hidden},
             {"B-05", "POST /one HTTP/1.0\r\nHost: a\r\n" + chunked + "\r\n" + chunks + hidden},
             {"B-06", post(length + length, "hello") + hidden},
             {"B-06", post("Content-Length: 5, 5\r\n", "hello") + hidden},
             {"B-07", post(length + "Content-Length: 6\r\n", "hello") + hidden},
             {"B-08", post("Content-Length: +5\r\n", "hello") + hidden},
             {"B-08", post("Content-Length: 5 5\r\n", "hello") + hidden},
             {"B-09", post("Content-Length: 005\r\n", "hello") + hidden},
             {"B-10", post(chunked, "5 \r\nhello\r\n0\r\n\r\n") + hidden},
             {"B-10", post(chunked, "0x5\r\nhello\r\n0\r\n\r\n") + hidden},
             {"B-10", post(chunked, "5\nhello\n0\n\n") + hidden},
             {"B-10", post(chunked, "5\r\nhello!!0\r\n\r\n") + hidden},
             {"B-11", post(chunked, "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n") + hidden},
             {"B-14", "GET /one HTTP/1.1\r\n\r\n" + hidden},
             {"B-14", "GET /one HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + hidden},
             {"B-15", post("X: a\r\n Content-Length: 5\r\n", "hello") + hidden},
             {"B-16", post("Content-Length : 5\r\n", "hello") + hidden},
             {"B-16", "GET /one HTTP/1.1\nHost: a\n\n" + hidden},
             {"B-16", post("X: a\rContent-Length: 5\r\n", "hello") + hidden},
             {"B-17", post("Content_Length: 5\r\n", "hello") + hidden},
             {"B-20", "GET  /one HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
             {"B-20", "\r\nGET /one HTTP/1.1\r\nHost: a\r\n\r\n" + hidden},
             {"B-20", "GET /one\r\n\r\n" + hidden},
             {"B-22", "GET /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + hidden},
         }) {
        EXPECT_FALSE(compare(shape.row, shape.bytes).isAccepted())
            << shape.row << " " << shown(shape.bytes);
    }
    EXPECT_EQ(compared, good.size());
}

const std::array kSeeds{
    post("Content-Type: application/json\r\nContent-Length: 5\r\n", "hello"),
    post("Transfer-Encoding: chunked\r\nX-Own: b\r\n", "3\r\nabc\r\n0\r\n\r\n"),
    std::string("GET /one?x=%20 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"),
    std::string("POST /one HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 0\r\nUser-Agent: x\r\n\r\n"),
    std::string("GET http://a/one HTTP/1.1\r\nHost: a\r\nConnection: x-own\r\nX-Own: y\r\n\r\n"),
};

constexpr std::array<std::string_view, 22> kPieces{
    "Transfer-Encoding: chunked\r\n", "Content-Length: 4\r\n", "Content-Length: 0\r\n", "\r\n",
    "\n", "\r", " ", "\t", ":", ",", ";", "%00", "..", "//", "_", "\x0b", "\x80", "0", "1", "-",
    "GET /two HTTP/1.1\r\nHost: a\r\n\r\n", "X: "};

std::string damaged(std::string bytes, std::mt19937& random)
{
    for (unsigned changes = random() % 3; changes > 0; --changes) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 4) {
        case 0: bytes.insert(at, kPieces[random() % kPieces.size()]); break;
        case 1: bytes[at] = static_cast<char>(random() % 256); break;
        case 2: bytes.erase(at, 1 + random() % 4); break;
        case 3: // a whole line more
            bytes.insert(bytes.find("\r\n") + 2, kPieces[random() % kPieces.size()]);
            break;
        }
        if (bytes.size() < 8 || bytes.find("\r\n") == std::string::npos)
            return kSeeds[0];
    }
    return bytes;
}

TEST_F(Differential, DamagedRequestsEndWhereTheOthersSeeThemEnd)
{
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 1500 && !HasFailure(); ++round)
        (void)compare("damaged", damaged(kSeeds[random() % kSeeds.size()], random));
    EXPECT_GT(compared, 200U);
}

} // namespace
} // namespace signalbox::http
