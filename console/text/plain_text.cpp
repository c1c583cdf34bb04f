// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/text/plain_text.h"

#include <QChar>

#include <algorithm>

namespace signalbox::text {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr int kMarksInARow = 3; // real words have no more on one letter

// Letters by their category, blanks by their look.
bool isBlankLetter(char32_t code)
{
    return code == 0x115F || code == 0x1160 || code == 0x2800 || code == 0x3164 || code == 0xFFA0;
}

bool isMark(char32_t code)
{
    const QChar::Category category = QChar::category(code);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
}

char32_t shownFor(char32_t code)
{
    if (code == '\n' || code == '\r' || code == '\t')
        return ' ';
    switch (QChar::category(code)) {
    case QChar::Other_Control:
    case QChar::Other_Format: // bidirectional overrides, joiners, tags
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph: return kReplacement;
    default: break;
    }
    return isBlankLetter(code) ? kReplacement : code;
}

} // namespace

QString plainText(const QString& peerText, int characters)
{
    QString shown;
    shown.reserve(std::min<qsizetype>(peerText.size(), characters));
    int kept = 0;
    int marks = 0;
    for (qsizetype at = 0; at < peerText.size(); ++at) {
        char32_t code = peerText.at(at).unicode();
        if (QChar::isHighSurrogate(code) && at + 1 < peerText.size()
            && peerText.at(at + 1).isLowSurrogate()) {
            code = QChar::surrogateToUcs4(peerText.at(at), peerText.at(at + 1));
            ++at;
        }
        if (kept == characters) {
            shown.chop(shown.isEmpty() ? 0 : shown.back().isLowSurrogate() ? 2 : 1);
            return shown + QChar(0x2026);
        }
        marks = isMark(code) ? marks + 1 : 0;
        const char32_t safe = marks > kMarksInARow ? kReplacement : shownFor(code);
        shown += QStringView(QChar::fromUcs4(safe));
        ++kept;
    }
    return shown;
}

QString plainText(std::string_view peerText, int characters)
{
    // A character has at most four bytes, so more than these cannot be shown.
    const std::size_t bytes
        = std::min(peerText.size(), static_cast<std::size_t>(characters) * 4 + 4);
    return plainText(QString::fromUtf8(peerText.data(), static_cast<qsizetype>(bytes)), characters);
}

QString escapedText(const QString& peerText, int characters)
{
    return plainText(peerText, characters).toHtmlEscaped();
}

QString escapedText(std::string_view peerText, int characters)
{
    return plainText(peerText, characters).toHtmlEscaped();
}

} // namespace signalbox::text
