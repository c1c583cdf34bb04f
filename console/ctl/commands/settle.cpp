// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/settle.h"

#include <fmt/format.h>

#include <random>

namespace signalbox::ctl {

namespace {

bool canAsk(const Desk& desk)
{
    return desk.terminal.canAsk() && desk.options.output == Output::Table;
}

ExitCode usage(Desk& desk, std::string_view problem)
{
    desk.terminal.complain(fmt::format("signalboxctl: {}", problem));
    return ExitCode::Usage;
}

} // namespace

std::optional<ExitCode> settleCause(Desk& desk, ChangeOptions& change)
{
    if (!change.cause.empty())
        return std::nullopt;
    if (!canAsk(desk))
        return usage(desk, "--cause is missing: the audit keeps why");
    change.cause = desk.terminal.ask("Cause (for the audit): ");
    if (desk.terminal.interrupted())
        return ExitCode::Interrupted;
    if (change.cause.empty())
        return usage(desk, "nothing was applied: a change needs a cause");
    return std::nullopt;
}

std::optional<ExitCode> settleAnswer(Desk& desk, const ChangeOptions& change,
                                     std::string_view question)
{
    if (change.answer == Answer::Yes)
        return std::nullopt;
    if (!canAsk(desk))
        return usage(desk, "nothing was applied: nobody can be asked here, so say --yes");
    const std::string answer = desk.terminal.ask(question);
    if (desk.terminal.interrupted())
        return ExitCode::Interrupted;
    if (answer == "y" || answer == "Y" || answer == "yes")
        return std::nullopt;
    desk.terminal.print("nothing was applied");
    return ExitCode::Failed;
}

std::string newRequestId()
{
    std::random_device random;
    return fmt::format("ctl-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

} // namespace signalbox::ctl
