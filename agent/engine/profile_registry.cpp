// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/profile_registry.h"

#include "agent/engine/profile_reader.h"
#include "shared/yaml/bounded_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace signalbox::engine {

namespace {

constexpr std::size_t kProfileBytesMax = 256 * 1024;
constexpr std::size_t kProfilesMax = 100; // of the user's own: a directory is not a database

struct ProfileFile {
    std::filesystem::path path;
    std::string stem;
};

std::vector<ProfileFile> filesIn(const std::string& directory, std::vector<std::string>& problems)
{
    std::vector<ProfileFile> files;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(directory, failure), end;
         !failure && entry != end; entry.increment(failure)) {
        if (entry->path().extension() == ".yaml")
            files.push_back({entry->path(), entry->path().stem().string()});
        if (files.size() > kProfilesMax) {
            problems.push_back(fmt::format("{}: more than {} profiles", directory, kProfilesMax));
            break;
        }
    }
    if (failure)
        problems.push_back(fmt::format("{}: {}", directory, failure.message()));
    std::sort(files.begin(), files.end(),
              [](const ProfileFile& a, const ProfileFile& b) { return a.path < b.path; });
    return files;
}

} // namespace

ProfileRegistry::Loaded ProfileRegistry::load(const std::string& directory)
{
    Loaded loaded;
    const auto take = [&](std::string_view text, std::string_view stem, std::string_view file) {
        ReadProfile read = readProfile(text, stem);
        for (const yaml::Problem& problem : read.problems)
            loaded.problems.push_back(
                fmt::format("{}: {}", yaml::placeText(file, problem.place), problem.text));
        if (read.problems.empty())
            loaded.registry.put(std::move(read.profile));
    };
    for (const ShippedProfile& shipped : shippedProfiles())
        take(shipped.text, shipped.name, fmt::format("shipped {}.yaml", shipped.name));
    if (directory.empty())
        return loaded;
    for (const ProfileFile& file : filesIn(directory, loaded.problems)) {
        const auto text = yaml::readBoundedFile(file.path.string(), kProfileBytesMax);
        if (text)
            take(*text, file.stem, file.path.string());
        else
            loaded.problems.push_back(text.error().text());
    }
    return loaded;
}

ProfilePtr ProfileRegistry::find(std::string_view name) const
{
    const auto found = std::find_if(profiles_.begin(), profiles_.end(), [&](const ProfilePtr& one) {
        return one->name == name;
    });
    return found == profiles_.end() ? nullptr : *found;
}

std::vector<std::string> ProfileRegistry::names() const
{
    std::vector<std::string> names;
    for (const ProfilePtr& profile : profiles_)
        names.push_back(profile->name);
    return names;
}

void ProfileRegistry::put(EngineProfile profile)
{
    auto made = std::make_shared<const EngineProfile>(std::move(profile));
    const auto place = std::lower_bound(
        profiles_.begin(), profiles_.end(), made,
        [](const ProfilePtr& a, const ProfilePtr& b) { return a->name < b->name; });
    if (place != profiles_.end() && (*place)->name == made->name)
        *place = std::move(made);
    else
        profiles_.insert(place, std::move(made));
}

} // namespace signalbox::engine
