// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/deep_link.h"

#include <QStringList>

namespace signalbox::app {

namespace {

const QString kScheme = QStringLiteral("signalbox://");
constexpr qsizetype kMostCharacters = 8'192;

QString encoded(const QString& text)
{
    return QString::fromLatin1(text.toUtf8().toPercentEncoding());
}

QString decoded(const QString& text)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.toLatin1()));
}

} // namespace

QString textOf(const DeepLink& link)
{
    QString text = kScheme + encoded(link.fleet) + QLatin1Char('/') + encoded(link.screen);
    if (!link.object.isNone())
        text += QLatin1Char('/') + encoded(views::pathOf(link.object));
    QStringList parts;
    for (auto entry = link.state.begin(); entry != link.state.end(); ++entry)
        parts += encoded(entry.key()) + QLatin1Char('=') + encoded(entry.value());
    if (!parts.isEmpty())
        text += QLatin1Char('?') + parts.join(QLatin1Char('&'));
    return text;
}

std::optional<DeepLink> parseDeepLink(const QString& text)
{
    if (!text.startsWith(kScheme) || text.size() > kMostCharacters)
        return std::nullopt;
    const QString rest = text.mid(kScheme.size());
    const qsizetype question = rest.indexOf(QLatin1Char('?'));
    const QStringList path
        = (question < 0 ? rest : rest.left(question)).split(QLatin1Char('/'));
    if (path.size() < 2 || path.size() > 3)
        return std::nullopt;
    DeepLink link{decoded(path[0]), decoded(path[1]), {}, {}};
    if (path.size() == 3) {
        link.object = views::objectFromPath(decoded(path[2]));
        if (link.object.isNone())
            return std::nullopt;
    }
    if (question < 0)
        return link;
    for (const QString& part : rest.mid(question + 1).split(QLatin1Char('&'))) {
        const qsizetype equals = part.indexOf(QLatin1Char('='));
        if (equals <= 0)
            return std::nullopt;
        link.state.insert(decoded(part.left(equals)), decoded(part.mid(equals + 1)));
    }
    return link;
}

} // namespace signalbox::app
