// SPDX-License-Identifier: Apache-2.0
// The console's looks stand in one room, and text of peers never becomes markup.
#include "tests/tidy/findings.h"

#include <gtest/gtest.h>

#include <regex>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"literal-colour", "literal-font", "see-through", "rich-text"};

bool isScreenCode(const SourceFile& file)
{
    return file.isCpp() && file.isUnder("console") && !file.isUnder("console/theme");
}

void findAll(const SourceFile& file, const std::string& text, const std::regex& pattern,
             const char* rule, const char* why, std::vector<Finding>& found)
{
    for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern);
         it != std::sregex_iterator(); ++it)
        found.push_back({file.path, lineOf(text, static_cast<std::size_t>(it->position())), rule,
                         it->str() + ": " + why});
}

std::vector<Finding> checkLooks(const SourceFile& file)
{
    static const std::regex kColour(R"(\bQColor(::from\w+|\s+\w+)?\s*[({]\s*[-0-9"]|\bqRgba?\s*\(|)"
                                    R"(\bQColorConstants\b|\bQt::(dark|light)?)"
                                    R"(([Rr]ed|[Gg]reen|[Bb]lue|[Cc]yan|[Mm]agenta|[Yy]ellow|)"
                                    R"([Gg]ray|black|white)\b)");
    static const std::regex kHex(R"(#[0-9a-fA-F]{6}\b)");
    static const std::regex kFont(R"(\bset(Pixel|Point)SizeF?\b|\bQFont(\s+\w+)?\s*[({]\s*")");
    static const std::regex kFontRule(R"(font-(size|family))");
    static const std::regex kOpacity(R"(\bset(Opacity|AlphaF?|WindowOpacity)\b|)"
                                     R"(\bQGraphicsOpacityEffect\b)");
    std::vector<Finding> found;
    if (!isScreenCode(file))
        return found;
    const char* const colour = "colours are tokens of console/theme, each with its contrast tested";
    const char* const font = "fonts are styles of console/theme/typography.h";
    findAll(file, file.code, kColour, "literal-colour", colour, found);
    findAll(file, file.text, kHex, "literal-colour", colour, found);
    findAll(file, file.code, kFont, "literal-font", font, found);
    findAll(file, file.text, kFontRule, "literal-font", font, found);
    findAll(file, file.code, kOpacity, "see-through",
            "what shines through has a contrast that nobody has tested: take an opaque token",
            found);
    return found;
}

std::vector<Finding> checkMarkup(const SourceFile& file)
{
    static const std::regex kMarkup(R"(\b(setHtml|insertHtml|appendHtml|setMarkdown|toHtml)\b|)"
                                    R"(\bQt::(RichText|AutoText|MarkdownText)\b)");
    static const std::regex kLabel(
        R"(\bnew\s+QLabel\b|\bmake_unique<QLabel>|:\s*public\s+QLabel\b|)"
        R"(\bQLabel\s+\w+\s*[;{(])");
    std::vector<Finding> found;
    if (!isScreenCode(file))
        return found;
    findAll(file, file.code, kMarkup, "rich-text",
            "an agent's reason could carry markup: show plain text", found);
    if (file.code.find("setTextFormat(Qt::PlainText)") == std::string::npos)
        findAll(file, file.code, kLabel, "rich-text",
                "a QLabel guesses whether its text is markup: theme::plainLabel, or "
                "setTextFormat(Qt::PlainText)",
                found);
    return found;
}

std::size_t looks(const char* text)
{
    return checkLooks(makeSource("console/screens/a.cpp", text)).size();
}

std::size_t markup(const char* text)
{
    return checkMarkup(makeSource("console/screens/a.cpp", text)).size();
}

TEST(Console, LiteralColoursAreFound)
{
    EXPECT_EQ(looks("painter.setPen(t.ink); const QColor& ground = t.canvas; QColor none;"), 0u);
    EXPECT_EQ(looks("QColor(); p.fill(Qt::transparent); QColor of(Priority p);"), 0u);
    EXPECT_EQ(looks("painter.setPen(QColor(1, 2, 3));"), 1u);
    EXPECT_EQ(looks("const QColor warm{200, 1, 1};"), 1u);
    EXPECT_EQ(looks("QColor::fromRgb(0x112233);"), 1u);
    EXPECT_EQ(looks("painter.setPen(Qt::red); fill(Qt::darkGray);"), 2u);
    EXPECT_EQ(looks("setStyleSheet(\"color: #1E2226\");"), 1u);
    EXPECT_TRUE(checkLooks(makeSource("console/theme/a.cpp", "QColor(1, 2, 3);")).empty());
}

TEST(Console, LiteralFontsAndOpacityAreFound)
{
    EXPECT_EQ(looks("painter.setFont(fontFor(TextStyle::Base)); const QFont& f = font();"), 0u);
    EXPECT_EQ(looks("font.setPixelSize(12); font.setPointSizeF(9.5);"), 2u);
    EXPECT_EQ(looks("QFont font(\"Inter\");"), 1u);
    EXPECT_EQ(looks("setStyleSheet(\"font-size: 11px\");"), 1u);
    EXPECT_EQ(looks("painter.setOpacity(0.5); colour.setAlpha(20);"), 2u);
}

TEST(Console, MarkupIsFound)
{
    EXPECT_EQ(markup("auto* l = plainLabel(text, {}, this);"), 0u);
    EXPECT_EQ(markup("auto* l = new QLabel(this); l->setTextFormat(Qt::PlainText);"), 0u);
    EXPECT_EQ(markup("auto* l = new QLabel(text, this);"), 1u);
    EXPECT_EQ(markup("l->setTextFormat(Qt::RichText); view->setHtml(text);"), 2u);
    EXPECT_EQ(markup("class QLabel; QLabel* name_; void show(QLabel* label);"), 0u);
}

TEST(Console, TheTreeKeepsItsLooksInOneRoom)
{
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part : {checkLooks(file), checkMarkup(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
