// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/frame/object_ref.h"

#include <array>

namespace signalbox::views {

namespace {

struct KindName {
    ObjectKind kind;
    const char* name;
};
constexpr std::array kNames{
    KindName{ObjectKind::Agent, "agent"}, KindName{ObjectKind::Pool, "pool"},
    KindName{ObjectKind::Route, "route"}, KindName{ObjectKind::Audit, "audit"}};

} // namespace

QString pathOf(const ObjectRef& object)
{
    for (const KindName& known : kNames) {
        if (known.kind == object.kind)
            return QLatin1String(known.name) + QLatin1Char('/') + QString::fromStdString(object.id);
    }
    return {};
}

ObjectRef objectFromPath(const QString& path)
{
    const qsizetype slash = path.indexOf(QLatin1Char('/'));
    if (slash <= 0 || slash + 1 == path.size())
        return {};
    for (const KindName& known : kNames) {
        if (path.left(slash) == QLatin1String(known.name))
            return {known.kind, path.mid(slash + 1).toStdString()};
    }
    return {};
}

} // namespace signalbox::views
