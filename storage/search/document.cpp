#include "storage/search/document.h"

#include "storage/sqlite/connection.h"
#include "storage/text/words.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

// For words as storage/text/words.h has them, with the breaks between runs of characters.
string folded_text(std::string_view text) {
  string words;
  words.reserve(text.size());
  for (WordReader reader(text); reader.next();) {
    if (!words.empty()) words += ' ';
    words += reader.word();
  }
  return words;
}

enum class Change { insert, erase };

void change(Connection& connection, const string& index, const vector<const char*>& columns,
            const vector<const optional<string>*>& texts, std::int64_t key, Change kind) {
  string names, places;
  for (const auto* column : columns) {
    names += string(", ") + column;
    places += ", ?";
  }
  // https://www.sqlite.org/fts5.html#the_delete_command
  const string command = kind == Change::erase ? index + ", " : "", value = kind == Change::erase ? "'delete', " : "";
  auto query = connection.query("INSERT INTO " + index + " (" + command + "rowid" + names + ") VALUES (" + value + "?" +
                                places + ")");
  query.bind(key);
  for (const auto* text : texts) query.bind(*text);
  query.run();
}

void change_new(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document,
                Change kind) {
  vector<const optional<string>*> texts;
  for (const auto& text : document) texts.push_back(&text);
  change(connection, table.index, table.columns, texts, key, kind);
}

void change_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document,
                Change kind) {
  const string index = old_name(table);
  vector<string> kept;
  {
    auto query = connection.query("SELECT name FROM pragma_table_info(?)");
    query.bind(index);
    while (query.step()) kept.push_back(query.text(0));
  }
  vector<const char*> columns;
  vector<const optional<string>*> texts;
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (std::find(kept.begin(), kept.end(), table.columns[i]) == kept.end()) continue;
    columns.push_back(table.columns[i]);
    texts.push_back(&document[i]);
  }
  change(connection, index, columns, texts, key, kind);
}

}  // namespace

const SearchTable kItemTable = {
    "search",
    "search_text",
    "item",
    {"words", "summary", "one_sentence_summary", "names", "numbers", "transfers", "collected", "choices"}};
const SearchTable kContactTable = {
    "contact_search", "contact_text", "key", {"names", "company", "job_title", "emails", "numbers", "properties"}};

string old_name(const SearchTable& table) { return string(table.index) + "_old"; }

optional<Document> read_document(Connection& connection, const SearchTable& table, std::int64_t key) {
  string names;
  for (const auto* column : table.columns) names += (names.empty() ? "" : ", ") + string(column);
  auto query = connection.query("SELECT " + names + " FROM " + table.view + " WHERE " + table.key + " = ?");
  query.bind(key);
  if (!query.step()) return {};
  Document document;
  for (int column = 0; column < static_cast<int>(table.columns.size()); ++column) {
    auto text = query.maybe_text(column);
    if (text) text = folded_text(*text);
    document.push_back(text && text->empty() ? optional<string>{} : std::move(text));
  }
  return document;
}

void insert_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document) {
  change_new(connection, table, key, document, Change::insert);
}
void delete_document(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document) {
  change_new(connection, table, key, document, Change::erase);
}
void insert_into_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document) {
  change_old(connection, table, key, document, Change::insert);
}
void delete_from_old(Connection& connection, const SearchTable& table, std::int64_t key, const Document& document) {
  change_old(connection, table, key, document, Change::erase);
}

}  // namespace callarchive::storage
