// SPDX-License-Identifier: Apache-2.0
#include "shared/base/error.h"

#include <utility>

namespace signalbox::base {

namespace {
constexpr int kCausesMax = 3;
}

Error::Error(Code code, std::string message, Origin origin, Retry retry)
    : code_(code), origin_(origin), retry_(retry), message_(std::move(message))
{
}

Error Error::because(std::string context) const
{
    Error outer(code_, std::move(context), origin_, retry_);
    int depth = 1;
    for (const Error* e = this; e != nullptr; e = e->cause())
        ++depth;
    // A chain that is full keeps its root: the first thing that failed explains most.
    outer.cause_ = depth > kCausesMax + 1 && cause_ ? cause_ : std::make_shared<const Error>(*this);
    return outer;
}

std::string Error::text() const
{
    std::string all = message_;
    for (const Error* e = cause(); e != nullptr; e = e->cause())
        all.append(": ").append(e->message());
    return all;
}

std::string_view nameOf(Code code)
{
    switch (code) {
    case Code::Cancelled: return "cancelled";
    case Code::Unknown: return "unknown";
    case Code::InvalidArgument: return "invalid_argument";
    case Code::DeadlineExceeded: return "deadline_exceeded";
    case Code::NotFound: return "not_found";
    case Code::AlreadyExists: return "already_exists";
    case Code::PermissionDenied: return "permission_denied";
    case Code::ResourceExhausted: return "resource_exhausted";
    case Code::FailedPrecondition: return "failed_precondition";
    case Code::Aborted: return "aborted";
    case Code::OutOfRange: return "out_of_range";
    case Code::Unimplemented: return "unimplemented";
    case Code::Internal: return "internal";
    case Code::Unavailable: return "unavailable";
    case Code::DataLoss: return "data_loss";
    case Code::Unauthenticated: return "unauthenticated";
    }
    return "unknown";
}

std::string_view nameOf(Origin origin)
{
    switch (origin) {
    case Origin::Local: return "local";
    case Origin::Client: return "client";
    case Origin::Upstream: return "upstream";
    case Origin::Store: return "store";
    case Origin::Engine: return "engine";
    }
    return "local";
}

} // namespace signalbox::base
