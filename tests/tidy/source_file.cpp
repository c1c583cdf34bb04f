// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/source_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace signalbox::tidy {

namespace {

namespace fs = std::filesystem;

// 65'536 holds a digit separator, 'a' is a literal: the token before the quote decides.
bool isDigitSeparator(std::string_view text, std::size_t quote)
{
    std::size_t start = quote;
    while (start > 0 && (isWordByte(text[start - 1]) || text[start - 1] == '\''))
        --start;
    return start < quote && std::isdigit(static_cast<unsigned char>(text[start])) != 0;
}

bool startsRawString(std::string_view text, std::size_t quote)
{
    return quote > 0 && text[quote - 1] == 'R'
        && (quote == 1 || !isWordByte(text[quote - 2]) || text[quote - 2] == '8'
            || text[quote - 2] == 'u' || text[quote - 2] == 'U' || text[quote - 2] == 'L');
}

std::size_t endOfRawString(std::string_view text, std::size_t quote)
{
    const std::size_t open = text.find('(', quote);
    if (open == std::string_view::npos)
        return text.size();
    std::string close = ")";
    close.append(text.substr(quote + 1, open - quote - 1)).push_back('"');
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
}

std::size_t endOfLiteral(std::string_view text, std::size_t quote)
{
    std::size_t at = quote + 1;
    while (at < text.size() && text[at] != text[quote] && text[at] != '\n')
        at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

std::size_t endOfComment(std::string_view text, std::size_t start)
{
    if (text[start + 1] == '/')
        return std::min(text.find('\n', start), text.size());
    const std::size_t end = text.find("*/", start + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
}

void blank(std::string& text, std::size_t from, std::size_t to)
{
    for (std::size_t at = from; at < to; ++at) {
        if (text[at] != '\n')
            text[at] = ' ';
    }
}

bool isProductText(const fs::path& file)
{
    static const std::set<std::string> kEndings
        = {".h", ".cpp", ".proto", ".cmake", ".txt", ".md", ".yaml", ".sh", ".json", ".sql", ""};
    return kEndings.contains(file.extension().string());
}

bool isLeftOut(const fs::path& path)
{
    const std::string name = path.filename().string();
    return name.starts_with('.') ? name != ".ci" : name == "build";
}

std::string readText(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace

std::string SourceFile::name() const
{
    return path.substr(path.rfind('/') + 1);
}

std::string SourceFile::folder() const
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool SourceFile::isCpp() const
{
    return isHeader() || path.ends_with(".cpp");
}

bool SourceFile::isHeader() const
{
    return path.ends_with(".h");
}

bool SourceFile::isUnder(std::string_view folder) const
{
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

SourceFile makeSource(std::string path, std::string text)
{
    SourceFile file;
    file.path = std::move(path);
    file.text = std::move(text);
    if (file.isCpp())
        file.code = blankCommentsAndLiterals(file.text);
    return file;
}

std::vector<SourceFile> readTree(const std::string& root)
{
    std::vector<SourceFile> files;
    for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
        if (isLeftOut(it->path())) {
            it.disable_recursion_pending();
            continue;
        }
        if (it->is_symlink() || !it->is_regular_file() || !isProductText(it->path()))
            continue;
        files.push_back(makeSource(fs::relative(it->path(), root).string(), readText(it->path())));
    }
    std::sort(files.begin(), files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

const std::vector<SourceFile>& tree()
{
    static const std::vector<SourceFile> kFiles = readTree(SIGNALBOX_SOURCE_ROOT);
    return kFiles;
}

std::string blankCommentsAndLiterals(std::string_view text)
{
    std::string code(text);
    std::size_t at = 0;
    while (at < text.size()) {
        const char byte = text[at];
        std::size_t end = at + 1;
        if (byte == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*')) {
            end = endOfComment(text, at);
            blank(code, at, end);
        } else if (byte == '"' || (byte == '\'' && !isDigitSeparator(text, at))) {
            const bool raw = byte == '"' && startsRawString(text, at);
            end = raw ? endOfRawString(text, at) : endOfLiteral(text, at);
            blank(code, at + 1, end - 1);
        }
        at = end;
    }
    return code;
}

std::string blankDirectives(std::string_view code)
{
    std::string rest(code);
    bool continues = false;
    std::size_t start = 0;
    for (const std::string_view line : splitLines(code)) {
        const bool directive = continues || trimmed(line).starts_with('#');
        if (directive)
            blank(rest, start, start + line.size());
        continues = directive && line.ends_with('\\');
        start += line.size() + 1;
    }
    return rest;
}

std::vector<std::string_view> splitLines(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::size_t lineOf(std::string_view text, std::size_t offset)
{
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

bool isWordByte(char byte)
{
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
        text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
        text.remove_suffix(1);
    return text;
}

} // namespace signalbox::tidy
