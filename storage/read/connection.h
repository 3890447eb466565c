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

// A read-only connection of the pool, with the functions that queries need.
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

// Runs a query in a read transaction of its own. Throws QueryTimeout if it exceeds its limit of time or memory.
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
      throw QueryTimeout("the query exceeded its memory limit; search for fewer or longer words");
    throw;
  }
}

// The conditions of a query, made of literals, with the values to bind, in their order.
class Where {
 public:
  using Value = std::variant<std::int64_t, string>;

  // `condition` has one '?' for each value; it consists of literals and of our own keys.
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
  // A single id becomes `column = ?`, so that an index on it returns its rows in order.
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

// The bound of counts that are not exact.
constexpr std::int64_t kCountLimit = 10000;

// Counts the rows that `select` ("SELECT 1 FROM …") and the conditions give; unless exact, up to kCountLimit.
Count count_rows(Connection& connection, const string& select, const Where& where, bool exact);

// A page out of up to limit + 1 rows: the extra row only shows that more follow. `key_of` gives a row's key in the
// list.
template <typename T, typename KeyOf>
Slice<T> cut(vector<T> rows, std::int64_t limit, const KeyOf& key_of) {
  Slice<T> slice;
  slice.has_more = static_cast<std::int64_t>(rows.size()) > limit;
  if (slice.has_more) rows.resize(static_cast<std::size_t>(limit));
  if (!rows.empty()) slice.last_key = key_of(rows.back());
  slice.rows = std::move(rows);
  return slice;
}

// Adds the condition that `key` is in column `owner` of a row of `table` (columns key and value, which is JSON) with
// this member.
void add_member(Where& where, const string& key, const string& owner, const string& table, const Member& member);

// The key of a number in any spelling; absent if it is not known.
optional<std::int64_t> find_number_id(Connection& connection, const string& number, const string& default_region);
// The keys of several numbers, each once; unknown ones are left out.
vector<std::int64_t> find_number_ids(Connection& connection, const vector<string>& numbers,
                                     const string& default_region);
vector<std::int64_t> find_number_ids_of_contact(Connection& connection, const string& contact_id);
// The keys of the users with this address, in upper or lower case.
vector<std::int64_t> find_user_ids(Connection& connection, const string& email);

// The conditions of a filter on contacts c. Throws EmptySearch and EmptyFilter.
Where contact_conditions(ReadConnection& reader, const ContactFilter& filter);

// Calls with their recordings, in the order of their keys.
vector<Call> load_shown_calls(Connection& connection, const vector<ItemKey>& items, bool include_transcript);
optional<Contact> load_contact(Connection& connection, const string& id);  // id in either spelling
// Calls and messages, in the order of their keys.
vector<TimelineItem> load_items(Connection& connection, const vector<ItemKey>& items);

}  // namespace callarchive::storage
