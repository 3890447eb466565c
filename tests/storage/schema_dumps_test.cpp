#include "storage/search/check_index.h"
#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

// tests/schema/ holds an archive of each version of the schema as text, made by scripts/dump-schema.

namespace callarchive::storage {
namespace {

using test::TemporaryFolder;
using testing::IsEmpty;
using testing::Not;

// Older ones are files whose first start was interrupted between two migrations.
constexpr int kFirstWithRows = 7;

string dump_path(int version) {
  const string digits = std::to_string(version);
  return SOURCE_DIR "/tests/schema/v" + string(4 - digits.size(), '0') + digits + ".sql";
}

// An archive as the dump describes it.
void load(Connection& connection, int version) {
  std::ifstream file(dump_path(version));
  ASSERT_TRUE(file) << dump_path(version) << " is missing: run scripts/dump-schema";
  std::stringstream sql;
  sql << file.rdbuf();
  connection.execute(sql.str());
  ASSERT_EQ(connection.integer("PRAGMA user_version"), version);
}

vector<string> texts(Connection& connection, const string& sql) {
  vector<string> found;
  auto query = connection.query(sql);
  while (query.step()) found.push_back(query.text(0));
  return found;
}

vector<string> schema_of(Connection& connection) {
  return texts(connection,
               "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name");
}

// Values that the program folds anew, and the tables that are part of an index.
bool is_folded(const string& table, const string& column) {
  return table == "contacts" && (column == "sort_name" || column == "folded_name" || column == "sort_key");
}
bool is_of_an_index(const string& table) { return table.ends_with("search_unspaced"); }

// For each table, the SQL that prints its rows.
std::map<string, string> queries_of(Connection& connection) {
  std::map<string, string> queries;
  for (const auto& table : texts(connection,
                                 "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
                                 " AND name NOT LIKE 'sqlite%' AND name <> 'migrations'")) {
    if (is_of_an_index(table)) continue;
    string values;
    for (const auto& column : texts(connection, "SELECT name FROM pragma_table_xinfo('" + table + "')")) {
      if (is_folded(table, column)) continue;
      values += values.empty() ? "" : " || '|' || ";
      values += "quote(" + column + ")";
    }
    const char* rows = table == "settings" ? " WHERE name NOT LIKE 'search%'" : "";
    queries[table] = "SELECT " + values + " AS row FROM " + table + rows + " ORDER BY row";
  }
  return queries;
}

std::map<string, vector<string>> rows_of(Connection& connection, const std::map<string, string>& queries) {
  std::map<string, vector<string>> rows;
  for (const auto& [table, sql] : queries) rows[table] = texts(connection, sql);
  return rows;
}

// What a service learns of the vendor, and writes to see whether it can: no import makes such rows.
const std::set<string> kFilledWhileServing = {"backfill_runs", "backfill_windows", "probe"};

TEST(SchemaDumps, EachVersionBecomesTheNewestSchemaAndKeepsItsRows) {
  TemporaryFolder folder;
  Connection fresh(folder.file("fresh.db"), Connection::Mode::writer);
  migrate(fresh, migrations());
  prepare_index(fresh);
  for (int version = 1; version <= newest_version(); ++version) {
    SCOPED_TRACE(dump_path(version));
    Connection old(folder.file("v" + std::to_string(version) + ".db"), Connection::Mode::writer);
    ASSERT_NO_FATAL_FAILURE(load(old, version));
    const auto queries = queries_of(old);
    const auto before = rows_of(old, queries);
    if (version >= kFirstWithRows) {
      for (const auto& [table, rows] : before) {
        if (kFilledWhileServing.contains(table)) continue;
        EXPECT_THAT(rows, Not(IsEmpty())) << "no row of the kind " << table;
      }
    }
    ASSERT_NO_THROW(migrate(old, migrations()));
    prepare_index(old);
    IndexRebuilder rebuilder(old);
    while (rebuilder.step()) {}
    for (const auto* table : {&kItemTable, &kContactTable}) EXPECT_EQ(check_index(old, *table), std::nullopt);
    EXPECT_EQ(schema_of(old), schema_of(fresh));
    EXPECT_EQ(rows_of(old, queries), before);
    EXPECT_THAT(texts(old, "SELECT \"table\" FROM pragma_foreign_key_check"), IsEmpty());
    EXPECT_THAT(texts(old, "PRAGMA integrity_check"), testing::ElementsAre("ok"));
  }
}

}  // namespace
}  // namespace callarchive::storage
