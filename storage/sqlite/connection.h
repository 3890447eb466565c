#pragma once

#include "storage/records.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cassert>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

// An open connection with its prepared statements. Only storage/ includes it, and nothing of its public face does.

namespace callarchive::storage {

// Bytes to be bound as BLOB.
struct Blob {
  std::string_view bytes;
};

class Connection;

// A prepared statement that lives as long as its connection. SQLiteCpp's statements are prepared for one use, and
// update a reference count for each column of each row, which is half of the time of a long query.
class Statement {
 public:
  // Throws SQLite::Exception.
  Statement(sqlite3* db, std::string_view sql);
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

 private:
  friend class Query;
  friend class Connection;
  sqlite3_stmt* handle_ = nullptr;
  bool busy_ = false;  // a Query uses it
};

// A statement in use. Parameters are bound in the order in which they first appear in the SQL, so their names are only
// for the reader. It is reset and cleared on destruction. Every text is bound with its length and copied.
class Query {
 public:
  explicit Query(Statement& statement) : statement_(statement) { statement_.busy_ = true; }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  template <typename... Values>
  Query& bind(const Values&... values) {
    (bind_value(values), ...);
    return *this;
  }

  // Moves to the next row, and returns whether there is one. After the last row it keeps returning false. Throws
  // SQLite::Exception.
  bool step();
  // Steps to the end.
  void run() {
    while (step()) {}
  }

  // Columns of the row, from 0.
  bool is_null(int column) const {
    assert(column < sqlite3_data_count(statement_.handle_));
    return sqlite3_column_type(statement_.handle_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const {
    assert(column < sqlite3_data_count(statement_.handle_));
    return sqlite3_column_int64(statement_.handle_, column);
  }
  string text(int column) const;  // also the bytes of a BLOB
  optional<std::int64_t> maybe_integer(int column) const;
  optional<double> maybe_real(int column) const;
  optional<string> maybe_text(int column) const;

 private:
  void bind_value(std::int64_t value) { check(sqlite3_bind_int64(statement_.handle_, ++bound_, value)); }
  void bind_value(double value) { check(sqlite3_bind_double(statement_.handle_, ++bound_, value)); }
  void bind_value(const string& value);
  void bind_value(const char* value) { bind_value(string(value)); }
  void bind_value(Blob value);
  void bind_value(std::nullptr_t) { check(sqlite3_bind_null(statement_.handle_, ++bound_)); }
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, std::int64_t>) void bind_value(T value) {
    bind_value(static_cast<std::int64_t>(value));
  }
  template <typename T>
  void bind_value(const optional<T>& value) {
    if (value) bind_value(*value);
    else bind_value(nullptr);
  }

  void check(int code) const;

  Statement& statement_;
  int bound_ = 0;
  bool done_ = false;
};

// One SQLite connection. For one thread at a time.
class Connection {
 public:
  enum class Mode { read_only, writer };
  // Opens the file, with the pragmas that the mode needs. Throws SQLite::Exception.
  Connection(const string& path, Mode mode);
  ~Connection();

  // The statement for this SQL, which is prepared at its first use. Statements are found by the text of their SQL.
  Query query(std::string_view sql);
  void execute(const string& sql) { db_.exec(sql); }
  // A single value, for PRAGMAs and counts.
  std::int64_t integer(const string& sql) { return db_.execAndGet(sql).getInt64(); }
  string text(const string& sql) { return db_.execAndGet(sql).getString(); }

  // Until clear_deadline(), statements that run past this time end with SQLITE_INTERRUPT.
  void set_deadline(std::chrono::steady_clock::time_point deadline);
  void clear_deadline();

  SQLite::Database& database() { return db_; }

 private:
  static int check_deadline(void* self);

  SQLite::Database db_;
  std::map<string, std::unique_ptr<Statement>, std::less<>> statements_;
  std::vector<std::unique_ptr<Statement>> extra_;  // a second use of a statement that is busy
  std::chrono::steady_clock::time_point deadline_ = {};
};

// "[1,2,3]" for `IN (SELECT value FROM json_each(?))`, so that a statement serves lists of any length.
string key_list(const vector<std::int64_t>& keys);

// A write transaction that begins at once (BEGIN IMMEDIATE) and rolls back unless committed.
class Transaction : public SQLite::Transaction {
 public:
  explicit Transaction(Connection& connection)
      : SQLite::Transaction(connection.database(), SQLite::TransactionBehavior::IMMEDIATE) {}
};

// A read transaction: everything in it sees the same state of the file. Ends on destruction.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Connection& connection_;
};

}  // namespace callarchive::storage
