// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rpc/method_table.h"

#include <google/protobuf/message_lite.h>

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

// Handlers written in messages instead of bytes, for the doors' .cpp files:
//   table.add("signalbox.v1.CommandService/Preview", Role::Viewer,
//             unary<v1::PreviewRequest, v1::PreviewResponse>(
//                 [](const Caller&, const v1::PreviewRequest&, Answer<v1::PreviewResponse>)
//                 {...}));
namespace signalbox::rpc {

// A request that does not parse is answered with InvalidArgument and never reaches the handler.
template <std::derived_from<google::protobuf::MessageLite> Message>
base::Result<Message> parse(const std::string& bytes)
{
    Message message;
    if (!message.ParseFromString(bytes))
        return base::Error(base::Code::InvalidArgument, "the bytes are no " + message.GetTypeName(),
                           base::Origin::Client);
    return message;
}

template <std::derived_from<google::protobuf::MessageLite> Response>
using Answer = std::function<void(base::Result<Response>)>; // called once, on any thread

template <std::derived_from<google::protobuf::MessageLite> Request,
          std::derived_from<google::protobuf::MessageLite> Response>
UnaryHandler unary(std::function<void(const Caller&, const Request&, Answer<Response>)> handler)
{
    return [handler = std::move(handler)](const Caller& caller, const std::string& bytes,
                                          Reply reply) {
        const auto request = parse<Request>(bytes);
        if (!request)
            return reply(request.error());
        handler(caller, *request, [reply = std::move(reply)](base::Result<Response> response) {
            if (!response)
                return reply(response.error());
            reply(response->SerializeAsString());
        });
    };
}

template <std::derived_from<google::protobuf::MessageLite> Request>
StreamHandler
stream(std::function<void(const Caller&, const Request&, std::shared_ptr<OpenStream>)> handler)
{
    return [handler = std::move(handler)](const Caller& caller, const std::string& bytes,
                                          std::shared_ptr<OpenStream> out) {
        const auto request = parse<Request>(bytes);
        if (!request)
            return out->end(request.error());
        handler(caller, *request, std::move(out));
    };
}

} // namespace signalbox::rpc
