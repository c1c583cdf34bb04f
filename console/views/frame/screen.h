// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/object_ref.h"
#include "console/views/frame/session.h"
#include "console/views/frame/verbs.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QWidget>

#include <vector>

class QAction;

namespace signalbox::views {

// One page of the work area. Everything it shows comes from its session; what it wants done it asks
// the window for. Its actions (each with a key, a name and a tool tip) are added to it with
// addAction() and act while it or a child has the focus; `?` and the palette list them.
// Lives on: gui thread. Owned by the window.
class Screen : public QWidget {
    Q_OBJECT
public:
    Screen(Session& session, const QString& name, QWidget* parent);

    const QString& name() const { return name_; } // as in deep links: "instances"
    virtual QString title() const = 0; // as in the navigation
    // Filter, sort, columns, and whatever else the operator has set, for deep links and the next
    // start. Unknown or wrong values are left out.
    virtual QMap<QString, QString> stateMap() const { return {}; }
    virtual void restore(const QMap<QString, QString>& state) { (void)state; }
    // `/`: the field that filters, if there is one.
    virtual void focusFilter() {}
    // Esc: clears a filter, or goes one level up; false when there is nothing to leave.
    virtual bool escape() { return false; }
    // Called each time it comes to the front.
    virtual void shown() {}

Q_SIGNALS:
    void openRequested(const signalbox::views::ObjectRef& object); // its detail
    void screenRequested(const QString& name);
    void actRequested(signalbox::views::Act act,
                      const std::vector<signalbox::views::ObjectRef>& objects);
    void titleChanged();

protected:
    Session& session() const { return session_; }

private:
    Session& session_;
    QString name_;
};

} // namespace signalbox::views
