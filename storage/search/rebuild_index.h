#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

// An index that was folded by other rules, or by another version of ICU, is rebuilt while the program works: the old
// one (search_old, contact_search_old) answers queries until the new one is complete, and is then deleted. The settings
// record the progress, so that it continues after a restart:
//
//   search_folding  folding_version() of the index in `search` and of the keys of names
//   search_rebuild  during the rebuild: its phase, and the last key that is done
//
// Meanwhile both indexes are updated. A document that was folded differently is not deleted completely from the old
// one, so until the end a row may be found by a word that it no longer has. Meanwhile hits do not show where the words
// are.

namespace callarchive::storage {

struct IndexRebuild {
  enum class Phase { contacts, items, clearing };  // in this order
  Phase phase = Phase::contacts;
  std::int64_t done = 0;  // the largest key whose document is in the new index

  // Whether the new index has reached this key.
  bool has(const SearchTable& table, std::int64_t key) const;
  bool answers_from_old() const { return phase != Phase::clearing; }
};

// The rebuild in progress, if any.
optional<IndexRebuild> find_rebuild(Connection& connection);

// The name of the index that currently answers queries.
string index_for_queries(Connection& connection, const SearchTable& table);

// To be called when an archive is opened for writing: begins a rebuild if one is needed. Without rows it is complete at
// once.
void prepare_index(Connection& connection);

// Carries out a rebuild. For the writer's thread.
class IndexRebuilder {
 public:
  explicit IndexRebuilder(Connection& connection);

  // Does a part of it, some ten milliseconds, in a transaction of its own; the first one also counts the rows. Returns
  // whether there is more to do. Throws SQLite::Exception; then nothing of this part was done.
  bool step();
  std::int64_t done() const { return done_; }    // documents
  std::int64_t total() const { return total_; }  // documents that this object has to do

 private:
  void copy(const SearchTable& table, IndexRebuild rebuild, IndexRebuild::Phase next);
  bool clear();

  Connection& connection_;
  std::int64_t done_ = 0;
  std::int64_t total_ = -1;
};

}  // namespace callarchive::storage
