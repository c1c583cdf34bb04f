// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/act_words.h"

#include "shared/base/check.h"

#include <QCoreApplication>

#include <algorithm>

namespace signalbox::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ActWords", text);
}

ActWords make(Act act, const QString& name, const QString& effect, const char* key)
{
    ActWords words{act, name, QKeySequence(QLatin1String(key)), tr("Preview: %1").arg(effect)};
    if (!words.key.isEmpty())
        words.toolTip += QStringLiteral(" (%1)").arg(keyText(words));
    return words;
}

} // namespace

const std::vector<ActWords>& actWords()
{
    static const std::vector<ActWords> all{
        make(Act::Drain, tr("Drain"), tr("no new work, open requests finish"), "D"),
        make(Act::Undrain, tr("Undrain"), tr("takes new work again"), "Shift+D"),
        make(Act::Maintenance, tr("Maintenance"), tr("no traffic, no checks"), "M"),
        make(Act::Failover, tr("Fail over"), tr("a route moves to its standby"), "F"),
        make(Act::Failback, tr("Fail back"), tr("a route returns home"), "Shift+F"),
        make(Act::Weights, tr("Weights"), tr("how a route shares its requests"), "W"),
        make(Act::Scale, tr("Scale"), tr("more or fewer instances"), "Z"),
        make(Act::Undo, tr("Undo"), tr("the inverse, against what is there now"), ""),
    };
    return all;
}

const ActWords& wordsOf(Act act)
{
    const auto found = std::find_if(actWords().begin(), actWords().end(),
                                    [act](const ActWords& one) { return one.act == act; });
    SB_ASSERT(found != actWords().end());
    return *found;
}

QString keyText(const ActWords& words)
{
    return words.key.toString(QKeySequence::NativeText);
}

} // namespace signalbox::views
