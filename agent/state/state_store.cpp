// SPDX-License-Identifier: Apache-2.0
#include "agent/state/state_store.h"

namespace signalbox::state {

bool outcomeUnknown(const base::Error& error)
{
    if (error.origin() != base::Origin::Store || error.retry() == base::Retry::Safe)
        return false;
    switch (error.code()) {
    case base::Code::Cancelled:
    case base::Code::Unknown:
    case base::Code::DeadlineExceeded:
    case base::Code::Internal:
    case base::Code::Unavailable:
    case base::Code::DataLoss:
        return true;
    case base::Code::InvalidArgument:
    case base::Code::NotFound:
    case base::Code::AlreadyExists:
    case base::Code::PermissionDenied:
    case base::Code::ResourceExhausted:
    case base::Code::FailedPrecondition:
    case base::Code::Aborted:
    case base::Code::OutOfRange:
    case base::Code::Unimplemented:
    case base::Code::Unauthenticated:
        return false;
    }
    return true;
}

} // namespace signalbox::state
