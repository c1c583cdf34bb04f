// SPDX-License-Identifier: Apache-2.0
#include "agent/process/scaling_side.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace signalbox::process {

namespace {

base::Error cannotWrite(const std::filesystem::path& path, const std::string& why)
{
    return base::Error(base::Code::PermissionDenied,
                       fmt::format("cannot write {}: {}", path.string(), why));
}

// Only this user reads what is in there: the configuration names addresses, logs may hold prompts.
base::Status makeFiles(const scaling::PairFiles& files)
{
    for (const std::filesystem::path& folder : files.folders) {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (!error)
            std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
        if (error)
            return cannotWrite(folder, error.message());
    }
    const int file = ::open(files.configFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                            S_IRUSR | S_IWUSR);
    const bool isWhole = file >= 0
        && ::write(file, files.configText.data(), files.configText.size())
            == static_cast<ssize_t>(files.configText.size());
    const int number = errno;
    if (file >= 0)
        ::close(file);
    return isWhole ? base::Status() : cannotWrite(files.configFile, std::strerror(number));
}

// A line of /proc/meminfo, in bytes; 0 where it is not there.
std::uint64_t memoryOf(std::string_view line)
{
    std::ifstream table("/proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    std::string unit;
    while (table >> name >> kibibytes) {
        if (name == line)
            return kibibytes * 1024;
        std::getline(table, unit);
    }
    return 0;
}

std::string ownProgram()
{
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

} // namespace

ScalingSide::ScalingSide(Parts parts) : parts_(std::move(parts)), supervisor_(parts_.clock)
{
    scaling::ProcessScaler::Parts scaler{
        .runner = supervisor_,
        .clock = parts_.clock,
        .settings = settings(),
        .factsOf = [this](const std::string& id) { return factsOf(id); },
        .prepare = [this](scaling::PairFiles files,
                          std::function<void(base::Status)> done) {
            prepare(std::move(files), std::move(done));
        },
        .tell = parts_.tell};
    scaler_ = std::make_unique<scaling::ProcessScaler>(std::move(scaler));
}

scaling::ScalerSettings ScalingSide::settings() const
{
    scaling::ScalerSettings settings;
    settings.isEnabled = parts_.config.scaling.processEnabled;
    settings.agentId = parts_.config.id.str();
    settings.agentProgram = ownProgram();
    settings.programs = parts_.config.scaling.programs;
    settings.folder = std::filesystem::path(parts_.config.dataDir) / "instances";
    settings.fleet = parts_.config.fleet;
    settings.zone = parts_.config.zone;
    settings.storeEndpoints = parts_.storeEndpoints;
    settings.isStoreInsecure = parts_.config.store.insecure;
    return settings;
}

void ScalingSide::follow(control::FleetPicturePtr picture)
{
    picture_ = std::move(picture);
    std::vector<model::Pool> pools;
    for (const auto& [name, pool] : picture_->policy.pools) {
        if (pool.scale && pool.scale->on == parts_.config.id.str())
            pools.push_back(pool);
    }
    scaler_->follow(pools);
}

scaling::PairFacts ScalingSide::factsOf(const std::string& id) const
{
    scaling::PairFacts facts;
    if (!picture_)
        return facts;
    facts.mustDrain = !model::takesNewWork(picture_->policy.adminOf(id));
    if (!picture_->isPresent(id))
        return facts;
    const model::AgentRecord& record = picture_->agents.at(id);
    facts.isRegistered = true;
    facts.startedBy = record.startedBy;
    facts.serve = record.addresses.serve;
    facts.health = record.health;
    facts.hasApplied = record.appliedRevision >= picture_->policy.revision;
    if (const auto reported = parts_.members.reportOf(id)) {
        const model::LoadReport& load = reported->report;
        facts.open = load.decoding + load.queued + (load.pendingPrefillTokens > 0 ? 1U : 0U);
    }
    return facts;
}

std::optional<control::StartFacts> ScalingSide::startFacts(const std::string& pool) const
{
    for (const model::ScaleProgress& progress : scaler_->progress()) {
        if (progress.pool != pool)
            continue;
        control::StartFacts facts;
        facts.cpus = std::thread::hardware_concurrency();
        facts.memoryBytes = memoryOf("MemTotal:");
        facts.memoryFreeBytes = memoryOf("MemAvailable:");
        facts.lastStartMs = progress.lastStartMs;
        return facts;
    }
    return std::nullopt;
}

void ScalingSide::prepare(scaling::PairFiles files, std::function<void(base::Status)> done)
{
    const bool isQueued = parts_.runOnDisk(
        [alive = std::weak_ptr(alive_), &executor = parts_.executor, files = std::move(files),
         done] {
            base::Status status = makeFiles(files);
            executor.post([alive, status = std::move(status), done] {
                if (!alive.expired())
                    done(status);
            });
        });
    if (!isQueued)
        done(base::Error(base::Code::ResourceExhausted, "too much waits for the disk"));
}

void ScalingSide::look()
{
    supervisor_.poll();
    (void)supervisor_.takeEvents(); // the scaler looks at the facts, and tells what matters
    scaler_->look();
    if (onEnded_ && scaler_->hasEnded())
        std::exchange(onEnded_, nullptr)();
}

void ScalingSide::stopAll(std::function<void()> done)
{
    scaler_->stopAll();
    onEnded_ = std::move(done);
    look();
}

} // namespace signalbox::process
