#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

#include <map>

// Updates the full-text indexes with the tables, inside the same transaction.

namespace callarchive::storage {

class Connection;

// The index stores no text: to delete a document, its words must be given. So each document is read before its rows
// change, and once more before the commit; then all differences are written at once. FTS5 buffers up to a megabyte of
// what is written, but makes a segment of it whenever a statement begins that might fail halfway: written row by row,
// each document would become a segment of its own, which would have to be merged. For the writer's thread.
class SearchIndex {
 public:
  explicit SearchIndex(Connection& connection) : connection_(connection) {}

  // Must be called before the rows that the document is made from are inserted, changed or deleted. Further calls cost
  // nothing.
  void touch_item(ItemKey item) { touch(kItemTable, items_, item); }
  void touch_contact(std::int64_t key) { touch(kContactTable, contacts_, key); }

  // Writes what has changed if much is held. To be called between deliveries, when the rows are complete.
  void flush_if_large();
  // Writes what has changed. Must be called before each commit, and before the index is queried.
  void flush();
  // Must be called after a rollback.
  void discard();

 private:
  using Before = std::map<std::int64_t, optional<Document>>;  // the touched documents as the index has them

  void touch(const SearchTable& table, Before& before, std::int64_t key);
  void flush(const SearchTable& table, Before& before);

  Connection& connection_;
  Before items_;
  Before contacts_;
  std::size_t held_bytes_ = 0;
};

// The indexes grow in segments, and each word is looked up in every one of them. Merges some of them, writing about a
// megabyte in a transaction of its own. Returns whether there was anything to merge.
bool merge_search(Connection& connection);

}  // namespace callarchive::storage
