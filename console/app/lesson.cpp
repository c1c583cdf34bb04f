// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/lesson.h"

#include "console/text/plain_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QUrl>

#include <cmath>

namespace signalbox::app {

namespace {

constexpr const char* kOwnAddress = "grpc://127.0.0.1:8801";

} // namespace

Lesson::Lesson(const base::Clock& clock, views::TimeDisplay& time, const std::string& operatorName,
               views::ConnectPage& page)
    : page_(page), session_(clock, time)
{
    (void)session_.open({{kOwnAddress}, operatorName, {}}); // a literal address: cannot fail
    connect(&session_.shown(), &fleet::FleetStore::refreshed, this, &Lesson::look);
    connect(&session_.shown(), &fleet::FleetStore::sampled, this,
            [this](int slot, const fleet::ReadingsRow& row) {
                const float rate = row.readings[fleet::Reading::RequestsPerSecond];
                if (session_.shown().agent(slot).isGateway() && !std::isnan(rate))
                    requests_ += rate;
            });
    connect(&page, &views::ConnectPage::requestWanted, this, &Lesson::send);
}

void Lesson::look()
{
    const fleet::FleetStore& store = session_.shown();
    const fleet::Sums& sums = store.sums();
    const int gateways = store.gatewaySums().total;
    facts_.isFound = store.link().state == fleet::LinkState::Connected && sums.total > 0;
    facts_.found = tr("%1 gateways, %2 instances, %3 serving")
                       .arg(gateways)
                       .arg(sums.total - gateways)
                       .arg(sums.serving - store.gatewaySums().serving);
    facts_.requests = static_cast<std::int64_t>(std::llround(requests_));
    if (!store.gateways().empty())
        facts_.serveAddress = text::plainText(
            store.agent(store.gateways().front()).record().addresses.serve);
    if (store.hasPolicy() && !store.policy().policy.routes.empty())
        facts_.model = text::plainText(store.policy().policy.routes.begin()->second.model);
    page_.setLesson(facts_);
}

void Lesson::send()
{
    QNetworkRequest request(
        QUrl(QStringLiteral("http://%1/v1/chat/completions").arg(facts_.serveAddress)));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    const QJsonObject message{{QStringLiteral("role"), QStringLiteral("user")},
                              {QStringLiteral("content"), QStringLiteral("Hello")}};
    const QJsonObject body{{QStringLiteral("model"), facts_.model},
                           {QStringLiteral("stream"), true},
                           {QStringLiteral("messages"), QJsonArray{message}}};
    QNetworkReply* reply = web_.post(request, QJsonDocument(body).toJson());
    connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
}

} // namespace signalbox::app
