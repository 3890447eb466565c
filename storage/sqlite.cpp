#include "storage/sqlite.h"

#include <sqlite3.h>

namespace callarchive::storage {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kProgressSteps = 2000;  // virtual machine steps between looks at the clock: about 50 µs

int open_flags(Connection::Mode mode) {
  // Connections are never shared by two threads at once, so SQLite's own locks are not needed.
  const int flags = SQLite::OPEN_NOMUTEX;
  return mode == Connection::Mode::writer ? flags | SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE
                                          : flags | SQLite::OPEN_READONLY;
}

}  // namespace

Query::Query(SQLite::Statement& statement, bool& busy) : statement_(statement), busy_(busy) { busy_ = true; }

Query::~Query() {
  statement_.tryReset();
  try {
    statement_.clearBindings();
  } catch (const SQLite::Exception&) {
    // Fails only on misuse; a destructor must not throw.
  }
  busy_ = false;
}

optional<std::int64_t> Query::maybe_integer(int column) const {
  if (is_null(column)) return {};
  return integer(column);
}

optional<double> Query::maybe_real(int column) const {
  if (is_null(column)) return {};
  return statement_.getColumn(column).getDouble();
}

optional<string> Query::maybe_text(int column) const {
  if (is_null(column)) return {};
  return text(column);
}

void Query::bind_value(Blob value) {
  // A null pointer would bind NULL, which is not the same as no bytes.
  statement_.bind(++bound_, value.bytes.empty() ? "" : value.bytes.data(), static_cast<int>(value.bytes.size()));
}

Connection::Connection(const string& path, Mode mode) : db_(path, open_flags(mode), kBusyTimeoutMs) {
  db_.exec("PRAGMA temp_store = MEMORY");
  if (mode == Mode::read_only) {
    db_.exec("PRAGMA cache_size = -3000");
    db_.exec("PRAGMA query_only = ON");
    return;
  }
  // SQLite opens what it may not write for reading, without a word.
  if (sqlite3_db_readonly(db_.getHandle(), "main") == 1) throw SQLite::Exception("the file is read-only", SQLITE_READONLY);
  const string journal = db_.execAndGet("PRAGMA journal_mode = WAL").getString();
  const bool in_memory = path == ":memory:";
  // SQLite falls back silently when it cannot make the log; writing on would not be what was promised.
  if (journal != "wal" && !in_memory) {
    throw SQLite::Exception("journal mode is '" + journal + "' where 'wal' was asked for: " + path);
  }
  db_.exec("PRAGMA synchronous = FULL");
  db_.exec("PRAGMA foreign_keys = ON");
  // Debian builds SQLite so that freed pages are overwritten too: a fifth of what the search index writes to the
  // log. What was deleted inside a page is still overwritten.
  db_.exec("PRAGMA secure_delete = FAST");
  db_.exec("PRAGMA cache_size = -32000");
  // Checkpoints are the writer's own business: at a time that it chooses.
  db_.exec("PRAGMA wal_autocheckpoint = 0");
  db_.exec("PRAGMA journal_size_limit = 67108864");
}

Connection::~Connection() = default;

Query Connection::query(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    string text(sql);
    auto prepared = std::make_unique<Prepared>(db_, text);
    found = statements_.emplace(std::move(text), std::move(prepared)).first;
  }
  if (found->second->busy) {
    std::erase_if(extra_, [](const auto& prepared) { return !prepared->busy; });
    extra_.push_back(std::make_unique<Prepared>(db_, string(sql)));
    return {extra_.back()->statement, extra_.back()->busy};
  }
  return {found->second->statement, found->second->busy};
}

int Connection::check_deadline(void* self) {
  return std::chrono::steady_clock::now() > static_cast<Connection*>(self)->deadline_ ? 1 : 0;
}

void Connection::set_deadline(std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  sqlite3_progress_handler(db_.getHandle(), kProgressSteps, &Connection::check_deadline, this);
}

void Connection::clear_deadline() { sqlite3_progress_handler(db_.getHandle(), 0, nullptr, nullptr); }

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.query("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (!open_) return;
  // Some errors (disk full, I/O) have rolled back already; then there is nothing to do.
  if (sqlite3_get_autocommit(connection_.database().getHandle()) == 0) {
    sqlite3_exec(connection_.database().getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  connection_.query("COMMIT").run();
  open_ = false;
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) { connection_.query("BEGIN").run(); }

Snapshot::~Snapshot() {
  sqlite3_exec(connection_.database().getHandle(), "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace callarchive::storage
