#include "storage/search/index.h"

#include "storage/search/folding.h"
#include "storage/sqlite/connection.h"

#include <sqlite3.h>

namespace callarchive::storage {
namespace {

constexpr std::size_t kMostHeldBytes = 16 << 20;
constexpr std::size_t kMostHeldDocuments = 2000;

}  // namespace

struct SearchIndex::Layout {
  int columns;                   // with the unspaced one
  std::size_t unspaced_columns;  // text that is spelled plainly, and looked through for scripts without spaces
  const char* read;
  const char* insert;
  const char* erase;
  const char* insert_unspaced;
  const char* erase_unspaced;
};

const SearchIndex::Layout SearchIndex::kItems = {
    6,
    kUnspacedColumnsOfItem,
    "SELECT words, summary, one_sentence_summary, names, numbers, unspaced FROM search_text WHERE item = :item",
    "INSERT INTO search (rowid, words, summary, one_sentence_summary, names, numbers, unspaced)"
    " VALUES (:item, :words, :summary, :one_sentence_summary, :names, :numbers, :unspaced)",
    "INSERT INTO search (search, rowid, words, summary, one_sentence_summary, names, numbers, unspaced)"
    " VALUES ('delete', :item, :words, :summary, :one_sentence_summary, :names, :numbers, :unspaced)",
    "INSERT INTO search_unspaced (item, text) VALUES (:item, :text)",
    "DELETE FROM search_unspaced WHERE item = :item"};

const SearchIndex::Layout SearchIndex::kContacts = {
    6,
    kUnspacedColumnsOfContact,
    "SELECT names, company, job_title, emails, numbers, unspaced FROM contact_text WHERE key = :key",
    "INSERT INTO contact_search (rowid, names, company, job_title, emails, numbers, unspaced)"
    " VALUES (:key, :names, :company, :job_title, :emails, :numbers, :unspaced)",
    "INSERT INTO contact_search (contact_search, rowid, names, company, job_title, emails, numbers, unspaced)"
    " VALUES ('delete', :key, :names, :company, :job_title, :emails, :numbers, :unspaced)",
    "INSERT INTO contact_search_unspaced (key, text) VALUES (:key, :text)",
    "DELETE FROM contact_search_unspaced WHERE key = :key"};

optional<SearchIndex::Document> SearchIndex::read(const Layout& layout, std::int64_t key) {
  auto query = connection_.query(layout.read);
  query.bind(key);
  if (!query.step()) return {};
  Document document;
  for (int column = 0; column < layout.columns; ++column) document.push_back(query.maybe_text(column));
  for (std::size_t i = 0; i < layout.unspaced_columns; ++i) {
    if (document[i]) spell_plainly(*document[i]);
  }
  return document;
}

void SearchIndex::touch(const Layout& layout, Before& before, std::int64_t key) {
  const auto place = before.lower_bound(key);
  if (place != before.end() && place->first == key) return;
  auto document = read(layout, key);
  if (document) {
    for (const auto& text : *document) held_bytes_ += text ? text->size() : 0;
  }
  before.emplace_hint(place, key, std::move(document));
}

void SearchIndex::relieve() {
  if (held_bytes_ > kMostHeldBytes || items_.size() + contacts_.size() > kMostHeldDocuments) flush();
}

void SearchIndex::flush() {
  flush(kItems, items_);
  flush(kContacts, contacts_);
  held_bytes_ = 0;
}

void SearchIndex::forget() {
  items_.clear();
  contacts_.clear();
  held_bytes_ = 0;
}

// In the order of the keys: FTS5 begins a new piece when they step back.
void SearchIndex::flush(const Layout& layout, Before& before) {
  const auto tell = [&](const char* sql, std::int64_t key, const Document& document) {
    auto query = connection_.query(sql);
    query.bind(key);
    for (const auto& text : document) query.bind(text);
    query.run();
  };
  for (const auto& [key, old] : before) {
    auto now = read(layout, key);
    if (now) {
      // The view still shows the unspaced text of before.
      JoinedColumns joined;
      for (std::size_t i = 0; i < layout.unspaced_columns; ++i) joined.add((*now)[i] ? *(*now)[i] : std::string_view());
      string text = unspaced_text(joined.text, unspaced_pieces(joined.text));
      now->back() = text.empty() ? optional<string>{} : std::move(text);
    }
    if (old == now) continue;
    write_unspaced(layout, key, old ? &*old : nullptr, now ? &*now : nullptr);
    if (old) tell(layout.erase, key, *old);
    if (now) tell(layout.insert, key, *now);
  }
  before.clear();
}

void SearchIndex::write_unspaced(const Layout& layout, std::int64_t key, const Document* old, const Document* now) {
  if (old != nullptr && old->back()) connection_.query(layout.erase_unspaced).bind(key).run();
  if (now != nullptr && now->back()) connection_.query(layout.insert_unspaced).bind(key, *now->back()).run();
}

bool merge_search(Connection& connection) {
  auto* handle = connection.database().getHandle();
  for (const char* merge : {"INSERT INTO search (search, rank) VALUES ('merge', 250)",  // pages
                            "INSERT INTO contact_search (contact_search, rank) VALUES ('merge', 250)"}) {
    const auto before = sqlite3_total_changes(handle);
    Transaction transaction(connection);
    connection.query(merge).run();
    transaction.commit();
    // https://www.sqlite.org/fts5.html#the_merge_command: fewer than two changes are none.
    if (sqlite3_total_changes(handle) - before >= 2) return true;
  }
  return false;
}

}  // namespace callarchive::storage
