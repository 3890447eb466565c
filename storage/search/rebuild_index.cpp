#include "storage/search/rebuild_index.h"

#include "storage/search/names.h"
#include "storage/sqlite/connection.h"
#include "storage/text/words.h"

#include <limits>

namespace callarchive::storage {
namespace {

using Phase = IndexRebuild::Phase;

constexpr std::int64_t kMostDocuments = 200;  // in a piece
constexpr std::size_t kMostBytes = 256 << 10;
constexpr std::int64_t kRowsToClear = 200;  // of 4 KB each
constexpr auto kBeforeAll = std::numeric_limits<std::int64_t>::min();

optional<string> setting(Connection& connection, const char* name) {
  auto query = connection.query("SELECT value FROM settings WHERE name = ?");
  query.bind(name);
  if (!query.step()) return {};
  return query.text(0);
}

void set(Connection& connection, const char* name, const string& value) {
  connection.query("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
      .bind(name, value)
      .run();
}

const char* to_text(Phase phase) {
  return phase == Phase::contacts ? "contacts" : phase == Phase::items ? "items" : "clearing";
}

void write(Connection& connection, const IndexRebuild& rebuild) {
  set(connection, "search_rebuild", string(to_text(rebuild.phase)) + ' ' + std::to_string(rebuild.done));
}

bool has_table(Connection& connection, const string& name) {
  auto query = connection.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  query.bind(name);
  return query.step();
}

bool is_empty(Connection& connection, const SearchTable& table) {
  return connection.integer(string("SELECT count(*) FROM (SELECT 1 FROM ") + table.view + " LIMIT 1)") == 0;
}

// Puts an empty index like it in the place of the one there is, which is kept under its old name. If an old one is
// there already, the one between was not finished and goes.
void set_aside(Connection& connection, const SearchTable& table) {
  const string index = table.index, old = old_name(table);
  string sql;
  {
    auto query = connection.query("SELECT sql FROM sqlite_master WHERE name = ?");
    query.bind(index);
    query.step();
    sql = query.text(0);
  }
  vector<std::pair<string, string>> options;
  {
    auto query = connection.query("SELECT k, v FROM " + index + "_config WHERE k <> 'version'");
    while (query.step()) options.emplace_back(query.text(0), query.text(1));
  }
  connection.execute(has_table(connection, old) ? "DROP TABLE " + index : "ALTER TABLE " + index + " RENAME TO " + old);
  connection.execute(sql);
  for (const auto& [name, value] : options) {
    connection.execute("INSERT INTO " + index + " (" + index + ", rank) VALUES ('" + name + "', " + value + ")");
  }
}

void drop_old(Connection& connection) {
  for (const auto* table : {&kItemTable, &kContactTable})
    connection.execute("DROP TABLE IF EXISTS " + old_name(*table));
  connection.execute("DELETE FROM settings WHERE name = 'search_rebuild'");
}

}  // namespace

bool IndexRebuild::has(const SearchTable& table, std::int64_t key) const {
  const auto its_phase = &table == &kContactTable ? Phase::contacts : Phase::items;
  return phase == its_phase ? key <= done : phase > its_phase;
}

optional<IndexRebuild> find_rebuild(Connection& connection) {
  const auto text = setting(connection, "search_rebuild");
  if (!text) return {};
  IndexRebuild rebuild;
  rebuild.phase = text->starts_with("contacts") ? Phase::contacts
                  : text->starts_with("items")  ? Phase::items
                                                : Phase::clearing;
  rebuild.done = std::stoll(text->substr(text->find(' ')));
  return rebuild;
}

string index_for_queries(Connection& connection, const SearchTable& table) {
  const auto rebuild = find_rebuild(connection);
  if (rebuild && rebuild->answers_from_old()) return old_name(table);
  // Migrated, but never opened for writing since.
  if (!rebuild && !setting(connection, "search_folding") && has_table(connection, old_name(table))) {
    return old_name(table);
  }
  return table.index;
}

void prepare_index(Connection& connection) {
  const string version = folding_version();
  Transaction transaction(connection);
  if (setting(connection, "search_folding") == version) return;
  if (const auto rebuild = find_rebuild(connection); rebuild && !rebuild->answers_from_old()) drop_old(connection);
  set_aside(connection, kItemTable);
  set_aside(connection, kContactTable);
  set(connection, "search_folding", version);
  write(connection, {Phase::contacts, kBeforeAll});
  if (is_empty(connection, kItemTable) && is_empty(connection, kContactTable)) drop_old(connection);
  transaction.commit();
}

IndexRebuilder::IndexRebuilder(Connection& connection) : connection_(connection) {}

bool IndexRebuilder::step() {
  const auto rebuild = find_rebuild(connection_);
  if (!rebuild) return false;
  if (total_ < 0) {
    total_ = 0;
    for (const auto* table : {&kContactTable, &kItemTable}) {
      if (rebuild->phase > (table == &kContactTable ? Phase::contacts : Phase::items)) continue;
      const bool is_begun = rebuild->phase == (table == &kContactTable ? Phase::contacts : Phase::items);
      total_ += connection_.integer(string("SELECT count(*) FROM ") + table->view + " WHERE " + table->key + " > " +
                                    (is_begun ? std::to_string(rebuild->done) : std::to_string(kBeforeAll)));
    }
  }
  Transaction transaction(connection_);
  bool more = true;
  switch (rebuild->phase) {
    case Phase::contacts: copy(kContactTable, *rebuild, Phase::items); break;
    case Phase::items: copy(kItemTable, *rebuild, Phase::clearing); break;
    case Phase::clearing: more = clear(); break;
  }
  transaction.commit();
  return more;
}

void IndexRebuilder::copy(const SearchTable& table, IndexRebuild rebuild, Phase next) {
  vector<std::int64_t> keys;
  {
    // Of the view, the smallest keys of each of its halves are found by themselves.
    auto query =
        connection_.query(&table == &kItemTable ? "SELECT item FROM (SELECT item FROM calls WHERE item > ?1 UNION ALL"
                                                  " SELECT item FROM messages WHERE item > ?1) ORDER BY item LIMIT ?2"
                                                : "SELECT key FROM contacts WHERE key > ?1 ORDER BY key LIMIT ?2");
    query.bind(rebuild.done, kMostDocuments);
    while (query.step()) keys.push_back(query.integer(0));
  }
  std::size_t bytes = 0;
  for (const auto key : keys) {
    if (&table == &kContactTable) write_name_keys(connection_, key);
    if (const auto document = read_document(connection_, table, key)) {
      insert_document(connection_, table, key, *document);
      for (const auto& text : *document) bytes += text ? text->size() : 0;
    }
    rebuild.done = key;
    ++done_;
    if (bytes > kMostBytes) break;
  }
  if (keys.empty()) rebuild = {next, kBeforeAll};
  write(connection_, rebuild);
}

// Dropping an index in one step would write as much to the log as the index is large.
bool IndexRebuilder::clear() {
  for (const auto* table : {&kItemTable, &kContactTable}) {
    const string rows = old_name(*table) + "_data";
    if (!has_table(connection_, rows)) continue;
    const string some = "SELECT id FROM " + rows + " WHERE id > 10 LIMIT " + std::to_string(kRowsToClear);
    if (connection_.integer("SELECT count(*) FROM (" + some + ")") == 0) continue;
    connection_.execute("DELETE FROM " + rows + " WHERE id IN (" + some + ")");
    return true;
  }
  drop_old(connection_);
  return false;
}

}  // namespace callarchive::storage
