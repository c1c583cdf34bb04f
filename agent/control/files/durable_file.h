// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::control {

// A small file that survives crashes: written beside, synced, renamed into place, with its checksum
// in the first line and the generation before it kept as PATH.previous.
// Lives on: disk (every call blocks). Owned by whoever needs it; one writer per path.
// Failure: a write that fails leaves both generations as they were, and a damaged newest generation
// never replaces an intact one.
class DurableFile {
public:
    DurableFile(std::string path, std::size_t bytesMax)
        : path_(std::move(path)), bytesMax_(bytesMax)
    {
    }

    struct Content {
        std::string body;
        // What was wrong with the newest generation; empty when this is it.
        std::string newestDamage;
    };

    base::Status write(std::string_view body) const;
    // The newest intact generation. NotFound: there is none and never was one. DataLoss: what is
    // there is damaged, and says how.
    base::Result<Content> read() const;

    const std::string& path() const { return path_; }

private:
    base::Result<std::string> readGeneration(const std::string& path) const;
    std::string previousPath() const { return path_ + ".previous"; }

    std::string path_;
    std::size_t bytesMax_;
};

} // namespace signalbox::control
