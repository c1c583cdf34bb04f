// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/settings.h"

#include "shared/base/limits.h"

#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

namespace signalbox::app {

namespace {

constexpr int kVersion = 1;
constexpr const char* kVersionKey = "version";
constexpr const char* kFleets = "fleets";

QString key(const char* name)
{
    return QLatin1String(name);
}

// Names of fleets and screens are part of keys; only these letters are safe there.
QString safe(const QString& name)
{
    return QString::fromLatin1(name.toUtf8().toPercentEncoding());
}

void writeFleets(QSettings& file, const std::vector<KnownFleet>& fleets)
{
    file.remove(key(kFleets));
    file.beginWriteArray(key(kFleets), static_cast<int>(fleets.size()));
    for (std::size_t i = 0; i < fleets.size(); ++i) {
        file.setArrayIndex(static_cast<int>(i));
        file.setValue(key("name"), fleets[i].name);
        file.setValue(key("address"), fleets[i].address);
        file.setValue(key("label"), fleets[i].label);
        file.setValue(key("agents"), fleets[i].agents);
        file.setValue(key("seen"), QVariant::fromValue<qint64>(fleets[i].seenUnixMs));
    }
    file.endArray();
}

} // namespace

QString Settings::defaultPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/signalbox/console.ini");
}

Settings::Settings(QString path) : path_(std::move(path))
{
    if (path_.isEmpty())
        return;
    const bool isThere = QFileInfo::exists(path_);
    QSettings file(path_, QSettings::IniFormat);
    const bool isGood = file.status() == QSettings::NoError
        && (!isThere || file.value(key(kVersionKey)).toInt() == kVersion);
    if (!isGood) {
        wasReset_ = true;
        file.clear();
    }
    file.setValue(key(kVersionKey), kVersion);
}

std::vector<KnownFleet> Settings::fleets() const
{
    std::vector<KnownFleet> fleets;
    QSettings file(path_, QSettings::IniFormat);
    const int count = std::min(file.beginReadArray(key(kFleets)),
                               static_cast<int>(limits::kFleetsRemembered));
    for (int i = 0; i < count; ++i) {
        file.setArrayIndex(i);
        fleets.push_back({file.value(key("name")).toString(), file.value(key("address")).toString(),
                          file.value(key("label")).toString(), file.value(key("agents")).toInt(),
                          file.value(key("seen")).toLongLong()});
    }
    file.endArray();
    return fleets;
}

void Settings::remember(const KnownFleet& fleet)
{
    if (path_.isEmpty())
        return;
    std::vector<KnownFleet> known = fleets();
    std::erase_if(known, [&](const KnownFleet& one) { return one.address == fleet.address; });
    known.insert(known.begin(), fleet);
    if (known.size() > limits::kFleetsRemembered)
        known.resize(limits::kFleetsRemembered);
    QSettings file(path_, QSettings::IniFormat);
    writeFleets(file, known);
}

void Settings::forget(const QString& address)
{
    std::vector<KnownFleet> known = fleets();
    std::erase_if(known, [&](const KnownFleet& one) { return one.address == address; });
    QSettings file(path_, QSettings::IniFormat);
    writeFleets(file, known);
}

theme::Scheme Settings::scheme() const
{
    const QSettings file(path_, QSettings::IniFormat);
    const int scheme = file.value(key("theme"), static_cast<int>(theme::Scheme::Dark)).toInt();
    return scheme >= 0 && scheme <= static_cast<int>(theme::Scheme::HighContrast)
        ? static_cast<theme::Scheme>(scheme)
        : theme::Scheme::Dark;
}

void Settings::setScheme(theme::Scheme scheme)
{
    if (!path_.isEmpty())
        QSettings(path_, QSettings::IniFormat).setValue(key("theme"), static_cast<int>(scheme));
}

views::TimeStyle Settings::timeStyle() const
{
    const QSettings file(path_, QSettings::IniFormat);
    const int style = file.value(key("time"), 0).toInt();
    return style >= 0 && style <= static_cast<int>(views::TimeStyle::Relative)
        ? static_cast<views::TimeStyle>(style)
        : views::TimeStyle::Utc;
}

void Settings::setTimeStyle(views::TimeStyle style)
{
    if (!path_.isEmpty())
        QSettings(path_, QSettings::IniFormat).setValue(key("time"), static_cast<int>(style));
}

QByteArray Settings::layout(const QString& part) const
{
    return QSettings(path_, QSettings::IniFormat).value(key("layout/") + part).toByteArray();
}

void Settings::setLayout(const QString& part, const QByteArray& bytes)
{
    if (!path_.isEmpty())
        QSettings(path_, QSettings::IniFormat).setValue(key("layout/") + part, bytes);
}

QMap<QString, QString> Settings::screenState(const QString& fleet, const QString& screen) const
{
    QSettings file(path_, QSettings::IniFormat);
    file.beginGroup(QStringLiteral("screens/%1/%2").arg(safe(fleet), safe(screen)));
    QMap<QString, QString> state;
    for (const QString& name : file.childKeys())
        state.insert(name, file.value(name).toString());
    return state;
}

void Settings::setScreenState(const QString& fleet, const QString& screen,
                              const QMap<QString, QString>& state)
{
    if (path_.isEmpty())
        return;
    QSettings file(path_, QSettings::IniFormat);
    file.beginGroup(QStringLiteral("screens/%1/%2").arg(safe(fleet), safe(screen)));
    file.remove(QString());
    for (auto entry = state.begin(); entry != state.end(); ++entry)
        file.setValue(entry.key(), entry.value());
}

QString Settings::lastScreen(const QString& fleet) const
{
    return QSettings(path_, QSettings::IniFormat)
        .value(QStringLiteral("last/%1").arg(safe(fleet)))
        .toString();
}

void Settings::setLastScreen(const QString& fleet, const QString& screen)
{
    if (!path_.isEmpty())
        QSettings(path_, QSettings::IniFormat)
            .setValue(QStringLiteral("last/%1").arg(safe(fleet)), screen);
}

} // namespace signalbox::app
