// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/authenticate.h"

namespace signalbox::proxy {

std::optional<LocalReply> authenticate(Exchange& exchange)
{
    if (exchange.view->access == model::AccessMode::Open)
        return std::nullopt;
    const http::Credential credential = exchange.request.head.credential();
    switch (credential.kind) {
    case http::CredentialKind::None: return reply::missingKey();
    case http::CredentialKind::Ambiguous: return reply::ambiguousKey();
    case http::CredentialKind::Unsupported: return reply::wrongKey();
    case http::CredentialKind::Token: break;
    }
    exchange.caller = exchange.view->keys->find(credential.token);
    return exchange.caller == nullptr ? std::optional(reply::wrongKey()) : std::nullopt;
}

std::optional<LocalReply> authorize(Exchange& exchange)
{
    if (exchange.caller != nullptr && !exchange.caller->maySee(exchange.route->model))
        return reply::unknownModel(exchange.facts.model);
    return std::nullopt;
}

} // namespace signalbox::proxy
