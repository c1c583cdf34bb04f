// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over every file of the directories given, each whole and cut short at every
// byte, so that the corpus guards the promises on any compiler.
#include "tests/support/fuzz_target.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

void runOnce(const std::string& bytes)
{
    // A copy of exactly this size, so that a sanitizer sees one byte too far.
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

} // namespace

int main(int argc, char** argv)
{
    // A broken promise is a failed test, not a crash: ctest turns only the first around.
    std::signal(SIGABRT, [](int) { std::_Exit(1); });
    constexpr std::size_t kCutBytes = 4096; // longer inputs are only run whole
    std::size_t inputs = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            std::fprintf(stderr, "%s\n", entry.path().c_str());
            runOnce(bytes);
            for (std::size_t size = 0; size < bytes.size() && bytes.size() <= kCutBytes; ++size)
                runOnce(bytes.substr(0, size));
            ++inputs;
        }
    }
    std::printf("%zu inputs, all promises kept\n", inputs);
    return inputs > 0 ? 0 : 1;
}
