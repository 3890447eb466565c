#pragma once

#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/read/search_match.h"

namespace callarchive::storage {

// A query for calls, messages or both, newest first. It is driven by the index that is likely to have the fewest rows:
// the timeline of a number, the calls of a tag, the hits of a text, or a table; all other conditions become predicates
// on those rows. Every such index is in the order of the keys, so nothing is ever sorted.
class ItemQuery {
 public:
  enum class Kind { calls, messages, both };
  explicit ItemQuery(Kind kind) : kind_(kind) {}

  // The conditions that calls, messages, search and statistics share. Numbers are read in the reader's region.
  void apply(ReadConnection& reader, const ItemFilter& filter);
  // Items in which any of these numbers took part. Several calls of this function are joined by "and". No ids: no
  // items.
  void with_numbers(vector<std::int64_t> ids) { numbers_.push_back(std::move(ids)); }
  void with_text(Match match) { match_ = std::move(match); }
  void between(const optional<Millis>& since, const optional<Millis>& until);
  // Further conditions on the columns of calls c or messages m. With Kind::both, an item has a row in one of the two
  // tables, and the columns of the other are NULL.
  Where rows = {};

  // The newest limit + 1 items after the position of the page: the extra one shows that more follow.
  vector<ItemKey> find(Connection& connection, const Page& page) const;
  // All of them, newest first.
  vector<ItemKey> find_all(Connection& connection) const;
  Count count(Connection& connection, bool exact) const;
  // Whether the hits of the text drive the query, so that between the items it returns there are no other hits.
  bool is_driven_by_text(Connection& connection) const { return driving_index(connection) == Index::text; }
  struct Ranked {
    ItemKey item = 0;
    double rank = 0;  // smaller is better
  };
  // The newest kRankedHits + 1 items that match the text, with their rank.
  vector<Ranked> find_ranked(Connection& connection) const;

 private:
  enum class Index { text, numbers, tag, table };
  // One SELECT. A query over several numbers, or over both tables, is the union of several branches.
  struct Branch {
    string from;
    string key;
    Where where;
  };
  Index driving_index(Connection& connection) const;  // chosen once
  Index choose_index(Connection& connection) const;
  bool has_few(Connection& connection, const char* select, const Where& where) const;
  bool is_empty() const;  // whether no item can pass
  // `numbers`: the ids whose timeline drives the branch, where it does; `table` likewise.
  Branch branch(Index driving, const vector<std::int64_t>& numbers, Kind table) const;
  void add_predicates(Index driving, Branch& branch) const;
  vector<Branch> branches(Connection& connection) const;

  Kind kind_;
  bool for_calls_alone_ = false;
  vector<vector<std::int64_t>> numbers_ = {};
  optional<Match> match_ = {};
  optional<string> tag_ = {};
  optional<vector<std::int64_t>> users_ = {};
  optional<ItemKey> from_ = {};
  optional<ItemKey> to_ = {};
  mutable optional<Index> driving_index_ = {};
};

}  // namespace callarchive::storage
