// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/strict_yaml.h"

#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace signalbox::yaml {

namespace {

constexpr std::size_t kProblemsMax = 50; // a screen of them; the rest follows from the first

Place placeOf(const YAML::Mark& mark)
{
    return Place{mark.line + 1, mark.column + 1};
}

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when it is not one.
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) >= 0xa0;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool beyond = first == 0xf4 && byte(1) >= 0x90;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

std::optional<std::string> byteProblem(std::string_view rest)
{
    const auto c = static_cast<unsigned char>(rest.front());
    if (rest.starts_with("\xef\xbb\xbf"))
        return "byte order mark: save the file as plain UTF-8";
    if (c == '\t')
        return "tab: indent with spaces";
    if (c == '\r')
        return "carriage return: save the file with line ends of one newline";
    if (c == 0x7f || (c < 0x20 && c != '\n'))
        return fmt::format("control byte 0x{:02x}: remove it", c);
    if (sequenceLength(rest) == 0)
        return fmt::format("byte 0x{:02x} is not UTF-8: save the file as UTF-8", c);
    return std::nullopt;
}

// The first byte that has no place in such a file, before any parser sees it.
std::optional<Problem> findBadByte(std::string_view text)
{
    Place place;
    while (!text.empty()) {
        if (auto problem = byteProblem(text))
            return Problem{place, std::move(*problem)};
        const std::size_t length = sequenceLength(text);
        if (text.front() == '\n')
            place = Place{place.line + 1, 1};
        else
            place.column += static_cast<int>(length);
        text.remove_prefix(length);
    }
    return std::nullopt;
}

std::size_t offsetOf(std::string_view text, Place place)
{
    std::size_t offset = 0;
    for (int line = 1; line < place.line; ++line)
        offset = text.find('\n', offset) + 1;
    return offset + static_cast<std::size_t>(place.column - 1);
}

// The parser takes the end of the file for the end of a quoted value; a file cut there is broken.
bool isQuoteClosed(std::string_view text, Place start)
{
    std::string_view rest = text.substr(offsetOf(text, start));
    const char quote = rest.front();
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (quote == '"' && rest[i] == '\\')
            ++i;
        else if (quote == '\'' && rest.substr(i).starts_with("''"))
            ++i;
        else if (rest[i] == quote)
            return true;
    }
    return quote != '"' && quote != '\'';
}

// Builds the tree from the parser's events and keeps every problem it meets on the way.
// Lives on: the calling thread, for one parse.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(Document& document, const Limits& limits) : document_(document), limits_(limits) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        add(Kind::Null, mark, "?", anchor, {});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override
    {
        problem(placeOf(mark), "alias: write the value out");
        add(Kind::Null, mark, "?", 0, {});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override
    {
        if (tag == "!")
            lastQuoted_ = placeOf(mark);
        add(Kind::Scalar, mark, tag, anchor, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        open(Kind::List, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        open(Kind::Map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

    std::optional<Place> lastQuoted() const { return lastQuoted_; }

private:
    struct Level {
        Node node;
        std::optional<Entry> pending; // maps: the key whose value comes next
        std::unordered_map<std::string, int> lines; // maps: where each key was seen first
    };

    void problem(Place place, std::string text)
    {
        if (document_.problems.size() < kProblemsMax)
            document_.problems.push_back(Problem{place, std::move(text)});
    }

    void checkDecoration(Place place, const std::string& tag, YAML::anchor_t anchor)
    {
        if (anchor != 0)
            problem(place, "anchor: write the value out where it is used");
        if (!tag.empty() && tag != "?" && tag != "!")
            problem(place, "tag: the key alone says what type its value has");
    }

    void add(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             const std::string& value)
    {
        checkDecoration(placeOf(mark), tag, anchor);
        Node node;
        node.kind = kind;
        node.place = placeOf(mark);
        node.text = value;
        place(std::move(node));
    }

    void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor)
    {
        checkDecoration(placeOf(mark), tag, anchor);
        if (static_cast<int>(levels_.size()) == limits_.depthMax)
            problem(placeOf(mark), fmt::format("nested deeper than {} levels", limits_.depthMax));
        Level level;
        level.node.kind = kind;
        level.node.place = placeOf(mark);
        levels_.push_back(std::move(level));
    }

    void close()
    {
        Node done = std::move(levels_.back().node);
        levels_.pop_back();
        place(std::move(done));
    }

    // Puts a finished value where it belongs: the root, a list, a map's key or a map's value.
    void place(Node node)
    {
        if (++nodesTotal_ == limits_.nodesMax + 1)
            problem(node.place, fmt::format("more than {} values", limits_.nodesMax));
        if (nodesTotal_ > limits_.nodesMax)
            return;
        if (levels_.empty()) {
            document_.root = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node.kind == Kind::List)
            level.node.items.push_back(std::move(node));
        else if (!level.pending)
            startEntry(level, std::move(node));
        else
            finishEntry(level, std::move(node));
    }

    void startEntry(Level& level, Node key)
    {
        const auto [first, isNew] = level.lines.emplace(key.text, key.place.line);
        if (key.kind != Kind::Scalar)
            problem(key.place, "a key must be a plain word");
        else if (!isNew)
            problem(key.place, fmt::format("duplicate key {}: it stands in line {} already",
                                           excerpt(key.text), first->second));
        level.pending = Entry{std::move(key.text), key.place, {}};
    }

    void finishEntry(Level& level, Node value)
    {
        level.pending->value = std::move(value);
        level.node.entries.push_back(std::move(*level.pending));
        level.pending.reset();
    }

    Document& document_;
    const Limits& limits_;
    std::vector<Level> levels_;
    std::size_t nodesTotal_ = 0;
    std::optional<Place> lastQuoted_;
};

void runParser(std::string_view text, Document& document, const Limits& limits)
{
    std::istringstream stream{std::string(text)};
    TreeBuilder builder(document, limits);
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        if (const auto last = builder.lastQuoted(); last && !isQuoteClosed(text, *last))
            document.problems.push_back({*last, "quote without an end"});
        Document second;
        TreeBuilder extra(second, limits);
        if (parser.HandleNextDocument(extra))
            document.problems.push_back({second.root.place, "second document: one file, one map"});
    } catch (const YAML::Exception& failure) {
        document.problems.push_back({placeOf(failure.mark), failure.msg});
    } catch (const std::exception& failure) {
        document.problems.push_back({Place{}, failure.what()});
    }
}

} // namespace

const Node* Node::find(std::string_view key) const
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &found->value;
}

Document parse(std::string_view text, const Limits& limits)
{
    Document document;
    if (text.size() > limits.bytesMax) {
        document.problems.push_back(
            {Place{}, fmt::format("larger than {} bytes", limits.bytesMax)});
        return document;
    }
    if (auto bad = findBadByte(text)) {
        document.problems.push_back(std::move(*bad));
        return document;
    }
    runParser(text, document, limits);
    if (document.problems.empty() && document.root.kind == Kind::Null)
        document.problems.push_back({Place{}, "empty: it must hold at least one key"});
    if (document.problems.empty() && document.root.kind != Kind::Map)
        document.problems.push_back({document.root.place, "must be a map of keys and values"});
    return document;
}

std::string placeText(std::string_view name, Place place)
{
    return fmt::format("{}:{}:{}", name, place.line, place.column);
}

} // namespace signalbox::yaml
