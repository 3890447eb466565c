#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace callarchive::storage {

class Connection;

struct Migration {
  int version = 0;        // 1, 2, 3 … without gaps
  std::string_view name;  // of the file, for people
  std::string_view sql;
};

// The file does not fit this program: newer, of another program, or with an edited history.
struct SchemaMismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The migrations that are compiled into the program, in order.
std::span<const Migration> migrations();
int newest_version();

// The file's version: 0 for an empty one. Throws SchemaMismatch for a file that is not ours, is newer than
// the program, or whose recorded migrations are not the ones that the program knows. Changes nothing.
int check_schema(Connection& connection);

// Applies what is missing, each migration in a transaction of its own. Throws SchemaMismatch as above, or
// SQLite::Exception with the file as the last good migration left it.
void migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace callarchive::storage
