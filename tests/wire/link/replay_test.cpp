// SPDX-License-Identifier: Apache-2.0
// A recorded stream, replayed: what the window's models say depends on what was heard, not on when
// the window took it.
#include "console/models/instances/instance_table_model.h"
#include "console/models/lists/alarm_list_model.h"
#include "console/models/lists/event_log_model.h"
#include "proto/signalbox/v1/telemetry_service.pb.h"
#include "shared/rpc/grpc_channel.h"
#include "tests/support/manual_clock.h"
#include "tests/wire/link/scripted_agent.h"
#include "tests/wire/link/link_world.h"

#include <QAbstractItemModelTester>

#include <algorithm>
#include <sstream>

namespace signalbox::link {
namespace {

using tests::LinkedAgent;
using tests::LinkWindow;

constexpr const char* kLast = "that was the last of it";

// The messages of one stream, as they came. Lives on: the control thread, which it waits for.
class Recording {
public:
    Recording(tests::ControlThreadWorld& world, const std::string& address) : world_(world)
    {
        v1::WatchTelemetryRequest wish;
        wish.set_scope(v1::TELEMETRY_SCOPE_FLEET);
        wish.set_samples(v1::SAMPLE_WISH_ALL);
        world_.on([&] {
            channel_ = *rpc::openGrpcChannel(*rpc::parseServiceAddress("grpc://" + address), {},
                                             "recorder", world_.executor());
            call_ = channel_->watch("signalbox.v1.TelemetryService/WatchTelemetry",
                                    wish.SerializeAsString(),
                                    {[this](std::string bytes) {
                                         messages_.push_back(std::move(bytes));
                                     },
                                     [](const base::Status&) {}});
        });
    }
    ~Recording()
    {
        world_.on([this] { call_.reset(), channel_.reset(); });
    }
    bool holds(const std::string& text)
    {
        return world_.eventually([&] { return find(text) != messages_.end(); });
    }
    // All of them up to the one with that text.
    std::vector<std::string> upTo(const std::string& text)
    {
        return world_.on([&] {
            return std::vector<std::string>(messages_.begin(), std::next(find(text)));
        });
    }

private:
    std::vector<std::string>::iterator find(const std::string& text)
    {
        return std::find_if(messages_.begin(), messages_.end(), [&](const auto& message) {
            return message.find(text) != std::string::npos;
        });
    }

    tests::ControlThreadWorld& world_;
    std::shared_ptr<rpc::Channel> channel_;
    std::unique_ptr<rpc::StreamCall> call_;
    std::vector<std::string> messages_;
};

std::vector<std::string> linesOf(const QAbstractItemModel& model)
{
    std::vector<std::string> lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        std::ostringstream line;
        for (int column = 0; column < model.columnCount(); ++column) {
            const QModelIndex index = model.index(row, column);
            line << model.data(index, Qt::DisplayRole).toString().toStdString() << '|'
                 << model.data(index, Qt::AccessibleTextRole).toString().toStdString() << '|';
        }
        lines.push_back(line.str());
    }
    // Who came first has the first row; that is no fact about the fleet.
    std::sort(lines.begin(), lines.end());
    return lines;
}

// A window with the models of its screens, each of them watched by Qt's own tester.
// Lives on: the test's thread.
class WatchedWindow {
public:
    explicit WatchedWindow(const std::string& address)
        : window_({"grpc://" + address}, clock_), instances_(window_.store()),
          alarms_(window_.store()), log_(window_.store())
    {
        for (QAbstractItemModel* model : models())
            QObject::connect(model, &QAbstractItemModel::modelReset, model, [this] { ++resets_; });
    }

    bool heardAll()
    {
        return window_.eventually([&] {
            const auto& events = window_.store().events();
            return std::any_of(events.begin(), events.end(),
                               [](const model::Event& event) { return event.text == kLast; });
        });
    }
    std::vector<std::string> dump()
    {
        window_.store().refresh();
        instances_.arrange(models::Arrange::Now);
        std::vector<std::string> all;
        for (const QAbstractItemModel* model : models()) {
            const std::vector<std::string> lines = linesOf(*model);
            all.push_back("--- " + std::string(model->metaObject()->className()));
            all.insert(all.end(), lines.begin(), lines.end());
        }
        return all;
    }
    int resets() const { return resets_; }
    int taken() const { return window_.taken(); }

private:
    std::vector<QAbstractItemModel*> models() { return {&instances_, &alarms_, &log_}; }

    tests::ManualClock clock_; // stands still: ages are not what is compared
    LinkWindow window_;
    models::InstanceTableModel instances_;
    lists::AlarmListModel alarms_;
    lists::EventLogModel log_;
    int resets_ = 0;
    QAbstractItemModelTester instancesTester_{&instances_};
    QAbstractItemModelTester alarmsTester_{&alarms_};
    QAbstractItemModelTester logTester_{&log_};
};

// A short life of a small fleet: numbers, an engine that fails, an agent that leaves.
std::vector<std::string> recordedStory(tests::ControlThreadWorld& world)
{
    LinkedAgent hub(world, "gw-1");
    LinkedAgent sick(world, "chat-1");
    LinkedAgent leaving(world, "chat-2");
    for (LinkedAgent* agent : {&hub, &sick, &leaving})
        agent->start();
    world.on([&] {
        hub.agent().relay().setPeers({tests::recordOf("chat-1", sick.agent().address()),
                                      tests::recordOf("chat-2", leaving.agent().address())});
    });
    Recording recording(world, hub.agent().address());
    EXPECT_TRUE(recording.holds("chat-2"));
    const auto tell = [&](LinkedAgent& agent, const std::string& text) {
        world.on([&] {
            agent.agent().recorder().recordEvent(
                2'000, {"health_changed", "chat-1", text, model::Severity::Critical});
        });
        EXPECT_TRUE(recording.holds(text));
    };
    for (int i = 1; i <= 5; ++i) {
        for (LinkedAgent* agent : {&hub, &sick, &leaving})
            agent->record(i);
    }
    tell(sick, "ready -> failed: connection refused");
    world.on([&] {
        model::AgentState state;
        state.record = tests::recordOf("chat-1", sick.agent().address());
        state.record.health = {model::Health::Failed, "connection refused", 2'000};
        sick.agent().setState(state);
    });
    EXPECT_TRUE(recording.holds("connection refused"));
    leaving.stop();
    EXPECT_TRUE(recording.holds("failed to connect")) << "it is said to be gone";
    hub.record(9);
    tell(hub, kLast);
    return recording.upTo(kLast);
}

TEST(RecordedStream, GivesEqualModelsHoweverTheWindowTakesIt)
{
    tests::ControlThreadWorld world;
    const std::vector<std::string> story = recordedStory(world);
    ASSERT_GT(story.size(), 2U);
    tests::ScriptedAgent replay(world, [&story](std::uint64_t number) {
        if (number <= story.size())
            return story[number - 1];
        return v1::WatchTelemetryResponse().SerializeAsString();
    });

    WatchedWindow eager(replay.address());
    ASSERT_TRUE(eager.heardAll());

    // Nobody runs this window's event loop until everything lies ready for it.
    const std::uint64_t before = replay.saidTotal();
    WatchedWindow late(replay.address());
    ASSERT_TRUE(
        world.eventually([&] { return replay.saidTotal() >= before + story.size() + 20; }));
    ASSERT_TRUE(late.heardAll());

    EXPECT_LE(late.taken(), eager.taken()) << "it took more at once";
    // An event may be shown a moment before the numbers that came with it.
    (void)QTest::qWaitFor([&] { return eager.dump() == late.dump(); });
    EXPECT_EQ(eager.dump(), late.dump());
    EXPECT_NE(::testing::PrintToString(late.dump()).find("chat-1: Failed: connection refused"),
              std::string::npos);
    EXPECT_EQ(eager.resets(), 0);
    EXPECT_EQ(late.resets(), 0);
    EXPECT_GT(eager.dump().size(), 8U);
}

} // namespace
} // namespace signalbox::link
