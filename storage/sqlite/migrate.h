#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace callarchive::storage {

class Connection;

struct Migration {
  int version = 0;        // 1, 2, 3 … without gaps
  std::string_view name;  // of its file
  std::string_view sql;
};

// The file does not fit this program: it is newer, belongs to another program, or its recorded migrations differ.
struct SchemaMismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The migrations that are compiled into the program, in order.
std::span<const Migration> migrations();
// The version of the last one.
int newest_version();

// The file's version; 0 for an empty one. Throws SchemaMismatch. Changes nothing.
int check_schema(Connection& connection);

// Applies the missing migrations, each in a transaction of its own. Throws SchemaMismatch, or SQLite::Exception; then
// the file is as the last successful migration left it.
void migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace callarchive::storage
