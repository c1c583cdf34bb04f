// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <QTableView>

#include <vector>

namespace signalbox::views {

enum class FactWeight : std::uint8_t { Quiet, Normal, Strong };

// One line of a small table.
struct Fact {
    QStringList cells;
    FactWeight weight = FactWeight::Normal;
    bool isFirstOut = false; // the earliest of its story: a star in its second column
    bool operator==(const Fact&) const = default;
};

struct FactColumn {
    QString title;
    int width = 0; // 0 = what room is left
    Qt::Alignment alignment = Qt::AlignLeft;
};

// Lines that are told anew each second; only those that differ change.
// Lives on: gui thread. Owned by its view.
class FactsModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    FactsModel(std::vector<FactColumn> columns, QObject* parent);

    void setFacts(std::vector<Fact> facts);
    const std::vector<Fact>& facts() const { return facts_; }
    const std::vector<FactColumn>& columns() const { return columns_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<FactColumn> columns_;
    std::vector<Fact> facts_;
};

enum class FactsHead : std::uint8_t { Shown, Hidden };

// Lives on: gui thread.
class FactsView final : public QTableView {
    Q_OBJECT
public:
    FactsView(const QString& name, std::vector<FactColumn> columns, FactsHead head,
              QWidget* parent = nullptr);

    void setFacts(std::vector<Fact> facts) { model_->setFacts(std::move(facts)); }
    const std::vector<Fact>& facts() const { return model_->facts(); }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    FactsModel* model_;
};

} // namespace signalbox::views
