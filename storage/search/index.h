#pragma once

#include "storage/records.h"

#include <map>

// Keeps the full-text index in step with the tables, inside the same transaction.

namespace callarchive::storage {

class Connection;

// The index holds no text of its own: what it forgets must be told word for word. So each document is read before its
// rows change, and once more before the commit; then the index is told all differences in one go. FTS5 keeps what it
// is told in memory up to a megabyte, but writes it out as a piece of the index whenever a statement that might fail
// halfway begins: told row by row, each document would become a piece of its own, to be merged again. For the writer's
// thread.
class SearchIndex {
 public:
  explicit SearchIndex(Connection& connection) : connection_(connection) {}

  // To be called before the rows of which the document is made change, appear or go. Further calls cost nothing.
  void touch_item(ItemKey item) { touch(kItems, items_, item); }
  void touch_contact(std::int64_t key) { touch(kContacts, contacts_, key); }

  // Writes what has changed, if much is held: between deliveries, when rows are whole.
  void relieve();
  // Writes what has changed. To be called before each commit, and before anybody asks the index.
  void flush();
  // After a rollback.
  void forget();

 private:
  // The columns of a document, in the order of its view; the last one is the unspaced text.
  using Document = vector<optional<string>>;
  struct Layout;
  static const Layout kItems, kContacts;
  using Before = std::map<std::int64_t, optional<Document>>;  // what the index holds of those touched; nothing: none

  void touch(const Layout& layout, Before& before, std::int64_t key);
  void flush(const Layout& layout, Before& before);
  optional<Document> read(const Layout& layout, std::int64_t key);
  void write_unspaced(const Layout& layout, std::int64_t key, const Document* old, const Document* now);

  Connection& connection_;
  Before items_;
  Before contacts_;
  std::size_t held_bytes_ = 0;
};

// The indexes grow in pieces, and each word is looked up in every one of them. Does a part of merging them, about a
// megabyte of writing, in a transaction of its own. Returns whether there was anything to do.
bool merge_search(Connection& connection);

}  // namespace callarchive::storage
