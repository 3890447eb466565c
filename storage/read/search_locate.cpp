#include "storage/read/search_locate.h"

#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/search/folding.h"
#include "storage/search/tokenizer.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

// The columns of a document in the order of its view, with the names of the fields on their lines. The last name
// serves all further lines. A column whose name is empty is the transcript of a call. The column behind them
// all is that of the unspaced text, made of the first `unspaced_columns` of them.
struct Layout {
  vector<vector<const char*>> columns;
  std::size_t unspaced_columns;
  const char* ranges;  // SQL for the matches of rows
  const char* texts;   // SQL for the columns of a row
};

const Layout kCall = {{{""},
                       {"summary"},
                       {"one_sentence_summary"},
                       {"from_name", "to_name", "original_to_name"},
                       {"from_number", "to_number", "original_to_number", "transfer_from", "transfer_to"}},
                      kUnspacedColumnsOfItem,
                      "SELECT rowid, match_ranges(search) FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
                      " AND +rowid IN (SELECT value FROM json_each(?))",
                      "SELECT words, summary, one_sentence_summary, names, numbers FROM search_text WHERE item = ?"};
const Layout kMessage = {{{"content"}, {""}, {""}, {"from_name", "to_name"}, {"from_number", "to_number"}},
                         kUnspacedColumnsOfItem,
                         kCall.ranges,
                         kCall.texts};
const Layout kContact = {{{"name", "last_name"}, {"company"}, {"job_title"}, {"emails"}, {"numbers"}},
                         kUnspacedColumnsOfContact,
                         "SELECT rowid, match_ranges(contact_search) FROM contact_search WHERE contact_search MATCH ?"
                         " AND rowid BETWEEN ? AND ? AND +rowid IN (SELECT value FROM json_each(?))",
                         "SELECT names, company, job_title, emails, numbers FROM contact_text WHERE key = ?"};

// Fields that are one text, whatever lines it has.
bool has_lines(const vector<const char*>& names) {
  const std::string_view first = names.front();
  return names.size() > 1 || first == "emails" || first == "numbers";
}

// The ranges in each column, those of the unspaced text carried over to where it came from.
vector<vector<ByteRange>> ranges_by_column(const Layout& layout, const vector<ColumnRange>& found,
                                           const vector<string>& texts) {
  vector<vector<ByteRange>> ranges(texts.size());
  vector<ByteRange> unspaced;
  for (const auto& range : found) {
    const auto column = static_cast<std::size_t>(range.column);
    (column < ranges.size() ? ranges[column] : unspaced).push_back({range.begin, range.end});
  }
  if (!unspaced.empty()) {
    JoinedColumns joined;
    for (std::size_t i = 0; i < layout.unspaced_columns; ++i) joined.add(texts[i]);
    const auto& starts = joined.starts;
    const auto pieces = unspaced_pieces(joined.text);
    vector<std::size_t> begins;
    unspaced_text(joined.text, pieces, &begins);
    for (const auto& range : unspaced) {
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (begins[i] < range.begin || begins[i] >= range.end) continue;
        const auto column = static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), pieces[i].begin) -
                                                     starts.begin() - 1);
        ranges[column].push_back({pieces[i].begin - starts[column], pieces[i].end - starts[column]});
      }
    }
  }
  for (auto& column : ranges) merge_ranges(column);
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

// The words of a call are its entries, one behind the other with a line end between. A call without entries may
// have its transcript in one text.
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

Located locate_in(Connection& connection, const Layout& layout, std::int64_t key, const vector<ColumnRange>& found) {
  vector<string> texts;
  {
    auto query = connection.query(layout.texts);
    query.bind(key);
    if (!query.step()) return {};
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
      texts.push_back(query.maybe_text(static_cast<int>(i)).value_or(""));
  }
  Located located;
  const auto ranges = ranges_by_column(layout, found, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (ranges[i].empty()) continue;
    const auto& names = layout.columns[i];
    if (*names.front() == '\0') locate_in_transcript(connection, key, texts[i], ranges[i], located);
    else if (has_lines(names)) locate_in_lines(texts[i], ranges[i], names, located.fields);
    else located.fields.push_back({names.front(), make_excerpt(texts[i], ranges[i])});
  }
  return located;
}

// One question for all rows passes the hits between them; one for each row begins anew each time, which some
// expressions take long for.
template <typename LayoutOf>
std::map<std::int64_t, Located> locate(Connection& connection, const Match& match, const vector<std::int64_t>& keys,
                                       bool apart, const char* sql, const LayoutOf& layout_of) {
  std::map<std::int64_t, Located> located;
  if (keys.empty() || match.wanted.empty()) return located;
  const auto look = [&](std::int64_t least, std::int64_t greatest, const vector<std::int64_t>& among) {
    auto query = connection.query(sql);
    query.bind(match.wanted, least, greatest, key_list(among));
    while (query.step()) {
      const auto key = query.integer(0);
      located[key] = locate_in(connection, layout_of(key), key, read_ranges(query.text(1)));
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
  return locate(connection, match, items, apart, kCall.ranges,
                [](ItemKey item) -> const Layout& { return kind_of(item) == ItemKind::call ? kCall : kMessage; });
}

std::map<std::int64_t, Located> locate_in_contacts(Connection& connection, const Match& match,
                                                   const vector<std::int64_t>& keys) {
  return locate(connection, match, keys, false, kContact.ranges,
                [](std::int64_t) -> const Layout& { return kContact; });
}

}  // namespace callarchive::storage
