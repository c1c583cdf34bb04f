// SPDX-License-Identifier: Apache-2.0
#include "agent/health/step_time_fit.h"

#include <algorithm>
#include <cmath>

namespace signalbox::health {

namespace {

constexpr double kRunningLeast = 4; // fewer say more about arrivals than about the engine
constexpr double kHalfLifeSeconds = 1800;
constexpr std::uint64_t kSamplesLeast = 30;
constexpr double kChunkTokens = 2048; // prompt tokens that one step takes at most
constexpr double kStepMsMost = 10'000; // a longer step is a pause, not a step
// Caps a sample's weight. The median residual of real engines is 4 to 6 %: a smaller one is luck,
// and a lucky past must not outweigh an engine that has changed.
constexpr double kResidualLeastShare = 0.05;
// Keeps the system solvable while one input has not varied; far below what a real sample weighs.
constexpr double kRidge = 1e-6;

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

// Gauss with partial pivoting; false where the system has no one solution.
bool solveSystem(Matrix matrix, Vector right, Vector& solution)
{
    for (std::size_t column = 0; column < 3; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < 3; ++row) {
            if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column]))
                pivot = row;
        }
        if (std::abs(matrix[pivot][column]) < 1e-12)
            return false;
        std::swap(matrix[column], matrix[pivot]);
        std::swap(right[column], right[pivot]);
        for (std::size_t row = 0; row < 3; ++row) {
            if (row == column)
                continue;
            const double factor = matrix[row][column] / matrix[column][column];
            for (std::size_t k = column; k < 3; ++k)
                matrix[row][k] -= factor * matrix[column][k];
            right[row] -= factor * right[column];
        }
    }
    for (std::size_t i = 0; i < 3; ++i)
        solution[i] = right[i] / matrix[i][i];
    return true;
}

double dot(const Vector& a, const Vector& b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

} // namespace

double StepTime::prefillTokensPerSecond() const
{
    const double msPerToken = perPromptTokenMs + baseMs / kChunkTokens;
    return msPerToken > 0 ? 1000 / msPerToken : 0;
}

void StepTimeFit::add(const EngineSecond& second, base::Monotonic now)
{
    if (!(second.running >= kRunningLeast) || !(second.generatedPerSecond > 0)
        || !(second.promptPerSecond >= 0))
        return;
    const double stepMs = 1000 * second.running / second.generatedPerSecond;
    if (stepMs > kStepMsMost)
        return;
    forget(now);
    const Vector input{1, second.running, second.promptPerSecond * stepMs / 1000};
    const double residual
        = hasParameters_ ? std::abs(stepMs - dot(parameters_, input)) : stepMs;
    const double weight = 1 / std::max(residual, kResidualLeastShare * stepMs);
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column)
            moments_[row][column] += weight * input[row] * input[column];
        targets_[row] += weight * input[row] * stepMs;
    }
    ++samples_;
    solve();
}

void StepTimeFit::forget(base::Monotonic now)
{
    if (lastAt_) {
        const double seconds = std::chrono::duration<double>(now - *lastAt_).count();
        const double kept = std::exp2(-seconds / kHalfLifeSeconds);
        for (std::size_t row = 0; row < 3; ++row) {
            for (double& moment : moments_[row])
                moment *= kept;
            targets_[row] *= kept;
        }
    }
    lastAt_ = now;
}

void StepTimeFit::solve()
{
    Matrix matrix = moments_;
    for (std::size_t i = 0; i < 3; ++i)
        matrix[i][i] += kRidge * std::max(moments_[i][i], 1e-9);
    Vector solution{};
    if (!solveSystem(matrix, targets_, solution))
        return;
    parameters_ = solution;
    hasParameters_ = true;
    // A cost below zero is no cost: those samples did not hold enough to tell the parts apart.
    const bool isSound = std::all_of(solution.begin(), solution.end(), [](double value) {
        return std::isfinite(value) && value >= 0;
    });
    if (samples_ >= kSamplesLeast && isSound)
        fit_ = StepTime{solution[0], solution[1], solution[2]};
}

void PrefillRate::take(std::uint64_t tokens, std::chrono::nanoseconds took)
{
    if (tokens == 0 || took.count() <= 0)
        return;
    const double rate = std::log(static_cast<double>(tokens)
                                 / std::chrono::duration<double>(took).count());
    if (samples_++ == 0) {
        logRate_ = rate;
        step_ = 0.5;
        return;
    }
    // Stochastic median: towards the sample by a step that shrinks, never further than it.
    const double distance = rate - logRate_;
    logRate_ += std::clamp(distance, -step_, step_);
    step_ = std::max(step_ * 0.9, 0.02);
}

double PrefillRate::tokensPerSecond() const
{
    return samples_ == 0 ? 0 : std::exp(logRate_);
}

} // namespace signalbox::health
