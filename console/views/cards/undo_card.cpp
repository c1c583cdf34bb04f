// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/undo_card.h"

#include "console/models/edit_words.h"
#include "console/text/plain_text.h"
#include "console/views/frame/panel.h"

#include <QLabel>

#include <algorithm>
#include <charconv>

namespace signalbox::views {

std::unique_ptr<CommandCard> UndoCard::make(Session& session,
                                            const std::vector<ObjectRef>& objects)
{
    const bool isOneRecord = objects.size() == 1 && objects.front().kind == ObjectKind::Audit;
    if (!isOneRecord)
        return nullptr;
    const std::string& text = objects.front().id;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool isNumber = problem == std::errc() && end == text.data() + text.size();
    if (!isNumber || number == 0)
        return nullptr;
    return std::make_unique<UndoCard>(session, number);
}

UndoCard::UndoCard(Session& session, std::uint64_t number)
    : CommandCard(session, nullptr), number_(number)
{
    addCaption(tr("Record"));
    addName(tr("Audit record %1").arg(number_));
    if (const model::AuditRecord* known = record())
        addRecord(*known);
    addCaption(tr("What it means"));
    addHint(tr("The fields that the record changed go back to what they were before it. It is a "
               "command of its own: previewed, recorded, and it can be undone as well."));
}

void UndoCard::addRecord(const model::AuditRecord& record)
{
    addCaption(tr("It did"));
    addHint(models::editTitle(record.edit));
    addCaption(tr("By"));
    addHint(tr("%1, %2").arg(text::plainText(record.operatorName),
                             session().time.since(record.atUnixMs,
                                                  session().store.nowUnixMs())));
    addCaption(tr("Cause"));
    addHint(text::plainText(record.cause, text::kReasonCharacters));
}

const model::AuditRecord* UndoCard::record() const
{
    const auto& records = session().store.audit();
    const auto found = std::find_if(records.begin(), records.end(), [this](const auto& one) {
        return one.number == number_;
    });
    return found == records.end() ? nullptr : &*found;
}

QString UndoCard::title() const
{
    const model::AuditRecord* known = record();
    return known ? tr("Undo: %1").arg(models::editTitle(known->edit))
                 : tr("Undo record %1").arg(number_);
}

QString UndoCard::buttonText() const
{
    return tr("Undo record %1").arg(number_);
}

std::optional<command::Wish> UndoCard::wish() const
{
    return command::Wish(command::UndoOf{number_});
}

std::string UndoCard::subject() const
{
    return "undo audit/" + std::to_string(number_);
}

} // namespace signalbox::views
