// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/error.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

// Between gRPC's values and ours; included by the .cpp files of this room only.
namespace signalbox::rpc {

inline std::string toString(const grpc::ByteBuffer& buffer)
{
    std::vector<grpc::Slice> slices;
    std::string text;
    if (!buffer.Dump(&slices).ok())
        return text;
    for (const grpc::Slice& slice : slices)
        text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return text;
}

inline grpc::ByteBuffer toBuffer(const std::string& text)
{
    const grpc::Slice slice(text);
    return grpc::ByteBuffer(&slice, 1);
}

inline grpc::Status toGrpc(const base::Error& error)
{
    return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.text());
}

inline base::Error toError(const grpc::Status& status)
{
    const bool isUnavailable = status.error_code() == grpc::StatusCode::UNAVAILABLE;
    return base::Error(static_cast<base::Code>(status.error_code()), status.error_message(),
                       base::Origin::Upstream,
                       isUnavailable ? base::Retry::Safe : base::Retry::Never);
}

} // namespace signalbox::rpc
