// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_table_model.h"
#include "console/views/frame/session.h"

#include <QTableView>

#include <map>
#include <set>

namespace signalbox::views {

class InstanceDelegate;
class InstanceHeader;

// The table itself: rows of one height, the pointer's row, which columns fit, and where the reader
// is when rows move. It does not sort by itself.
// Lives on: gui thread. Owned by the screen.
class InstanceView final : public QTableView {
    Q_OBJECT
public:
    InstanceView(Session& session, models::InstanceTableModel& model, QWidget* parent = nullptr);

    void setColumnSet(models::ColumnSet set);
    models::ColumnSet columnSet() const { return set_; }
    int columnsLeftOut() const { return leftOut_; } // too narrow for them
    std::vector<models::InstanceColumn> columnsShown() const;
    // The operator looks at rows, or has just used a key: they stay where they are.
    bool isHeld() const;
    std::string currentAgent() const; // empty on a group's head and on nothing
    void goTo(const std::string& agent);
    void toggleFold(int row); // of a group's head

Q_SIGNALS:
    void currentAgentChanged(const std::string& agent);
    void markClicked(const std::string& agent);
    void sortRequested(int column);
    void openRequested(const std::string& agent);
    void columnsChanged();

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    enum class Anchor : std::uint8_t { None, Agent, Group };
    void keepPlace();
    void restorePlace();
    void fitColumns();
    void hover(int row);
    int widthOf(models::InstanceColumn column) const;

    Session& session_;
    models::InstanceTableModel& model_;
    InstanceHeader* header_;
    InstanceDelegate* delegate_;
    models::ColumnSet set_ = models::ColumnSet::Triage;
    std::map<models::InstanceColumn, int> widths_; // that the operator has set
    std::set<models::InstanceColumn> shown_;
    int leftOut_ = 0;
    bool isFitting_ = false;
    bool isArranging_ = false;
    bool isPointerOver_ = false;
    std::int64_t lastKeyUnixMs_ = 0;
    struct Place {
        Anchor kind = Anchor::None;
        std::string name;
        int column = 0;
        int y = 0; // in the viewport
    };
    Place current_; // while rows move
    Place top_;
};

} // namespace signalbox::views
