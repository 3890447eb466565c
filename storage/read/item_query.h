#pragma once

#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/read/search_match.h"

namespace callarchive::storage {

// A question about calls, messages or both, to be answered by walking from the newest item to the older ones along
// whatever is shortest: the items of a number, of a tag, the hits of a text, or a table. Never sorts.
class ItemWalk {
 public:
  enum class Over { calls, messages, both };
  explicit ItemWalk(Over over) : over_(over) {}

  // Any of these took part. A second call asks that any of those took part as well. No ids: no items.
  void with_numbers(vector<std::int64_t> ids) { numbers_.push_back(std::move(ids)); }
  void with_text(Match match) { match_ = std::move(match); }
  void with_tag(string tag) { tag_ = std::move(tag); }                    // over calls alone
  void with_users(vector<std::int64_t> ids) { users_ = std::move(ids); }  // any of these; over calls alone
  void between(const optional<Millis>& since, const optional<Millis>& until);
  // Further conditions, on the columns of calls c or messages m. Over both, an item has a row in one of them, and the
  // columns of the other are NULL.
  Where rows = {};

  // The newest limit + 1 items after the place of the page: one more than fits tells that there are more.
  vector<ItemKey> find(Connection& connection, const Page& page) const;
  Count count(Connection& connection, bool exact) const;
  // Whether find() walks along the hits of the text, so that none lie between the items that it does not look at.
  bool is_along_text(Connection& connection) const { return choose(connection) == Along::text; }
  // The newest kRankedHits + 1 items that match the wanted text, with their rank: smaller is better.
  struct Ranked {
    ItemKey item = 0;
    double rank = 0;
  };
  vector<Ranked> find_ranked(Connection& connection) const;

 private:
  enum class Along { text, numbers, tag, table };
  struct Leg {
    string from;
    string key;
    Where where;
  };
  Along choose(Connection& connection) const;    // decided once
  Along shortest(Connection& connection) const;  // the decision
  bool has_few(Connection& connection, const char* select, const Where& where) const;
  bool is_nothing() const;
  // `numbers`: the ids to walk along, where that is the way; `table` likewise.
  Leg leg(Along along, const vector<std::int64_t>& numbers, Over table) const;
  void add_conditions(Along along, Leg& leg) const;
  vector<Leg> legs(Connection& connection) const;

  Over over_;
  vector<vector<std::int64_t>> numbers_ = {};
  optional<Match> match_ = {};
  optional<string> tag_ = {};
  optional<vector<std::int64_t>> users_ = {};
  optional<ItemKey> from_ = {};
  optional<ItemKey> to_ = {};
  mutable optional<Along> chosen_ = {};
};

}  // namespace callarchive::storage
