#include "storage/sqlite/connection.h"

#include "storage/sqlite/memory.h"
#include "storage/sqlite/seal.h"

namespace callarchive::storage {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr std::size_t kMostStatements = 300;  // kept by a connection
constexpr int kProgressSteps = 2000;          // virtual machine steps between looks at the clock: about 50 µs

// Before the first connection of the process. SQLite's count of the memory in use costs a lock, shared by all
// connections, for each allocation; nobody asks for it. Too late if somebody else has opened a file before; then all is
// as it was.
void configure() {
  static const bool once = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    use_limited_memory();
    return true;
  }();
  (void)once;
}

int open_flags(Connection::Mode mode) {
  configure();
  // Connections are never shared by two threads at once, so SQLite's own locks are not needed.
  const int flags = SQLite::OPEN_NOMUTEX;
  return mode == Connection::Mode::writer ? flags | SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE
                                          : flags | SQLite::OPEN_READONLY;
}

// Some errors (disk full, I/O) have rolled back already; then there is nothing to do.
void roll_back(Connection& connection) {
  auto* handle = connection.database().getHandle();
  if (sqlite3_get_autocommit(handle) == 0) sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) {
  const int code =
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) throw SQLite::Exception(db, code);
}

Query::~Query() {
  sqlite3_reset(statement_.handle_);
  sqlite3_clear_bindings(statement_.handle_);
  statement_.busy_ = false;
}

void Query::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(sqlite3_db_handle(statement_.handle_), code);
}

bool Query::step() {
  if (done_) return false;  // SQLite would begin anew
  const int code = sqlite3_step(statement_.handle_);
  if (code == SQLITE_ROW) return true;
  done_ = true;
  check(code == SQLITE_DONE ? SQLITE_OK : code);
  return false;
}

string Query::text(int column) const {
  assert(column < sqlite3_data_count(statement_.handle_));
  const void* bytes = sqlite3_column_blob(statement_.handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.handle_, column));
  return bytes == nullptr ? string{} : string(static_cast<const char*>(bytes), size);
}

optional<std::int64_t> Query::maybe_integer(int column) const {
  if (is_null(column)) return {};
  return integer(column);
}

optional<double> Query::maybe_real(int column) const {
  if (is_null(column)) return {};
  return sqlite3_column_double(statement_.handle_, column);
}

optional<string> Query::maybe_text(int column) const {
  if (is_null(column)) return {};
  return text(column);
}

void Query::bind_value(const string& value) {
  check(sqlite3_bind_text64(statement_.handle_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind_value(Blob value) {
  // A null pointer would bind NULL, which is not the same as no bytes.
  const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
  check(sqlite3_bind_blob64(statement_.handle_, ++bound_, bytes, value.bytes.size(), SQLITE_TRANSIENT));
}

Connection::Connection(const string& path, Mode mode) : db_(path, open_flags(mode), kBusyTimeoutMs) {
  db_.exec("PRAGMA temp_store = MEMORY");
  add_seal_function(db_.getHandle());
  if (mode == Mode::read_only) {
    db_.exec("PRAGMA cache_size = -3000");
    db_.exec("PRAGMA query_only = ON");
    return;
  }
  // SQLite opens what it may not write for reading, without a word.
  if (sqlite3_db_readonly(db_.getHandle(), "main") == 1)
    throw SQLite::Exception("the file is read-only", SQLITE_READONLY);
  const string journal = db_.execAndGet("PRAGMA journal_mode = WAL").getString();
  const bool in_memory = path == ":memory:";
  // SQLite falls back silently when it cannot make the log; writing on would not be what was promised.
  if (journal != "wal" && !in_memory) {
    throw SQLite::Exception("journal mode is '" + journal + "' instead of 'wal': " + path);
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
    // Filters have more combinations than memory should be kept for.
    if (statements_.size() >= kMostStatements)
      std::erase_if(statements_, [](const auto& kept) { return !kept.second->busy_; });
    found = statements_.emplace(string(sql), std::make_unique<Statement>(db_.getHandle(), sql)).first;
  }
  if (found->second->busy_) {
    std::erase_if(extra_, [](const auto& statement) { return !statement->busy_; });
    extra_.push_back(std::make_unique<Statement>(db_.getHandle(), sql));
    return Query(*extra_.back());
  }
  return Query(*found->second);
}

int Connection::check_deadline(void* self) {
  return std::chrono::steady_clock::now() > static_cast<Connection*>(self)->deadline_ ? 1 : 0;
}

void Connection::set_deadline(std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  sqlite3_progress_handler(db_.getHandle(), kProgressSteps, &Connection::check_deadline, this);
}

void Connection::clear_deadline() { sqlite3_progress_handler(db_.getHandle(), 0, nullptr, nullptr); }

string key_list(const vector<std::int64_t>& keys) {
  string list = "[";
  for (const auto key : keys) list += (list.size() > 1 ? "," : "") + std::to_string(key);
  return list + "]";
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) {
  try {
    connection_.query("BEGIN").run();
  } catch (const SQLite::Exception&) {
    // The deadline may end the very statement whose work is done: it counts steps over all its uses.
    roll_back(connection_);
    throw;
  }
}

Snapshot::~Snapshot() {
  try {
    connection_.query("COMMIT").run();
  } catch (const std::exception&) {
    roll_back(connection_);
  }
}

}  // namespace callarchive::storage
