// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/prober.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/views/frame/panel.h"

#include <QLabel>
#include <QPointer>
#include <QVBoxLayout>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr std::size_t kProbesAtOnce = 8;

bool isAgent(const model::StandbyProof& proof)
{
    return proof.agent.find("://") == std::string::npos;
}

QString probedText(const base::Result<model::ProbeReport>& report, const std::string& agent)
{
    const QString name = models::shownName(agent);
    if (!report)
        return Prober::tr("%1 could not be asked: %2")
            .arg(name, text::plainText(report.error().text(), text::kReasonCharacters));
    switch (report->result) {
    case model::ProbeReport::Result::Token:
        return Prober::tr("%1 gave a token in %2")
            .arg(name, text::millisecondsText(static_cast<double>(report->tookMs)));
    case model::ProbeReport::Result::Silent:
        return Prober::tr("%1 gave no token: %2")
            .arg(name, text::plainText(report->reason, text::kReasonCharacters));
    case model::ProbeReport::Result::Refused:
        return Prober::tr("%1 does not answer this way: %2")
            .arg(name, text::plainText(report->reason, text::kReasonCharacters));
    }
    return {};
}

} // namespace

std::vector<std::string> unprovenOf(const model::Preview& preview)
{
    std::vector<std::string> agents;
    for (const model::StandbyProof& proof : preview.proofs) {
        if (proof.verdict == model::ProofVerdict::Unproven && isAgent(proof))
            agents.push_back(proof.agent);
    }
    return agents;
}

Prober::Prober(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , said_(plainLabel({}, "caption", this))
{
    said_->setWordWrap(true);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins({});
    all->addWidget(said_);
    hide();
}

std::vector<WayOut> Prober::waysOut(const model::Preview& preview)
{
    const std::vector<std::string> unproven = unprovenOf(preview);
    if (unproven.empty())
        return {};
    return {{tr("Probe %1 now").arg(models::listText(unproven, 1)),
             tr("Has each of them ask its engine for one token"),
             [this, unproven] { probe(unproven); }}};
}

void Prober::probe(const std::vector<std::string>& agents)
{
    say(tr("Asking %1 for a token...").arg(models::listText(agents, 2)));
    for (std::size_t i = 0; i < std::min(agents.size(), kProbesAtOnce); ++i) {
        const std::string& agent = agents[i];
        session_.port.probeNow(agent, [self = QPointer<Prober>(this),
                                       agent](const base::Result<model::ProbeReport>& report) {
            if (!self)
                return;
            self->say(probedText(report, agent));
            Q_EMIT self->answered();
        });
    }
}

void Prober::say(const QString& sentence)
{
    said_->setText(sentence);
    show();
}

} // namespace signalbox::views
