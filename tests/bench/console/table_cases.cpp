// SPDX-License-Identifier: Apache-2.0
#include "console/views/instances/instances_screen.h"
#include "console/views/overview/overview_screen.h"
#include "tests/bench/console/bench_case.h"
#include "tests/support/gui/console_fleet.h"

#include <QCoreApplication>
#include <QLineEdit>
#include <QScrollBar>

#include <memory>

namespace signalbox::console {

namespace {

constexpr QSize kWorkArea{1400, 800};
constexpr int kScrolls = 120;

// Each agent is told, summed, judged and painted once: for 1,000 of them 5 % of a core is wanted.
std::vector<Timing> measureSeconds(const std::string& what, views::Screen& screen,
                                   tests::ConsoleFleet& fleet)
{
    constexpr double kMsEach = 0.05;
    screen.resize(kWorkArea);
    screen.show();
    QCoreApplication::processEvents();
    Timing second{what + ": a second of samples, painted", {}, kMsEach * fleet.store().size()};
    for (int i = 0; i < 20; ++i)
        second.milliseconds.push_back(millisecondsOf([&] {
            fleet.advance(1);
            QCoreApplication::processEvents();
        }));
    return {second};
}

std::vector<Timing> measureOverview()
{
    tests::ConsoleFleet fleet({.gateways = 3, .pools = 10, .instancesPerPool = 100});
    fleet.connect(30);
    overview::OverviewScreen screen(fleet.session(), nullptr);
    return measureSeconds("overview of 1,000", screen, fleet);
}

std::vector<Timing> measureTable(int instances)
{
    const std::string count = std::to_string(instances) + " rows";
    tests::ConsoleFleet fleet({.gateways = 3, .pools = 10, .instancesPerPool = instances / 10});
    fleet.connect(2);
    Timing first{count + ": first paint", {}, 1'000};
    std::unique_ptr<views::InstancesScreen> screen;
    first.milliseconds.push_back(millisecondsOf([&] {
        screen = std::make_unique<views::InstancesScreen>(fleet.session());
        screen->resize(kWorkArea);
        screen->show();
        QCoreApplication::processEvents();
    }));
    std::vector<Timing> timings{first};

    QScrollBar& bar = *screen->view().verticalScrollBar();
    Timing scroll{count + ": scroll by three rows", {}, 16.7};
    for (int i = 0; i < kScrolls; ++i)
        scroll.milliseconds.push_back(millisecondsOf([&] {
            bar.setValue(bar.value() + (i % 80 < 40 ? 3 : -3));
            screen->view().viewport()->repaint();
        }));
    timings.push_back(scroll);

    Timing filter{count + ": filter", {}, 100};
    QLineEdit& field = *screen->findChild<QLineEdit*>();
    const char* const texts[] = {"chat-3", "state=failed", "pool=chat-2", ""};
    for (int i = 0; i < 20; ++i)
        filter.milliseconds.push_back(millisecondsOf([&] {
            field.setText(QLatin1String(texts[i % 4]));
            QCoreApplication::processEvents();
        }));
    timings.push_back(filter);
    Timing sort{count + ": sort", {}, 100};
    for (int i = 0; i < 20; ++i)
        sort.milliseconds.push_back(millisecondsOf([&] {
            screen->view().model()->sort(i % 6 + 1,
                                         i % 2 == 0 ? Qt::AscendingOrder
                                                    : Qt::DescendingOrder);
            screen->view().viewport()->repaint();
        }));
    timings.push_back(sort);
    const std::vector<Timing> seconds = measureSeconds(count, *screen, fleet);
    timings.insert(timings.end(), seconds.begin(), seconds.end());
    return timings;
}

} // namespace

std::vector<BenchCase> tableCases()
{
    return {{"overview-1k", measureOverview},
            {"table-1k", [] { return measureTable(1'000); }},
            {"table-10k", [] { return measureTable(10'000); }}};
}

} // namespace signalbox::console
