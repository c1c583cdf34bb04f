// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_table_model.h"
#include "console/models/instances/table_export.h"
#include "console/views/frame/screen.h"
#include "console/views/instances/instance_view.h"

#include <array>

class QButtonGroup;
class QComboBox;
class QFileDialog;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace signalbox::views {

class ChipBar;
class CountsLine;
class StatePage;

// All instances as one table: which one is not well, and which do I act on?
// Lives on: gui thread. Owned by the window.
class InstancesScreen final : public Screen {
    Q_OBJECT
public:
    explicit InstancesScreen(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Instances"); }
    QMap<QString, QString> stateMap() const override;
    void restore(const QMap<QString, QString>& state) override;
    void focusFilter() override;
    bool escape() override;
    void shown() override;

    const models::InstanceTableModel& model() const { return model_; }
    InstanceView& view() { return *view_; }
    // All that the filter shows, to a file; the ending says the form: .json, else CSV.
    bool exportTo(const QString& path);

private:
    QHBoxLayout* makeHead();
    void makeActs();
    void makeActions();
    void makeCopyActions();
    QAction* add(const QString& text, const QString& toolTip, const QKeySequence& keys);
    QPushButton* makeActButton(QAction* action, const QString& key);

    void setFilter(const QString& text);
    void setColumnSet(models::ColumnSet set);
    void setGroupBy(models::GroupBy by);
    void sortBy(int column);
    void step(int rows);
    void openCurrent();
    void toggleMark();
    void markRange();
    void markAll();
    void act(Act verb);
    void copyCell();
    void copyRows(models::TableFormat format);
    void askExport();
    std::vector<int> targetSlots() const; // marked, or else the current one
    void refresh();
    void showState();
    void showMarks();

    models::InstanceTableModel model_;
    QLabel* count_;
    QLineEdit* filter_;
    QButtonGroup* sets_;
    QComboBox* group_;
    ChipBar* chips_;
    InstanceView* view_;
    StatePage* page_;
    CountsLine* counts_;
    QFileDialog* dialog_ = nullptr;
    std::vector<QPushButton*> actButtons_;
    std::string lastMarked_;
    std::int64_t arrangedUnixMs_ = 0;
};

} // namespace signalbox::views
