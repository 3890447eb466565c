#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

#include <map>

// Keeps the full-text indexes in step with the tables, inside the same transaction.

namespace callarchive::storage {

class Connection;

// The index has no text of its own: what is taken out must be given word for word. So each document is read before its
// rows change, and once more before the commit; then all differences are written at once. FTS5 holds what is written in
// memory up to a megabyte, but makes a piece of the index of it whenever a statement that might fail halfway begins:
// written row by row, each document would become a piece of its own, to be merged again. For the writer's thread.
class SearchIndex {
 public:
  explicit SearchIndex(Connection& connection) : connection_(connection) {}

  // To be called before the rows of which the document is made change, appear or go. Further calls cost nothing.
  void touch_item(ItemKey item) { touch(kItemTable, items_, item); }
  void touch_contact(std::int64_t key) { touch(kContactTable, contacts_, key); }

  // Writes what has changed, if much is held: between deliveries, when rows are whole.
  void flush_if_large();
  // Writes what has changed. To be called before each commit, and before anybody queries the index.
  void flush();
  // After a rollback.
  void discard();

 private:
  using Before = std::map<std::int64_t, optional<Document>>;  // what the index has of those touched; nothing: none

  void touch(const SearchTable& table, Before& before, std::int64_t key);
  void flush(const SearchTable& table, Before& before);

  Connection& connection_;
  Before items_;
  Before contacts_;
  std::size_t held_bytes_ = 0;
};

// The indexes grow in pieces, and each word is looked up in every one of them. Does a part of merging them, about a
// megabyte of writing, in a transaction of its own. Returns whether there was anything to do.
bool merge_search(Connection& connection);

}  // namespace callarchive::storage
