#include "storage/search/index.h"

#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"

#include <sqlite3.h>

namespace callarchive::storage {
namespace {

constexpr std::size_t kMostHeldBytes = 16 << 20;
constexpr std::size_t kMostHeldDocuments = 2000;

}  // namespace

void SearchIndex::touch(const SearchTable& table, Before& before, std::int64_t key) {
  const auto place = before.lower_bound(key);
  if (place != before.end() && place->first == key) return;
  auto document = read_document(connection_, table, key);
  if (document) {
    for (const auto& text : *document) held_bytes_ += text ? text->size() : 0;
  }
  before.emplace_hint(place, key, std::move(document));
}

void SearchIndex::flush_if_large() {
  if (held_bytes_ > kMostHeldBytes || items_.size() + contacts_.size() > kMostHeldDocuments) flush();
}

void SearchIndex::flush() {
  if (items_.empty() && contacts_.empty()) return;
  flush(kItemTable, items_);
  flush(kContactTable, contacts_);
  held_bytes_ = 0;
}

void SearchIndex::discard() {
  items_.clear();
  contacts_.clear();
  held_bytes_ = 0;
}

// In the order of the keys: FTS5 begins a new piece when they step back.
void SearchIndex::flush(const SearchTable& table, Before& before) {
  const auto rebuild = find_rebuild(connection_);
  for (const auto& [key, old] : before) {
    const auto now = read_document(connection_, table, key);
    if (old == now) continue;
    if (rebuild && rebuild->answers_from_old()) {
      if (old) delete_from_old(connection_, table, key, *old);
      if (now) insert_into_old(connection_, table, key, *now);
    }
    if (rebuild && !rebuild->has(table, key)) continue;  // its turn will come
    if (old) delete_document(connection_, table, key, *old);
    if (now) insert_document(connection_, table, key, *now);
  }
  before.clear();
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
