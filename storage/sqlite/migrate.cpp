#include "storage/sqlite/migrate.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"

#include "embedded/migrations.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace callarchive::storage {
namespace {

// PRAGMA application_id of our files: "CArc".
constexpr std::int64_t kApplicationId = 0x43417263;

std::vector<Migration> read_embedded() {
  std::vector<Migration> steps;
  for (const auto& file : embedded::migrations()) {
    int version = 0;
    std::from_chars(file.name.data(), file.name.data() + 4, version);  // 0001_ledger.sql
    steps.push_back({version, file.name, file.content});
  }
  std::sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  return steps;
}

void check_history(Connection& connection, std::span<const Migration> steps, int version) {
  auto query = connection.query("SELECT version, name, sha256 FROM migrations ORDER BY version");
  int expected = 0;
  while (query.step()) {
    ++expected;
    const auto recorded = query.integer(0);
    if (recorded != expected || expected > version) {
      throw SchemaMismatch("the file's list of migrations has a gap at " + std::to_string(expected));
    }
    const auto& step = steps[static_cast<std::size_t>(expected - 1)];
    if (query.text(2) != sha256_hex(step.sql)) {
      throw SchemaMismatch("migration " + query.text(1) + " of the file is not the one in this program");
    }
  }
  if (expected != version) throw SchemaMismatch("the file's list of migrations ends early");
}

}  // namespace

std::span<const Migration> migrations() {
  static const std::vector<Migration> steps = read_embedded();
  return steps;
}

int newest_version() { return migrations().empty() ? 0 : migrations().back().version; }

static int check_schema_of(Connection& connection, std::span<const Migration> steps) {
  const auto version = static_cast<int>(connection.integer("PRAGMA user_version"));
  const int newest = steps.empty() ? 0 : steps.back().version;
  const auto application = connection.integer("PRAGMA application_id");
  if (version == 0) {
    if (application != 0 || connection.integer("SELECT count(*) FROM sqlite_master") != 0) {
      throw SchemaMismatch("the file is an SQLite database, but not one of callarchive");
    }
    return 0;
  }
  if (application != kApplicationId) throw SchemaMismatch("the file is an SQLite database, but not one of callarchive");
  if (version > newest) {
    throw SchemaMismatch("the file has schema version " + std::to_string(version) + ", this program knows up to " +
                         std::to_string(newest) + ": it was written by a newer callarchive");
  }
  check_history(connection, steps, version);
  return version;
}

int check_schema(Connection& connection) { return check_schema_of(connection, migrations()); }

void migrate(Connection& connection, std::span<const Migration> steps) {
  int version = check_schema_of(connection, steps);
  for (const auto& step : steps) {
    if (step.version <= version) continue;
    Transaction transaction(connection);
    if (version == 0) {
      connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
      connection.execute(
          "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
          " applied_at INTEGER NOT NULL) STRICT");
    }
    connection.execute(string(step.sql));
    connection
        .query(
            "INSERT INTO migrations (version, name, sha256, applied_at)"
            " VALUES (:version, :name, :sha256, unixepoch() * 1000)")
        .bind(step.version, string(step.name), sha256_hex(step.sql))
        .run();
    connection.execute("PRAGMA user_version = " + std::to_string(step.version));
    transaction.commit();
    version = step.version;
  }
}

}  // namespace callarchive::storage
