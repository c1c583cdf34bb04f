// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

namespace signalbox::lists {

// A list of rows, each with a key of its own: `Row::key()` and `==`. It becomes another list by
// removing, moving, inserting and changing rows, never by a reset, so that selection and scroll
// position stay with what they were on.
// Lives on: gui thread. Base of the models of this room.
template <typename Row>
class RowSync : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(rows_.size());
    }
    const Row& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }

protected:
    void become(const std::vector<Row>& target)
    {
        removeAllBut(target);
        for (std::size_t i = 0; i < target.size(); ++i) {
            if (i < rows_.size() && rows_[i].key() == target[i].key()) {
                change(i, target[i]);
                continue;
            }
            const auto place = static_cast<std::ptrdiff_t>(i);
            const auto found = std::find_if(
                rows_.begin() + std::min(place, std::ssize(rows_)), rows_.end(),
                [&](const Row& known) { return known.key() == target[i].key(); });
            if (found == rows_.end()) {
                beginInsertRows({}, static_cast<int>(i), static_cast<int>(i));
                rows_.insert(rows_.begin() + place, target[i]);
                endInsertRows();
                continue;
            }
            const auto from = static_cast<int>(found - rows_.begin());
            beginMoveRows({}, from, from, {}, static_cast<int>(i));
            std::rotate(rows_.begin() + place, found, found + 1);
            endMoveRows();
            change(i, target[i]);
        }
    }

    void tellAllChanged()
    {
        if (!rows_.empty())
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }

private:
    void removeAllBut(const std::vector<Row>& target)
    {
        std::set<std::remove_cvref_t<decltype(std::declval<Row>().key())>> keys;
        for (const Row& wanted : target)
            keys.insert(wanted.key());
        for (std::size_t i = rows_.size(); i-- > 0;) {
            if (keys.contains(rows_[i].key()))
                continue;
            beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
            rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(i));
            endRemoveRows();
        }
    }

    void change(std::size_t i, const Row& wanted)
    {
        if (rows_[i] == wanted)
            return;
        rows_[i] = wanted;
        Q_EMIT dataChanged(index(static_cast<int>(i)), index(static_cast<int>(i)));
    }

    std::vector<Row> rows_;
};

} // namespace signalbox::lists
