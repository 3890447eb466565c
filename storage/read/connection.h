#pragma once

#include "storage/reader.h"
#include "storage/search/functions.h"
#include "storage/search/rank.h"
#include "storage/search/vocabulary.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/memory.h"

#include <sqlite3.h>

#include <variant>

namespace callarchive::storage {

// A read-only connection on its way between the pool and a Reader.
class ReadConnection {
 public:
  ReadConnection(const string& path, string region)
      : sqlite(path, Connection::Mode::read_only), default_region(std::move(region)) {
    add_search_functions(sqlite);
    add_relevance(sqlite);
    open_vocabulary(sqlite);
  }

  Connection sqlite;
  const string default_region;
};

// Runs a query in a read transaction of its own. Time that ran out, and memory past the limits, become QueryTimeout.
template <typename Run>
auto ask(ReadConnection& connection, const Run& run) {
  try {
    const QueryMemory memory;
    const Snapshot snapshot(connection.sqlite);
    return run(connection.sqlite);
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_INTERRUPT)
      throw QueryTimeout("the query exceeded its time limit; narrow it with since and until or other filters");
    if (error.getErrorCode() == SQLITE_NOMEM)
      throw QueryTimeout("the query needs more memory than it may use; look for fewer or longer words");
    throw;
  }
}

// The conditions of a query, made of literal pieces, with the values to be bound in their order.
class Where {
 public:
  using Value = std::variant<std::int64_t, string>;

  // `condition` has one '?' for each value, and is made of literals and of keys of our own.
  void add(const string& condition, std::initializer_list<Value> values = {}) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += condition;
    values_.insert(values_.end(), values);
  }
  void add(const Where& other) {
    if (other.empty()) return;
    sql_ += (empty() ? " WHERE " : " AND ") + other.sql_.substr(std::char_traits<char>::length(" WHERE "));
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  }
  // One id is compared, so that an index is walked in the order of what follows it.
  void add_one_of(const string& column, const vector<std::int64_t>& ids);
  template <typename T>
  void add_if(const optional<T>& value, const string& condition) {
    if (value) add(condition, {Value(*value)});
  }
  bool empty() const { return sql_.empty(); }
  const string& sql() const { return sql_; }
  void bind(Query& query) const {
    for (const auto& value : values_) {
      std::visit([&](const auto& plain) { query.bind(plain); }, value);
    }
  }

 private:
  string sql_;
  std::vector<Value> values_;
};

constexpr std::int64_t kCountLimit = 10000;

// Counts the rows that `select` ("SELECT 1 FROM …") and the conditions give; unless exact, up to kCountLimit.
Count count_rows(Connection& connection, const string& select, const Where& where, bool exact);

// Cuts the row that only told that more follow. `key_of` gives a row's place in the list.
template <typename T, typename KeyOf>
Slice<T> cut(vector<T> rows, std::int64_t limit, const KeyOf& key_of) {
  Slice<T> slice;
  slice.has_more = static_cast<std::int64_t>(rows.size()) > limit;
  if (slice.has_more) rows.resize(static_cast<std::size_t>(limit));
  if (!rows.empty()) slice.last_key = key_of(rows.back());
  slice.rows = std::move(rows);
  return slice;
}

// Demands that `key` is among `owner` of the rows of `table` (columns key and value, which is JSON) with this member.
void add_member(Where& where, const string& key, const string& owner, const string& table, const Member& member);

// The row of a number in any spelling.
optional<std::int64_t> find_number_id(Connection& connection, const string& number, const string& default_region);
// Rows of several numbers, once each; those that were never met are left out.
vector<std::int64_t> find_number_ids(Connection& connection, const vector<string>& numbers,
                                     const string& default_region);
vector<std::int64_t> find_number_ids_of_contact(Connection& connection, const string& contact_id);
// The rows of users with an address, in any case.
vector<std::int64_t> find_user_ids(Connection& connection, const string& email);

// Calls and messages for lists, in the order of their keys.
// Calls as readers see them: with their recordings.
vector<Call> load_shown_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript);
optional<Contact> load_contact(Connection& connection, const string& id);  // id in either spelling
vector<TimelineItem> load_items(Connection& connection, const vector<ItemKey>& items);

}  // namespace callarchive::storage
