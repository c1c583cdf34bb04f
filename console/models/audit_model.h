// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "shared/model/command.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace signalbox::models {

// The audit as rows, newest first. What is new is inserted, what has become too old is removed; it
// never resets.
// Lives on: gui thread. Owned by its screen.
class AuditModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Number, Who, Verb, Objects, Cause, Revision, Undoes, kColumns };
    enum Role { UnixMsRole = Qt::UserRole + 1, SearchRole };

    explicit AuditModel(const fleet::FleetStore& store, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const model::AuditRecord& record(int row) const;
    int rowOf(std::uint64_t number) const; // -1 = not shown
    QStringList people() const; // sorted, each once
    QStringList verbs() const;
    // Nothing is missing between the newest and the oldest that is shown.
    bool isWithoutGaps() const;

private:
    void update();
    void removeOld(const std::vector<model::AuditRecord>& newest);

    const fleet::FleetStore& store_;
    std::vector<model::AuditRecord> records_;
};

// Those that have every word of the text somewhere, of one person and one verb.
// Lives on: gui thread. Owned by its screen.
class AuditFilter final : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setText(const QString& text);
    void setWho(const QString& who); // empty = everybody
    void setVerb(const QString& verb); // empty = every verb
    const QString& text() const { return text_; }
    const QString& who() const { return who_; }
    const QString& verb() const { return verb_; }
    bool isActive() const { return !text_.isEmpty() || !who_.isEmpty() || !verb_.isEmpty(); }
    QString sentence() const; // "who ana, drain, \"CHG\""

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QString text_;
    QStringList words_;
    QString who_;
    QString verb_;
};

} // namespace signalbox::models
