// SPDX-License-Identifier: Apache-2.0
#include "console/models/instances/table_export.h"
#include "tests/support/gui/console_fleet.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <gtest/gtest.h>

#include <array>

namespace signalbox::models {
namespace {

constexpr std::array kColumns{InstanceColumn::Mark, InstanceColumn::Name, InstanceColumn::Health,
                              InstanceColumn::Reason, InstanceColumn::InFlight,
                              InstanceColumn::Ttft};

class TableExport : public testing::Test {
protected:
    TableExport()
    {
        fleet_.connect(2);
        fleet_.state("chat-0").record.health
            = {model::Health::Failed, "=HYPERLINK(\"http://x\",\"y\")", 1};
        fleet_.tell("chat-0");
        fleet_.advance(1);
    }
    std::string text(TableFormat format)
    {
        return exportTable(model_, model_.matchingSlots(), kColumns, format).toStdString();
    }

    tests::ConsoleFleet fleet_;
    InstanceTableModel model_{fleet_.store()};

    void SetUp() override { model_.arrange(Arrange::Now); }
};

TEST_F(TableExport, CsvNamesItsColumnsAndQuotesWhatASpreadsheetWouldRun)
{
    const std::string csv = text(TableFormat::Csv);

    EXPECT_TRUE(csv.starts_with("name,health,reason,in_flight,ttft_p95_ms,sampled_at\r\n"));
    EXPECT_NE(csv.find("chat-0,failed,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",0,,2026-01-01T"),
              std::string::npos)
        << csv;
}

TEST_F(TableExport, MomentsAreRfc3339InUtcWhateverTheWindowShows)
{
    fleet_.time().setStyle(views::TimeStyle::Local);

    EXPECT_NE(text(TableFormat::Csv).find("2026-01-01T14:00:04.000Z"), std::string::npos)
        << text(TableFormat::Csv);
}

TEST_F(TableExport, JsonKeepsNumbersAsNumbersAndUnknownAsNull)
{
    const QJsonArray rows
        = QJsonDocument::fromJson(QByteArray::fromStdString(text(TableFormat::Json))).array();

    ASSERT_EQ(rows.size(), 3);
    const QJsonObject failed = rows[0].toObject();
    EXPECT_EQ(failed[QLatin1String("name")].toString(), QStringLiteral("chat-0"));
    EXPECT_EQ(failed[QLatin1String("reason")].toString(),
              QStringLiteral("=HYPERLINK(\"http://x\",\"y\")"));
    EXPECT_TRUE(failed[QLatin1String("ttft_p95_ms")].isNull());
    EXPECT_TRUE(rows[1].toObject()[QLatin1String("ttft_p95_ms")].isDouble());
}

TEST_F(TableExport, TsvAndMarkdownHaveOneLineARow)
{
    const std::string tsv = text(TableFormat::Tsv);
    const std::string markdown = text(TableFormat::Markdown);

    EXPECT_EQ(std::count(tsv.begin(), tsv.end(), '\n'), 4);
    EXPECT_EQ(std::count(markdown.begin(), markdown.end(), '\n'), 5);
    EXPECT_NE(markdown.find("|:--|:--|:--|--:|--:|:--|"), std::string::npos);
}

TEST(SafeCell, EveryBeginningOfAFormula)
{
    for (const char* cell : {"=1", "+1", "-1", "@a", "\t=1", "\r=1"})
        EXPECT_EQ(safeCell(QLatin1String(cell)), QLatin1Char('\'') + QLatin1String(cell));
    EXPECT_EQ(safeCell(QStringLiteral("chat-0")), QStringLiteral("chat-0"));
    EXPECT_EQ(safeCell({}), QString());
}

} // namespace
} // namespace signalbox::models
