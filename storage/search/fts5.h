#pragma once

#include "storage/sqlite/connection.h"

#include <sqlite3.h>

namespace callarchive::storage {

// FTS5's interface for custom functions: https://www.sqlite.org/fts5.html#extending_fts5
// Throws SQLite::Exception if SQLite was built without FTS5.
inline fts5_api* fts5_of(Connection& connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection.database().getHandle(), "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  if (api == nullptr) throw SQLite::Exception("this SQLite was built without FTS5");
  return api;
}

}  // namespace callarchive::storage
