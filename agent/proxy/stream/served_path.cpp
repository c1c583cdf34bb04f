// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/served_path.h"

#include <array>

namespace signalbox::proxy {

namespace {

struct Served {
    Api api;
    std::string_view path;
};

constexpr std::string_view kModelMark = "{model}";

constexpr std::array kServed{
    Served{Api::Chat, "/v1/chat/completions"},
    Served{Api::Completions, "/v1/completions"},
    Served{Api::Embeddings, "/v1/embeddings"},
    Served{Api::Responses, "/v1/responses"},
    Served{Api::Messages, "/v1/messages"},
    Served{Api::Rerank, "/v1/rerank"},
    Served{Api::Infer, "/v2/models/{model}/infer"},
    Served{Api::KserveGenerate, "/v2/models/{model}/generate"},
    Served{Api::KserveGenerateStream, "/v2/models/{model}/generate_stream"},
    Served{Api::TgiGenerate, "/generate"},
    Served{Api::TgiGenerateStream, "/generate_stream"},
    Served{Api::Models, "/v1/models"},
    Served{Api::Health, "/healthz"},
    Served{Api::Ready, "/readyz"},
};

// What stands around the model's name.
struct Frame {
    std::string_view before;
    std::string_view after;
};

Frame frameOf(std::string_view pattern)
{
    const std::size_t mark = pattern.find(kModelMark);
    return {pattern.substr(0, mark), pattern.substr(mark + kModelMark.size())};
}

} // namespace

std::optional<ServedPath> servedPath(std::string_view path)
{
    for (const Served& served : kServed) {
        if (!namesModelInPath(served.api)) {
            if (served.path == path)
                return ServedPath{served.api, {}};
            continue;
        }
        const auto [before, after] = frameOf(served.path);
        if (path.size() <= before.size() + after.size() || !path.starts_with(before)
            || !path.ends_with(after))
            continue;
        const std::string_view model
            = path.substr(before.size(), path.size() - before.size() - after.size());
        if (model.find('/') == std::string_view::npos)
            return ServedPath{served.api, model};
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

std::string pathAt(Api api, std::string_view model)
{
    if (!namesModelInPath(api))
        return std::string(pathOf(api));
    const auto [before, after] = frameOf(pathOf(api));
    return std::string(before).append(model).append(after);
}

std::vector<Api> everyApi()
{
    std::vector<Api> apis;
    for (const Served& served : kServed)
        apis.push_back(served.api);
    return apis;
}

http::Method methodOf(Api api)
{
    const bool isOurs = api == Api::Models || api == Api::Health || api == Api::Ready;
    return isOurs ? http::Method::Get : http::Method::Post;
}

} // namespace signalbox::proxy
