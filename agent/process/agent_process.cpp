// SPDX-License-Identifier: Apache-2.0
#include "agent/process/agent_process.h"

#include "agent/process/control_side.h"
#include "agent/process/named_files.h"
#include "agent/process/observe_pages.h"
#include "agent/process/ready_file.h"
#include "agent/runtime/threads/disk_thread.h"
#include "agent/state/embedded/etcd_server.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"
#include "shared/rpc/grpc_server.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <future>

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

constexpr auto kLeaveWithin = 5s;
constexpr auto kScaledGrace = 2s; // for instances whose open work has ended

} // namespace

// In the order in which they are built; destroyed in reverse.
struct AgentProcess::Parts {
    explicit Parts(AgentConfig c) : config(std::move(c)) {}

    AgentConfig config;
    NamedFiles files;
    std::unique_ptr<state::EtcdServer> storeServer; // embedded store only
    proxy::LocalLoad load;
    std::atomic<Readiness> readiness{Readiness::NoPolicy};
    ObservePages pages;
    rpc::MethodTable methods;
    std::unique_ptr<runtime::DiskThread> disk;
    std::unique_ptr<runtime::ControlThread> control;
    std::unique_ptr<DataPlane> dataPlane;
    std::unique_ptr<ControlSide> controlSide; // lives on the control thread
    std::unique_ptr<rpc::GrpcServer> grpc;
    model::Addresses addresses;
    bool isStopped = false;

    // Runs on the control thread and waits for it.
    template <typename Work>
    void onControl(Work work)
    {
        std::promise<void> done;
        control->post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    base::Status readFiles();
    base::Status startStore();
    base::Status startDataPlane();
    base::Status startControl();
    void announceWhenServing();
};

base::Status AgentProcess::Parts::readFiles()
{
    std::error_code failure;
    std::filesystem::create_directories(config.dataDir, failure);
    if (failure) {
        return base::Error(base::Code::PermissionDenied,
                           "cannot create data_dir " + config.dataDir + ": " + failure.message());
    }
    files = readNamedFiles(config);
    if (files.problems.empty())
        return {};
    return base::Error(base::Code::InvalidArgument,
                       fmt::format("{}", fmt::join(files.problems, "\n")));
}

base::Status AgentProcess::Parts::startStore()
{
    if (config.store.kind != StoreKind::Embedded)
        return {};
    state::EtcdServerOptions options;
    options.listen = config.listen.store.address;
    options.withoutTls = config.listen.store.insecure ? state::Exposure::AnyAddress
                                                      : state::Exposure::LoopbackOnly;
    options.name = config.id.str();
    options.store.path = config.dataDir + "/store.db";
    SB_TRY(storeServer, state::EtcdServer::start(std::move(options)));
    addresses.store = storeServer->address();
    return {};
}

base::Status AgentProcess::Parts::startDataPlane()
{
    runtime::raiseFileLimit();
    dataPlane = std::make_unique<DataPlane>(
        config,
        DataPlane::Parts{.load = &load,
                         .ready = [this] { return answerFor(readiness); },
                         .suspected =
                             [this](const std::string& address) {
                                 control->post([this, address] {
                                     if (controlSide)
                                         controlSide->suspect(address);
                                 });
                             },
                         .pages = &pages,
                         .tunnel =
                             [this](const tunnel::UpgradeRequest& request, int descriptor) {
                                 control->post([this, request, descriptor] {
                                     if (controlSide)
                                         controlSide->openTunnel(request, descriptor);
                                     else
                                         ::close(descriptor);
                                 });
                             }});
    SB_TRY(addresses.serve, dataPlane->listen(config.listen.serve.address));
    if (config.listen.observe.isOn()) {
        SB_TRY(addresses.observe, dataPlane->listenForObservers(config.listen.observe.address));
    }
    return {};
}

base::Status AgentProcess::Parts::startControl()
{
    base::Status prepared;
    onControl([&] {
        ControlSide::Parts parts{
            .config = config,
            .profiles = files.profiles,
            .thread = *control,
            .clock = base::systemClock(),
            .runOnDisk = [this](std::function<void()> work) { return disk->post(std::move(work)); },
            .dataPlane = *dataPlane,
            .load = load,
            .readiness = readiness,
            .storeEndpoints = storeServer ? std::vector<std::string>{storeServer->address()}
                                          : config.store.endpoints,
            .methods = methods,
            .onServing = [this] { announceWhenServing(); },
            .pages = pages};
        controlSide = std::make_unique<ControlSide>(std::move(parts));
        prepared = controlSide->prepare();
    });
    if (!prepared)
        return prepared;
    if (config.listen.control.isOn()) {
        grpc = std::make_unique<rpc::GrpcServer>(methods, *control);
        rpc::Security security;
        if (config.listen.control.insecure)
            security.trust = rpc::Trust::Anyone;
        SB_TRY(addresses.control, grpc->start(config.listen.control.address, security));
        grpc->setServing(true);
    }
    onControl([&] { controlSide->start(addresses, files.seed); });
    return {};
}

void AgentProcess::Parts::announceWhenServing()
{
    log::info("process", "serving", "serve", addresses.serve, "control", addresses.control,
              "observe", addresses.observe, "store", addresses.store);
    if (config.readyFile.empty())
        return;
    if (const auto status = writeReadyFile(config.readyFile, config.id.str(), addresses); !status)
        log::error("process", "ready_file_not_written", "why", status.error().text());
}

AgentProcess::AgentProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

AgentProcess::~AgentProcess()
{
    stop();
}

base::Result<std::unique_ptr<AgentProcess>> AgentProcess::start(AgentConfig config)
{
    auto process = std::unique_ptr<AgentProcess>(
        new AgentProcess(std::make_unique<Parts>(std::move(config))));
    Parts& parts = *process->parts_;
    SB_CHECK(parts.readFiles());
    SB_CHECK(parts.startStore());
    parts.disk = std::make_unique<runtime::DiskThread>("disk", limits::kDiskJobs);
    parts.control = std::make_unique<runtime::ControlThread>();
    parts.control->start();
    SB_CHECK(parts.startDataPlane());
    SB_CHECK(parts.startControl());
    return process;
}

bool AgentProcess::stop()
{
    Parts& parts = *parts_;
    if (parts.isStopped)
        return true;
    parts.isStopped = true;
    auto scaledEnded = std::make_shared<std::promise<void>>();
    auto scaledEnd = scaledEnded->get_future();
    if (parts.controlSide)
        parts.onControl([&] {
            parts.controlSide->stopTakingWork();
            parts.controlSide->stopScaled([scaledEnded] { scaledEnded->set_value(); });
        });
    else
        scaledEnded->set_value();
    const auto drainUntil
        = std::chrono::steady_clock::now() + parts.config.proxy.drainDeadline + kScaledGrace;
    const bool isWhole = !parts.dataPlane
        || parts.dataPlane->drain(parts.config.proxy.drainDeadline);
    if (scaledEnd.wait_until(drainUntil) != std::future_status::ready)
        log::warn("process", "instances_killed", "agent", parts.config.id.str());
    if (parts.controlSide) {
        auto left = std::make_shared<std::promise<void>>();
        auto gone = left->get_future();
        parts.onControl([&] { parts.controlSide->leave([left] { left->set_value(); }); });
        if (gone.wait_for(kLeaveWithin) != std::future_status::ready)
            log::warn("process", "left_without_goodbye", "agent", parts.config.id.str());
    }
    if (parts.grpc)
        parts.grpc->stop();
    if (parts.controlSide)
        parts.onControl([&] { parts.controlSide.reset(); });
    if (parts.disk)
        parts.disk->stop();
    if (parts.control)
        parts.control->stop();
    if (parts.storeServer)
        parts.storeServer->stop();
    log::info("process", "stopped", "cut", isWhole ? "nothing" : "what was still open");
    return isWhole;
}

} // namespace signalbox::process
