#include "storage/read/search_locate.h"

#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/search/document.h"
#include "storage/search/excerpt.h"
#include "storage/search/functions.h"
#include "storage/text/words.h"

#include <algorithm>
#include <array>

namespace callarchive::storage {
namespace {

// The columns of a document in the order of its index, with the names of the fields on their lines. The last name
// serves all further lines. A column whose name is empty is the transcript of a call.
struct Layout {
  const SearchTable& table;
  vector<vector<const char*>> columns;
};

const Layout kCall = {kItemTable,
                      {{""},
                       {"summary"},
                       {"one_sentence_summary"},
                       {"from_name", "to_name", "original_to_name"},
                       {"from_number", "to_number", "original_to_number", "transfer_from", "transfer_to"},
                       {"transfer_from", "transfer_to"},
                       {"data_collected"},
                       {"ivr_result"}}};
const Layout kMessage = {
    kItemTable, {{"content"}, {""}, {""}, {"from_name", "to_name"}, {"from_number", "to_number"}, {""}, {""}, {""}}};
const Layout kContact = {kContactTable,
                         {{"name", "last_name"}, {"company"}, {"job_title"}, {"emails"}, {"numbers"}, {"properties"}}};

// Fields that are one text, whatever lines it has.
bool has_lines(const vector<const char*>& names) {
  static constexpr std::array<std::string_view, 5> kLists = {"emails", "numbers", "data_collected", "ivr_result",
                                                             "properties"};
  return names.size() > 1 || std::find(kLists.begin(), kLists.end(), names.front()) != kLists.end();
}

// The ranges of the matched words of one column, in order, in its text. The index counts words and breaks as WordReader
// does.
vector<ByteRange> ranges_in(std::string_view text, const vector<MatchedWords>& matches) {
  struct Open {
    int last;
    std::size_t begin;
  };
  vector<Open> open;  // begun but not ended: phrases may overlap
  vector<ByteRange> ranges;
  auto next = matches.begin();
  int word = 0;
  for (WordReader reader(text); (next != matches.end() || !open.empty()) && reader.next(); ++word) {
    for (; next != matches.end() && next->first <= word; ++next) {
      open.push_back({next->first + next->count - 1, reader.begin()});
    }
    std::erase_if(open, [&](const Open& one) {
      if (one.last > word) return false;
      ranges.push_back({one.begin, reader.end()});
      return true;
    });
  }
  merge_ranges(ranges);
  return ranges;
}

vector<vector<ByteRange>> ranges_by_column(const vector<MatchedWords>& found, const vector<string>& texts) {
  vector<vector<MatchedWords>> by_column(texts.size());
  for (const auto& match : found) {
    const auto column = static_cast<std::size_t>(match.column);
    if (column < texts.size()) by_column[column].push_back(match);
  }
  vector<vector<ByteRange>> ranges;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ranges.push_back(by_column[i].empty() ? vector<ByteRange>{} : ranges_in(texts[i], by_column[i]));
  }
  return ranges;
}

// What of `ranges` lies in text[begin, end), counted from begin.
vector<ByteRange> clip(const vector<ByteRange>& ranges, std::size_t begin, std::size_t end) {
  vector<ByteRange> clipped;
  for (const auto& range : ranges) {
    if (range.end <= begin || range.begin >= end) continue;
    clipped.push_back({std::max(range.begin, begin) - begin, std::min(range.end, end) - begin});
  }
  return clipped;
}

void locate_in_lines(const string& text, const vector<ByteRange>& ranges, const vector<const char*>& names,
                     vector<FieldMatch>& fields) {
  std::size_t line = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++line) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto inside = clip(ranges, begin, end);
    if (!inside.empty()) {
      fields.push_back({names[std::min(line, names.size() - 1)],
                        make_excerpt(std::string_view(text).substr(begin, end - begin), inside)});
    }
    begin = end + 1;
  }
}

// The words of a call are those of its entries, one after the other, separated by line ends. A call without entries may
// have its transcript as one text.
void locate_in_transcript(Connection& connection, ItemKey item, const string& words, const vector<ByteRange>& ranges,
                          Located& located) {
  auto query = connection.query(
      "SELECT e.position, e.source, coalesce(e.start_seconds, (e.time - c.started_at) / 1000.0),"
      " length(CAST(e.text AS BLOB)) FROM transcript_entries e JOIN calls c ON c.item = e.item"
      " WHERE e.item = ? ORDER BY e.position");
  query.bind(item);
  bool has_entries = false;
  std::size_t begin = 0;
  while (query.step()) {
    has_entries = true;
    const auto end = begin + static_cast<std::size_t>(query.integer(3));
    const auto inside = clip(ranges, begin, end);
    if (!inside.empty()) {
      if (located.entries.size() == kShownEntries) return;
      located.entries.push_back({query.integer(0), query.maybe_text(1), query.maybe_real(2),
                                 make_excerpt(std::string_view(words).substr(begin, end - begin), inside)});
    }
    begin = end + 1;
  }
  if (!has_entries) located.fields.push_back({"concatenated_transcript", make_excerpt(words, ranges)});
}

Located locate_in(Connection& connection, const Layout& layout, std::int64_t key, const vector<MatchedWords>& found) {
  vector<string> texts;
  {
    const auto& table = layout.table;
    string names;
    for (const auto* column : table.columns) names += (names.empty() ? "" : ", ") + string(column);
    auto query = connection.query("SELECT " + names + " FROM " + table.view + " WHERE " + table.key + " = ?");
    query.bind(key);
    if (!query.step()) return {};
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
      texts.push_back(query.maybe_text(static_cast<int>(i)).value_or(""));
  }
  Located located;
  const auto ranges = ranges_by_column(found, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (ranges[i].empty()) continue;
    const auto& names = layout.columns[i];
    if (*names.front() == '\0') locate_in_transcript(connection, key, texts[i], ranges[i], located);
    else if (has_lines(names)) locate_in_lines(texts[i], ranges[i], names, located.fields);
    else located.fields.push_back({names.front(), make_excerpt(texts[i], ranges[i])});
  }
  return located;
}

// One query for all rows must skip the hits between them; one query for each row starts each time, which is slow for
// some expressions.
template <typename LayoutOf>
std::map<std::int64_t, Located> locate(Connection& connection, const Match& match, const vector<std::int64_t>& keys,
                                       bool apart, const SearchTable& table, const LayoutOf& layout_of) {
  std::map<std::int64_t, Located> located;
  // The words of an index of before may be others than those of the texts.
  if (keys.empty() || match.wanted.empty() || match.index != table.index) return located;
  const string sql = "SELECT rowid, match_words(" + match.index + ") FROM " + match.index + " WHERE " + match.index +
                     " MATCH ? AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))";
  const auto look = [&](std::int64_t least, std::int64_t greatest, const vector<std::int64_t>& among) {
    auto query = connection.query(sql);
    query.bind(match.wanted, least, greatest, key_list(among));
    while (query.step()) {
      const auto key = query.integer(0);
      located[key] = locate_in(connection, layout_of(key), key, read_matches(query.text(1)));
    }
  };
  if (apart && !match.is_costly) {
    for (const auto key : keys) look(key, key, {key});
  } else {
    const auto [least, greatest] = std::minmax_element(keys.begin(), keys.end());
    look(*least, *greatest, keys);
  }
  return located;
}

}  // namespace

std::map<ItemKey, Located> locate_in_items(Connection& connection, const Match& match, const vector<ItemKey>& items,
                                           bool apart) {
  return locate(connection, match, items, apart, kItemTable,
                [](ItemKey item) -> const Layout& { return kind_of(item) == ItemKind::call ? kCall : kMessage; });
}

std::map<std::int64_t, Located> locate_in_contacts(Connection& connection, const Match& match,
                                                   const vector<std::int64_t>& keys) {
  return locate(connection, match, keys, false, kContactTable, [](std::int64_t) -> const Layout& { return kContact; });
}

}  // namespace callarchive::storage
