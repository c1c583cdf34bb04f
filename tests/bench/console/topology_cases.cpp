// SPDX-License-Identifier: Apache-2.0
#include "console/views/topology/topology_screen.h"
#include "tests/bench/console/bench_case.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>

#include <memory>
#include <string>

namespace signalbox::console {

namespace {

using topology::Level;
using topology::Manner;
using topology::TopologyScreen;

constexpr QSize kWorkArea{1450, 900};
constexpr int kFrames = 120;
constexpr int kPerHost = 8;
constexpr int kZones = 5;

std::unique_ptr<tests::ConsoleFleet> fleetOf(int instances)
{
    auto fleet = std::make_unique<tests::ConsoleFleet>(
        tests::FleetShape{.gateways = 3, .pools = 1, .instancesPerPool = instances});
    for (const std::string& id : fleet->instanceIds()) {
        const int host = std::stoi(id.substr(id.rfind('-') + 1)) / kPerHost;
        model::AgentRecord& record = fleet->state(id).record;
        record.zone = "zone-" + std::to_string(host % kZones);
        record.addresses.serve = "gpu-" + std::to_string(host) + ":8800";
    }
    fleet->connect(2);
    return fleet;
}

Timing framesOf(const std::string& what, TopologyScreen& screen,
                const std::function<void(int)>& move)
{
    Timing timing{what, {}, 16.7};
    for (int i = 0; i < kFrames; ++i)
        timing.milliseconds.push_back(millisecondsOf([&] {
            move(i);
            screen.canvas()->repaint();
        }));
    return timing;
}

std::vector<Timing> movesOf(const std::string& what, TopologyScreen& screen)
{
    topology::TopologyCanvas& canvas = *screen.canvas();
    std::vector<Timing> timings;
    timings.push_back(framesOf(what + ", zoom", screen, [&](int i) {
        canvas.zoomTo(canvas.view().scale * (i % 24 < 12 ? 1.15 : 1 / 1.15), {700, 400});
    }));
    canvas.fit();
    canvas.zoomBy(1.6);
    timings.push_back(framesOf(what + ", pan", screen, [&](int i) {
        canvas.panBy(i % 40 < 20 ? QPoint(-16, -9) : QPoint(16, 9));
    }));
    canvas.home();
    return timings;
}

std::vector<Timing> measure(int instances)
{
    const std::string count = std::to_string(instances) + " instances";
    const auto fleet = fleetOf(instances);
    std::vector<Timing> timings;
    Timing first{count + ": first paint of the pool", {}, 1'000};
    for (int i = 0; i < 3; ++i)
        first.milliseconds.push_back(millisecondsOf([&] {
            TopologyScreen screen(fleet->session(), nullptr);
            screen.resize(kWorkArea);
            screen.look(Level::Pool);
            screen.show();
            QApplication::processEvents(); // the first event of a window is its painting
        }));
    timings.push_back(first);

    TopologyScreen screen(fleet->session(), nullptr);
    screen.resize(kWorkArea);
    screen.show();
    QApplication::processEvents();
    const auto add = [&](std::vector<Timing> more) {
        timings.insert(timings.end(), more.begin(), more.end());
    };
    add(movesOf(count + ": fleet graph", screen));
    screen.look(Level::Pool);
    add(movesOf(count + ": pool", screen));
    screen.look(Level::Fleet);
    screen.look(Manner::Grid);
    add(movesOf(count + ": grid", screen));

    Timing filter{count + ": filter", {}, 50};
    const char* const texts[] = {"model~llama*", "kv>0.6", "!state=late zone=zone-1", "chat-77"};
    for (int i = 0; i < 40; ++i)
        filter.milliseconds.push_back(millisecondsOf([&] {
            screen.find(QLatin1String(texts[i % 4]));
            screen.canvas()->repaint();
        }));
    timings.push_back(filter);
    screen.find({});
    Timing second{count + ": a second of samples, store included", {}, 250};
    for (int i = 0; i < 10; ++i)
        second.milliseconds.push_back(millisecondsOf([&] {
            fleet->advance(1);
            screen.canvas()->repaint();
        }));
    timings.push_back(second);
    return timings;
}

} // namespace

std::vector<BenchCase> topologyCases()
{
    return {{"topology-300", [] { return measure(300); }},
            {"topology-10k", [] { return measure(10'000); }}};
}

} // namespace signalbox::console
