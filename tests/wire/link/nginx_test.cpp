// SPDX-License-Identifier: Apache-2.0
// A proxy that knows nothing of us stands between window and agent, as it does in many houses.
#include "tests/support/child_process.h"
#include "tests/support/raw_socket.h"
#include "tests/wire/link/link_world.h"

#include <filesystem>
#include <fstream>

namespace signalbox::link {
namespace {

namespace fs = std::filesystem;

// nginx with its own folder, port and files. Lives on: the test's thread.
class Nginx {
public:
    explicit Nginx(std::uint16_t upstream)
    {
        {
            const tests::RawListener free; // the port is nginx's once this is closed
            port_ = free.port();
        }
        folder_ = fs::temp_directory_path() / ("signalbox-nginx-" + std::to_string(port_));
        fs::create_directories(folder_);
        std::ofstream(folder_ / "nginx.conf")
            << "daemon off; master_process off; pid " << (folder_ / "pid").string()
            << ";\nerror_log stderr notice;\nevents {}\nhttp {\n  access_log off;\n"
            << "  client_body_temp_path " << (folder_ / "a").string() << ";\n  proxy_temp_path "
            << (folder_ / "b").string() << ";\n  fastcgi_temp_path " << (folder_ / "c").string()
            << ";\n  uwsgi_temp_path " << (folder_ / "d").string() << ";\n  scgi_temp_path "
            << (folder_ / "e").string() << ";\n  server {\n    listen 127.0.0.1:" << port_
            << ";\n    location /tunnel {\n      proxy_pass http://127.0.0.1:" << upstream
            << ";\n      proxy_http_version 1.1;\n"
               "      proxy_set_header Upgrade $http_upgrade;\n"
               "      proxy_set_header Connection upgrade;\n      proxy_set_header Host $host;\n"
               "    }\n  }\n}\n";
        program_ = std::make_unique<tests::ChildProcess>(std::vector<std::string>{
            "nginx", "-p", folder_.string(), "-c", (folder_ / "nginx.conf").string()});
    }
    ~Nginx()
    {
        program_.reset();
        fs::remove_all(folder_);
    }
    std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_ = 0;
    fs::path folder_;
    std::unique_ptr<tests::ChildProcess> program_;
};

TEST(LinkThroughAProxy, IsNotDisturbedByIt)
{
    if (std::system("command -v nginx >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "nginx is not installed";
    tests::ControlThreadWorld world;
    tests::LinkedAgent hub(world, "gw-1");
    hub.start();
    const Nginx nginx(hub.tunnelPort());

    // It may not listen yet: the link tries until it does.
    tests::LinkWindow window({"ws://127.0.0.1:" + std::to_string(nginx.port()) + "/tunnel"});

    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));
    for (const int number : {3, 4, 5}) {
        hub.record(number);
        EXPECT_TRUE(window.eventually(
            [&] { return window.inFlight("gw-1") == static_cast<float>(number); }));
    }
}

} // namespace
} // namespace signalbox::link
