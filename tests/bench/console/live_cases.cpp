// SPDX-License-Identifier: Apache-2.0
// The whole console on a link: its window, in this process, on a simulated fleet in another one.
#include "console/app/main_window.h"
#include "tests/bench/console/bench_case.h"
#include "tests/bench/console/stall_meter.h"

#include <QApplication>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QEvent>
#include <QEventLoop>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

namespace signalbox::console {

namespace {

constexpr int kAgents = 1'000;
constexpr int kScreenMs = 20'000;
constexpr int kHiddenMs = 10'000;
constexpr double kStallMs = 50;

// The simulated fleet's process. Lives on: gui thread.
class SimulatedHub {
public:
    explicit SimulatedHub(int agents)
    {
        process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process_.start(QStringLiteral(SIGNALBOX_SIMULATED_HUB), {QString::number(agents)});
        while (address_.empty() && process_.waitForReadyRead())
            read();
    }
    ~SimulatedHub()
    {
        process_.closeWriteChannel();
        process_.waitForFinished();
    }
    const std::string& address() const { return address_; }
    // Told to all readers so far.
    double bytes()
    {
        read();
        return bytes_;
    }

private:
    void read()
    {
        while (process_.canReadLine()) {
            const QList<QByteArray> words = process_.readLine().simplified().split(' ');
            if (words.value(0) == "at")
                address_ = words.value(1).toStdString();
            if (words.value(0) == "told")
                bytes_ = words.value(3).toDouble();
        }
    }

    QProcess process_;
    std::string address_;
    double bytes_ = 0;
};

// From the moment that an event happened at its agent to the end of the turn that painted the
// timeline with it. Lives on: gui thread.
class PixelWatch final : public QObject {
public:
    PixelWatch(app::MainWindow& window, fleet::FleetStore& store) : window_(window), store_(store)
    {
        qApp->installEventFilter(this);
        connect(&store, &fleet::FleetStore::eventsAdded, this, [this] {
            const model::Event& newest = store_.events().back();
            if (newest.kind == "mark" && happenedAt_ == 0)
                happenedAt_ = newest.unixMs;
        });
    }
    std::vector<double> milliseconds;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        const auto* dock = window_.findChild<QDockWidget*>(QStringLiteral("timeline"));
        if (event->type() != QEvent::Paint || happenedAt_ == 0 || dock == nullptr
            || !watched->isWidgetType() || !dock->isAncestorOf(static_cast<QWidget*>(watched)))
            return false;
        const std::int64_t happenedAt = std::exchange(happenedAt_, 0);
        QMetaObject::invokeMethod(
            this,
            [this, happenedAt] {
                milliseconds.push_back(static_cast<double>(store_.nowUnixMs() - happenedAt));
            },
            Qt::QueuedConnection);
        return false;
    }

private:
    app::MainWindow& window_;
    fleet::FleetStore& store_;
    std::int64_t happenedAt_ = 0;
};

int heardOf(const fleet::FleetStore& store)
{
    int heard = 0;
    for (int slot = 0; slot < store.slotCount(); ++slot) {
        heard += store.isTaken(slot)
                && store.agent(slot).readings[fleet::Reading::InFlight] >= 0
            ? 1
            : 0;
    }
    return heard;
}

// As the program itself runs: the loop sleeps until something happens.
void runFor(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

// Shares of a core while that many ms pass.
double coreShare(int milliseconds)
{
    const double before = processCpuMs();
    QElapsedTimer passed;
    passed.start();
    runFor(milliseconds);
    return (processCpuMs() - before) / static_cast<double>(passed.elapsed());
}

std::vector<Timing> measureLive()
{
    SimulatedHub hub(kAgents);
    app::Settings settings{QString()};
    app::MainWindow window(base::systemClock(), settings, {});
    window.resize(1'920, 1'080);
    window.showConnectPage();
    window.show();
    QCoreApplication::processEvents();

    StallMeter stalls;
    Timing live{"1,000 agents, live after connecting", {}, 2'000};
    Timing pixel{"event to pixel (1,000 agents)", {}, 500};
    std::vector<Timing> turns;
    QElapsedTimer sinceConnect;
    sinceConnect.start();
    (void)window.connectTo({{"grpc://" + hub.address()}, "bench", {}}, QString());
    fleet::FleetStore& store = window.session()->now();
    while (heardOf(store) < kAgents && sinceConnect.elapsed() < 30'000)
        runFor(10);
    if (heardOf(store) < kAgents) {
        std::printf("the simulated fleet was not heard: %d of %d\n", heardOf(store), kAgents);
        return {};
    }
    live.milliseconds.push_back(static_cast<double>(sinceConnect.elapsed()));
    turns.push_back({"  stall: connecting", stalls.turns(), kStallMs});

    PixelWatch pixels(window, store);
    const double memoryBefore = anonymousMib();
    for (const char* screen : {"overview", "topology", "instances"}) {
        stalls.restart();
        window.openScreen(QString::fromLatin1(screen));
        const double bytesBefore = hub.bytes();
        const double share = coreShare(kScreenMs);
        const double megabits
            = (hub.bytes() - bytesBefore) * 8 / 1e6 / (kScreenMs / 1e3);
        printFigure(std::string("1,000 agents at 1 Hz, ") + screen + ": share of a core",
                    {share * 100, 5, "%"});
        printFigure("  bytes on the link", {megabits, 1, "Mbit/s"});
        turns.push_back({std::string("  stall: ") + screen, stalls.turns(), kStallMs});
    }
    window.showMinimized();
    runFor(1'000);
    printFigure("1,000 agents at 1 Hz, minimised: share of a core",
                {coreShare(kHiddenMs) * 100, 1, "%"});
    printFigure("anonymous memory after a minute", {anonymousMib(), 150, "MiB"});
    printFigure("  grown since live", {anonymousMib() - memoryBefore, 150, "MiB"});
    pixel.milliseconds = pixels.milliseconds;
    std::vector<Timing> all{live, pixel};
    all.insert(all.end(), turns.begin(), turns.end());
    return all;
}

} // namespace

std::vector<BenchCase> liveCases()
{
    return {{"live-1k", measureLive}};
}

} // namespace signalbox::console
