// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/trace.h"

#include "shared/base/limits.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

namespace signalbox::lab {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kAzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::string_view kVtcHeader = "t_s,client,prompt_tokens,output_tokens";

template <typename Number>
Result<Number> numberOf(std::string_view field, std::string_view text)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return Error(Code::InvalidArgument, fmt::format("{} '{}' is not a number", field, text));
    return value;
}

Result<std::uint32_t> tokensOf(std::string_view field, std::string_view text)
{
    SB_TRY(const auto tokens, numberOf<std::uint32_t>(field, text));
    if (tokens == 0 || tokens > limits::kTraceTokens)
        return Error(Code::InvalidArgument,
                     fmt::format("{} {} is outside 1 to {}", field, tokens, limits::kTraceTokens));
    return tokens;
}

template <std::size_t Count>
Result<std::array<std::string_view, Count>> columns(std::string_view line)
{
    std::array<std::string_view, Count> fields;
    for (std::size_t i = 0; i < Count; ++i) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (i + 1 == Count))
            return Error(Code::InvalidArgument, fmt::format("expected {} columns", Count));
        fields[i] = line.substr(0, comma);
        line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    return fields;
}

// "2023-11-16 18:15:46.6805900"; only differences matter, so no time zone is involved.
Result<std::chrono::nanoseconds> timestampOf(std::string_view text)
{
    const auto malformed = [&] {
        return Error(Code::InvalidArgument,
                     fmt::format("time '{}' is not like 2023-11-16 18:15:46.6805900", text));
    };
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':'
        || text[16] != ':' || (text.size() > 19 && text[19] != '.'))
        return malformed();
    std::array<int, 6> parts{};
    constexpr std::array<std::pair<int, int>, 6> kPlaces{
        {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto part = numberOf<int>("time", text.substr(kPlaces[i].first, kPlaces[i].second));
        if (!part)
            return malformed();
        parts[i] = *part;
    }
    const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                          std::chrono::month(static_cast<unsigned>(parts[1])),
                                          std::chrono::day(static_cast<unsigned>(parts[2]))};
    if (!day.ok())
        return malformed();
    std::int64_t fraction = 0;
    const std::string_view digits = text.size() > 20 ? text.substr(20) : "";
    for (std::size_t i = 0; i < 9; ++i) {
        if (i < digits.size() && (digits[i] < '0' || digits[i] > '9'))
            return malformed();
        fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    return std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(parts[3])
        + std::chrono::minutes(parts[4]) + std::chrono::seconds(parts[5])
        + std::chrono::nanoseconds(fraction);
}

Result<Arrival> azureLine(std::string_view line)
{
    SB_TRY(const auto fields, columns<3>(line));
    Arrival arrival;
    SB_TRY(arrival.at, timestampOf(fields[0]));
    SB_TRY(arrival.promptTokens, tokensOf("ContextTokens", fields[1]));
    SB_TRY(arrival.outputTokens, tokensOf("GeneratedTokens", fields[2]));
    return arrival;
}

Result<Arrival> vtcLine(std::string_view line)
{
    SB_TRY(const auto fields, columns<4>(line));
    Arrival arrival;
    SB_TRY(const double seconds, numberOf<double>("t_s", fields[0]));
    arrival.at = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
    SB_TRY(arrival.client, numberOf<std::uint32_t>("client", fields[1]));
    SB_TRY(arrival.promptTokens, tokensOf("prompt_tokens", fields[2]));
    SB_TRY(arrival.outputTokens, tokensOf("output_tokens", fields[3]));
    return arrival;
}

Result<Arrival> mooncakeLine(std::string_view line)
{
    static thread_local simdjson::dom::parser parser;
    const auto malformed = [](std::string_view what) {
        return Error(Code::InvalidArgument,
                     fmt::format("{} is missing or of the wrong kind", what));
    };
    simdjson::dom::object object;
    if (parser.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS)
        return Error(Code::InvalidArgument, "not a JSON object");
    std::uint64_t milliseconds = 0;
    std::uint64_t prompt = 0;
    std::uint64_t output = 0;
    if (object["timestamp"].get(milliseconds) != simdjson::SUCCESS)
        return malformed("timestamp");
    if (object["input_length"].get(prompt) != simdjson::SUCCESS)
        return malformed("input_length");
    if (object["output_length"].get(output) != simdjson::SUCCESS)
        return malformed("output_length");
    Arrival arrival;
    arrival.at = std::chrono::milliseconds(milliseconds);
    SB_TRY(arrival.promptTokens, tokensOf("input_length", std::to_string(prompt)));
    SB_TRY(arrival.outputTokens, tokensOf("output_length", std::to_string(output)));
    simdjson::dom::array blocks;
    if (object["hash_ids"].get(blocks) == simdjson::SUCCESS) {
        for (const auto block : blocks) {
            std::uint64_t id = 0;
            if (block.get(id) != simdjson::SUCCESS)
                return malformed("hash_ids");
            arrival.blocks.push_back(static_cast<std::uint32_t>(id));
        }
    }
    return arrival;
}

class RecordedLoad final : public ArrivalSource {
public:
    RecordedLoad(std::string name, std::vector<Arrival> arrivals)
        : name_(std::move(name)), arrivals_(std::move(arrivals))
    {
        const auto earlier = [](const Arrival& a, const Arrival& b) { return a.at < b.at; };
        std::stable_sort(arrivals_.begin(), arrivals_.end(), earlier);
        const auto start = arrivals_.front().at;
        for (Arrival& arrival : arrivals_)
            arrival.at -= start;
    }

    std::optional<Arrival> next() override
    {
        if (next_ == arrivals_.size())
            return std::nullopt;
        return arrivals_[next_++];
    }

    std::string describe() const override
    {
        return fmt::format("trace {}, {} requests in {:.0f} s", name_, arrivals_.size(),
                           std::chrono::duration<double>(arrivals_.back().at).count());
    }

private:
    std::string name_;
    std::vector<Arrival> arrivals_;
    std::size_t next_ = 0;
};

using LineReader = Result<Arrival> (*)(std::string_view);

LineReader readerFor(std::string_view firstLine)
{
    if (firstLine == kAzureHeader)
        return azureLine;
    if (firstLine == kVtcHeader)
        return vtcLine;
    return firstLine.starts_with('{') ? mooncakeLine : nullptr;
}

} // namespace

Result<std::unique_ptr<ArrivalSource>> openTrace(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    if (!stream)
        return Error(Code::NotFound, fmt::format("trace {}: cannot be opened", file.string()));
    std::vector<Arrival> arrivals;
    LineReader reader = nullptr;
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        const auto refuse = [&](const std::string& why) {
            return Error(Code::InvalidArgument,
                         fmt::format("trace {} line {}: {}", file.string(), number, why));
        };
        if (reader == nullptr) {
            reader = readerFor(line);
            if (reader == nullptr)
                return refuse(fmt::format("not a known trace; expected '{}', '{}' or a JSON object "
                                          "with timestamp, input_length, output_length",
                                          kAzureHeader, kVtcHeader));
            if (!line.starts_with('{'))
                continue;
        }
        if (line.empty())
            continue;
        if (arrivals.size() >= limits::kTraceLines)
            return refuse(fmt::format("more than {} requests", limits::kTraceLines));
        auto arrival = reader(line);
        if (!arrival)
            return refuse(arrival.error().message());
        arrivals.push_back(*std::move(arrival));
    }
    if (arrivals.empty())
        return Error(Code::InvalidArgument,
                     fmt::format("trace {}: holds no requests", file.string()));
    return std::unique_ptr<ArrivalSource>(
        std::make_unique<RecordedLoad>(file.filename().string(), std::move(arrivals)));
}

} // namespace signalbox::lab
