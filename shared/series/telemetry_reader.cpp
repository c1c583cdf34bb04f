// SPDX-License-Identifier: Apache-2.0
#include "shared/series/telemetry_reader.h"

#include "shared/base/limits.h"

#include <utility>

namespace signalbox::series {

namespace {

base::Error nonsense(std::string what)
{
    return base::Error(base::Code::DataLoss, "telemetry is out of step: " + std::move(what),
                       base::Origin::Upstream, base::Retry::Safe);
}

} // namespace

base::Result<std::vector<AgentFact>> TelemetryReader::read(model::TelemetryBatch batch)
{
    if (batch.sequence != lastBatch_ + 1)
        return nonsense("message " + std::to_string(batch.sequence) + " came after "
                        + std::to_string(lastBatch_));
    lastBatch_ = batch.sequence;
    valuesInBatch_ = 0;
    std::vector<AgentFact> facts;
    facts.reserve(batch.items.size());
    for (model::TelemetryItem& item : batch.items) {
        SB_TRY(ReadFact fact, readFact(item.agent, std::move(item.fact)));
        facts.push_back({sources_.at(item.agent).introduction.id, std::move(fact)});
    }
    return facts;
}

base::Result<ReadFact> TelemetryReader::introduce(std::uint32_t number,
                                                  model::AgentIntroduction introduction)
{
    if (!sources_.contains(number) && sources_.size() >= limits::kFleetAgents)
        return nonsense("more agents than a fleet may have");
    Source& source = sources_[number];
    if (!source.introduction.id.empty() && source.introduction.id != introduction.id)
        return nonsense("one number was given to two agents");
    source = Source{.introduction = introduction};
    return ReadFact(std::move(introduction));
}

base::Result<ReadFact> TelemetryReader::readFact(std::uint32_t number, model::TelemetryFact fact)
{
    if (auto* introduction = std::get_if<model::AgentIntroduction>(&fact))
        return introduce(number, std::move(*introduction));
    const auto found = sources_.find(number);
    if (found == sources_.end())
        return nonsense("a fact about agent " + std::to_string(number)
                        + ", which was not introduced");
    Source& source = found->second;
    if (const auto* block = std::get_if<model::SampleBlock>(&fact))
        return readBlock(source, *block);
    if (auto* state = std::get_if<model::AgentState>(&fact)) {
        if (state->record.id != source.introduction.id)
            return nonsense("a state of " + state->record.id.str() + " came as one of "
                            + source.introduction.id.str());
        return ReadFact(std::move(*state));
    }
    if (auto* dictionary = std::get_if<model::SeriesDictionary>(&fact)) {
        source.generation = dictionary->generation;
        source.decoder.emplace(dictionary->series.size());
        return ReadFact(std::move(*dictionary));
    }
    if (auto* event = std::get_if<model::Event>(&fact)) {
        event->agent = source.introduction.id.str();
        return ReadFact(std::move(*event));
    }
    if (auto* gone = std::get_if<model::AgentGone>(&fact))
        return ReadFact(std::move(*gone));
    if (auto* behind = std::get_if<model::Behind>(&fact))
        return ReadFact(*behind);
    source.decoder.reset();
    return ReadFact(std::get<model::Resync>(std::move(fact)));
}

base::Result<ReadFact> TelemetryReader::readBlock(Source& source, const model::SampleBlock& block)
{
    if (!source.decoder || block.dictionaryGeneration != source.generation)
        return nonsense("samples came without their dictionary");
    SB_TRY(ReadRows read, [&]() -> base::Result<ReadRows> {
        SB_TRY(auto rows, source.decoder->decode(block.columns, block.firstSequence));
        return ReadRows{std::move(rows)};
    }());
    for (const model::SampleRow& row : read.rows)
        valuesInBatch_ += row.values.size();
    if (valuesInBatch_ > limits::kValuesPerBatch)
        return nonsense("more samples than one message may carry");
    return ReadFact(std::move(read));
}

} // namespace signalbox::series
