// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/served_path.h"

#include <array>

namespace signalbox::proxy {

namespace {

struct Served {
    Api api;
    std::string_view path;
};

constexpr std::array kServed{
    Served{Api::Chat, "/v1/chat/completions"}, Served{Api::Completions, "/v1/completions"},
    Served{Api::Embeddings, "/v1/embeddings"}, Served{Api::Responses, "/v1/responses"},
    Served{Api::Messages, "/v1/messages"},     Served{Api::Rerank, "/v1/rerank"},
    Served{Api::Models, "/v1/models"},         Served{Api::Health, "/healthz"},
    Served{Api::Ready, "/readyz"},
};

} // namespace

std::optional<Api> servedApi(std::string_view path)
{
    for (const Served& served : kServed) {
        if (served.path == path)
            return served.api;
    }
    return std::nullopt;
}

std::string_view pathOf(Api api)
{
    for (const Served& served : kServed) {
        if (served.api == api)
            return served.path;
    }
    return {};
}

http::Method methodOf(Api api)
{
    const bool isOurs = api == Api::Models || api == Api::Health || api == Api::Ready;
    return isOurs ? http::Method::Get : http::Method::Post;
}

bool endsWithDone(Api api)
{
    return api == Api::Chat || api == Api::Completions;
}

} // namespace signalbox::proxy
