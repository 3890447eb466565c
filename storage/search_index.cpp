#include "storage/search_index.h"

#include "storage/search_text.h"
#include "storage/sqlite.h"

#include <sqlite3.h>

namespace callarchive::storage {
namespace {

// Writes the unspaced text of a document, made of the other columns of its view.
void note_unspaced(Connection& connection, const char* read, const char* write, std::int64_t key) {
  string all;
  {
    auto query = connection.query(read);
    query.bind(key);
    if (query.step()) all = query.text(0);
  }
  const string text = unspaced_text(all, unspaced_pieces(all));
  if (!text.empty()) connection.query(write).bind(key, text).run();
}

}  // namespace

void index_item(Connection& connection, ItemKey item) {
  note_unspaced(connection,
                "SELECT coalesce(words, '') || char(10) || coalesce(summary, '') || char(10)"
                " || coalesce(one_sentence_summary, '') || char(10) || names FROM search_document WHERE item = :item",
                "INSERT INTO search_unspaced (item, text) VALUES (:item, :text)", item);
  connection
      .query("INSERT INTO search (rowid, words, summary, one_sentence_summary, names, numbers, unspaced)"
             " SELECT item, words, summary, one_sentence_summary, names, numbers, unspaced"
             " FROM search_document WHERE item = :item")
      .bind(item)
      .run();
}

void unindex_item(Connection& connection, ItemKey item) {
  connection.query("DELETE FROM search WHERE rowid = :item").bind(item).run();
  connection.query("DELETE FROM search_unspaced WHERE item = :item").bind(item).run();
}

void index_contact(Connection& connection, std::int64_t key) {
  note_unspaced(connection,
                "SELECT names || char(10) || coalesce(company, '') || char(10) || coalesce(job_title, '')"
                " FROM contact_document WHERE key = :key",
                "INSERT INTO contact_search_unspaced (key, text) VALUES (:key, :text)", key);
  connection
      .query("INSERT INTO contact_search (rowid, names, company, job_title, emails, numbers, unspaced)"
             " SELECT key, names, company, job_title, emails, numbers, unspaced FROM contact_document WHERE key = :key")
      .bind(key)
      .run();
}

void unindex_contact(Connection& connection, std::int64_t key) {
  connection.query("DELETE FROM contact_search WHERE rowid = :key").bind(key).run();
  connection.query("DELETE FROM contact_search_unspaced WHERE key = :key").bind(key).run();
}

bool merge_search(Connection& connection) {
  constexpr const char* kMerge = "INSERT INTO search (search, rank) VALUES ('merge', 250)";  // pages
  // https://www.sqlite.org/fts5.html#the_merge_command: fewer than two changes are none.
  auto* handle = connection.database().getHandle();
  const auto before = sqlite3_total_changes(handle);
  Transaction transaction(connection);
  connection.query(kMerge).run();
  transaction.commit();
  return sqlite3_total_changes(handle) - before >= 2;
}

}  // namespace callarchive::storage
