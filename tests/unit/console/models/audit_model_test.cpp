// SPDX-License-Identifier: Apache-2.0
#include "console/models/audit_export.h"
#include "console/models/audit_model.h"
#include "tests/support/gui/console_fleet.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <gtest/gtest.h>

namespace signalbox::models {
namespace {

using Tester = QAbstractItemModelTester;

model::AuditRecord recordOf(std::uint64_t number, const std::string& who = "ana")
{
    model::AuditRecord record;
    record.number = number;
    record.atUnixMs = 1'767'225'600'000 + static_cast<std::int64_t>(number) * 1000;
    record.operatorName = who;
    record.cause = "CHG-" + std::to_string(number);
    record.edit = model::AdminEdit{model::Verb::Drain, "", {{"chat-0", model::Admin::Drain, 0}}};
    record.baseRevision = static_cast<base::Revision>(400 + number);
    record.revision = record.baseRevision + 1;
    return record;
}

class AuditModelTest : public testing::Test {
protected:
    void tell(std::vector<model::AuditRecord> records)
    {
        fleet::FleetChanges changes;
        changes.audit = std::move(records);
        fleet_.store().apply(std::move(changes));
    }

    std::vector<std::uint64_t> numbers() const
    {
        std::vector<std::uint64_t> all;
        for (int row = 0; row < model_.rowCount(); ++row)
            all.push_back(model_.record(row).number);
        return all;
    }

    tests::ConsoleFleet fleet_;
    AuditModel model_{fleet_.store()};
    Tester tester_{&model_, Tester::FailureReportingMode::Fatal};
};

TEST_F(AuditModelTest, NewRecordsAreInsertedInFrontWithoutAReset)
{
    tell({recordOf(2), recordOf(1)});
    QSignalSpy resets(&model_, &AuditModel::modelReset);
    QSignalSpy inserts(&model_, &AuditModel::rowsInserted);
    QSignalSpy changes(&model_, &AuditModel::dataChanged);

    tell({recordOf(4), recordOf(3), recordOf(2), recordOf(1)});

    EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{4, 3, 2, 1}));
    ASSERT_EQ(inserts.size(), 1);
    EXPECT_EQ(inserts[0][1].toInt(), 0);
    EXPECT_EQ(inserts[0][2].toInt(), 1);
    EXPECT_EQ(changes.size(), 0);
    EXPECT_EQ(resets.size(), 0);
}

TEST_F(AuditModelTest, OldRecordsLeaveAndGapsAreFilled)
{
    tell({recordOf(5), recordOf(3), recordOf(1)});
    EXPECT_FALSE(model_.isWithoutGaps());
    QSignalSpy resets(&model_, &AuditModel::modelReset);

    tell({recordOf(6), recordOf(5), recordOf(4), recordOf(3)});
    EXPECT_EQ(numbers(), (std::vector<std::uint64_t>{6, 5, 4, 3}));
    EXPECT_TRUE(model_.isWithoutGaps());
    EXPECT_EQ(model_.rowOf(4), 2);
    EXPECT_EQ(model_.rowOf(1), -1);

    tell({});
    EXPECT_EQ(model_.rowCount(), 0);
    EXPECT_EQ(resets.size(), 0);
}

TEST_F(AuditModelTest, ARecordThatIsToldBetterChangesItsRow)
{
    model::AuditRecord fresh = recordOf(1);
    fresh.revision = 0;
    tell({fresh});
    EXPECT_EQ(model_.index(0, AuditModel::Revision).data().toString(), QStringLiteral("?"));
    QSignalSpy changes(&model_, &AuditModel::dataChanged);
    tell({recordOf(1)});
    EXPECT_EQ(changes.size(), 1);
    EXPECT_EQ(model_.index(0, AuditModel::Revision).data().toString(),
              QStringLiteral("401 to 402"));
}

TEST_F(AuditModelTest, FiltersByWordsPersonAndVerb)
{
    model::AuditRecord undrain = recordOf(3, "miro");
    undrain.edit = model::AdminEdit{model::Verb::Undrain, "chat", {}};
    tell({undrain, recordOf(2), recordOf(1)});
    AuditFilter filter;
    filter.setSourceModel(&model_);
    Tester tester(&filter, Tester::FailureReportingMode::Fatal);

    filter.setText(QStringLiteral("chg-2 ana"));
    EXPECT_EQ(filter.rowCount(), 1);
    filter.setText({});
    filter.setWho(QStringLiteral("miro"));
    EXPECT_EQ(filter.rowCount(), 1);
    filter.setVerb(QStringLiteral("drain"));
    EXPECT_EQ(filter.rowCount(), 0);
    EXPECT_EQ(filter.sentence(), QStringLiteral("who=miro verb=drain"));
    filter.setWho({});
    EXPECT_EQ(filter.rowCount(), 2);

    tell({recordOf(4), undrain, recordOf(2), recordOf(1)});
    EXPECT_EQ(filter.rowCount(), 3) << "what comes is filtered too";
}

TEST_F(AuditModelTest, TextOfPeersIsMadeSafe)
{
    model::AuditRecord record = recordOf(1);
    record.cause = "line\nbreak \xE2\x80\xAE" "evil <b>";
    tell({record});
    const QString cause = model_.index(0, AuditModel::Cause).data().toString();
    EXPECT_FALSE(cause.contains(QLatin1Char('\n')));
    EXPECT_FALSE(cause.contains(QChar(0x202E)));
    const QString tip
        = model_.index(0, AuditModel::Cause).data(Qt::ToolTipRole).toString();
    EXPECT_FALSE(tip.contains(QStringLiteral("<b>")));
}

TEST(AuditExport, CsvQuotesAndDisarmsFormulas)
{
    model::AuditRecord record = recordOf(7);
    record.cause = "=HYPERLINK(\"x\")";
    const QString csv = QString::fromUtf8(auditCsv({record}));
    EXPECT_TRUE(csv.startsWith(QStringLiteral("number,at,operator,")));
    EXPECT_TRUE(csv.contains(QStringLiteral("\"'=HYPERLINK(\"\"x\"\")\"")));
    EXPECT_TRUE(csv.contains(QStringLiteral("7,2026-01-01T00:00:07.000Z,\"ana\"")));
}

TEST(AuditExport, JsonHasTheWholeRecord)
{
    const QJsonArray all = QJsonDocument::fromJson(auditJson({recordOf(7)})).array();
    ASSERT_EQ(all.size(), 1);
    const QJsonObject one = all[0].toObject();
    EXPECT_EQ(one[QStringLiteral("number")].toInt(), 7);
    EXPECT_EQ(one[QStringLiteral("what")].toString(), QStringLiteral("Drain chat-0"));
    EXPECT_EQ(one[QStringLiteral("cause")].toString(), QStringLiteral("CHG-7"));
}

} // namespace
} // namespace signalbox::models
