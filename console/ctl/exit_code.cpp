// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/exit_code.h"

#include "console/ctl/safe_text.h"

namespace signalbox::ctl {

namespace {

constexpr std::size_t kMessageColumns = 400;

std::string_view adviceFor(const base::Error& error)
{
    if (error.code() == base::Code::Unavailable && error.origin() == base::Origin::Store)
        return "the store does not answer; agents keep serving on their last snapshot, and "
               "commands work again when it is back";
    switch (error.code()) {
    case base::Code::Unavailable:
        return "is an agent running there? name others with --fleet ADDRESS[,ADDRESS] or in "
               "SIGNALBOX_FLEET";
    case base::Code::DeadlineExceeded:
        return "nothing is known about the outcome; look with `signalboxctl get audit`, or give "
               "more time with --timeout";
    case base::Code::PermissionDenied:
    case base::Code::Unauthenticated: return "this takes a role that you do not have there";
    case base::Code::NotFound: return "`signalboxctl get fleet` lists what there is";
    case base::Code::Aborted: return "look at the change with preview, then apply again";
    case base::Code::Unimplemented: return "that agent is older than this program";
    default: return "";
    }
}

} // namespace

ExitCode exitCodeOf(const base::Error& error)
{
    switch (error.code()) {
    case base::Code::Unavailable:
    case base::Code::DeadlineExceeded: return ExitCode::Away;
    case base::Code::FailedPrecondition:
    case base::Code::PermissionDenied:
    case base::Code::Unauthenticated: return ExitCode::Refused;
    case base::Code::Aborted: return ExitCode::Conflict;
    case base::Code::Cancelled: return ExitCode::Interrupted;
    default: return ExitCode::Failed;
    }
}

std::string explain(std::string_view whatWasTried, const base::Error& error,
                    std::string_view address)
{
    std::string text = "signalboxctl: cannot " + std::string(whatWasTried) + ": "
        + cutTo(safeText(error.text()), kMessageColumns);
    text += "\n  asked " + safeText(address);
    if (const std::string_view advice = adviceFor(error); !advice.empty())
        text += "\n  " + std::string(advice);
    return text;
}

} // namespace signalbox::ctl
