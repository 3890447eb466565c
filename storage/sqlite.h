#pragma once

#include "storage/records.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

// Included by storage/*.cpp alone: an open connection with its prepared statements.

namespace callarchive::storage {

// Bytes to be bound as BLOB.
struct Blob {
  std::string_view bytes;
};

class Connection;

// A prepared statement in use. Parameters are bound in the order in which they first appear in the SQL, so
// named parameters read well and cost nothing. Reset and cleared on destruction. Every text is bound with its
// length and copied.
class Query {
 public:
  Query(SQLite::Statement& statement, bool& busy);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  template <typename... Values>
  Query& bind(const Values&... values) {
    (bind_value(values), ...);
    return *this;
  }

  bool step() { return statement_.executeStep(); }
  void run() { while (step()) {} }

  bool is_null(int column) const { return statement_.isColumnNull(column); }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  string text(int column) const { return statement_.getColumn(column).getString(); }
  optional<std::int64_t> maybe_integer(int column) const;
  optional<double> maybe_real(int column) const;
  optional<string> maybe_text(int column) const;

 private:
  void bind_value(std::int64_t value) { statement_.bind(++bound_, value); }
  void bind_value(double value) { statement_.bind(++bound_, value); }
  void bind_value(const string& value) { statement_.bind(++bound_, value); }
  void bind_value(const char* value) { statement_.bind(++bound_, string(value)); }
  void bind_value(Blob value);
  void bind_value(std::nullptr_t) { statement_.bind(++bound_); }
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, std::int64_t>)
  void bind_value(T value) { bind_value(static_cast<std::int64_t>(value)); }
  template <typename T>
  void bind_value(const optional<T>& value) {
    if (value) bind_value(*value);
    else bind_value(nullptr);
  }

  SQLite::Statement& statement_;
  bool& busy_;
  int bound_ = 0;
};

// One SQLite connection. For one thread at a time.
class Connection {
 public:
  enum class Mode { read_only, writer };
  // Opens with the pragmas that the mode needs. Throws SQLite::Exception.
  Connection(const string& path, Mode mode);
  ~Connection();

  // The statement for this SQL, prepared once and kept. `sql` is compared by content.
  Query query(std::string_view sql);
  void execute(const string& sql) { db_.exec(sql); }
  // A single integer, for PRAGMAs and counts.
  std::int64_t integer(const string& sql) { return db_.execAndGet(sql).getInt64(); }
  string text(const string& sql) { return db_.execAndGet(sql).getString(); }

  // From now until `clear_deadline`, statements that run past the time end with SQLITE_INTERRUPT.
  void set_deadline(std::chrono::steady_clock::time_point deadline);
  void clear_deadline();

  SQLite::Database& database() { return db_; }

 private:
  struct Prepared {
    Prepared(SQLite::Database& db, const string& sql) : statement(db, sql) {}
    SQLite::Statement statement;
    bool busy = false;
  };
  static int check_deadline(void* self);

  SQLite::Database db_;
  std::map<string, std::unique_ptr<Prepared>, std::less<>> statements_;
  std::vector<std::unique_ptr<Prepared>> extra_;  // a second use of a statement that is busy
  std::chrono::steady_clock::time_point deadline_ = {};
};

// A write transaction that begins at once (BEGIN IMMEDIATE) and rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// A read transaction: everything inside sees one state of the file. Ends on destruction.
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
