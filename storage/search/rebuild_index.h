#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

// An index that was folded by other rules, or by another ICU, is made again while the program works: the one of before
// (search_old, contact_search_old) answers queries until the new one is whole, and then goes. The settings tell how far
// it is, so that it goes on after a stop:
//
//   search_folding  folding_version() of the index in `search` and of the keys of names
//   search_rebuild  while it lasts: what is being done, and the last key that is done
//
// Meanwhile both indexes take up what changes. A document of before that was folded otherwise does not leave the old
// one wholly, so until the end a row may be found by a word that it had before. Matches in hits are not located
// meanwhile.

namespace callarchive::storage {

struct IndexRebuild {
  enum class Phase { contacts, items, clearing };  // in this order
  Phase phase = Phase::contacts;
  std::int64_t done = 0;  // the greatest key whose document is in the new index

  // Whether the new index has the document of this key, if there is one.
  bool has(const SearchTable& table, std::int64_t key) const;
  bool answers_from_old() const { return phase != Phase::clearing; }
};

// The rebuild that is under way.
optional<IndexRebuild> find_rebuild(Connection& connection);

// The name of the index that answers queries now.
string index_for_queries(Connection& connection, const SearchTable& table);

// To be called when an archive is opened for writing: begins a rebuild if there must be one. Without rows it is done at
// once.
void prepare_index(Connection& connection);

// Works off a rebuild. For the writer's thread.
class IndexRebuilder {
 public:
  explicit IndexRebuilder(Connection& connection);

  // Does a piece, some ten milliseconds, in a transaction of its own; the first one counts the rows. Returns whether
  // there is more to do. Throws SQLite::Exception; then the piece has left no trace.
  bool step();
  std::int64_t done() const { return done_; }    // documents
  std::int64_t total() const { return total_; }  // documents, of this process

 private:
  void copy(const SearchTable& table, IndexRebuild rebuild, IndexRebuild::Phase next);
  bool clear();

  Connection& connection_;
  std::int64_t done_ = 0;
  std::int64_t total_ = -1;
};

}  // namespace callarchive::storage
