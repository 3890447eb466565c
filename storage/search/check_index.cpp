#include "storage/search/check_index.h"

#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

namespace callarchive::storage {
namespace {

// The sum of the digests of all words of each document with their places: equal sums are equal documents, but for an
// accident of one in 2^64.
using Sums = std::map<std::int64_t, std::uint64_t>;

std::uint64_t digest(std::string_view word, std::size_t column, std::int64_t place) {
  std::uint64_t value = std::hash<std::string_view>()(word) ^ (column + 1) * 0x9e3779b97f4a7c15u;
  value ^= static_cast<std::uint64_t>(place + 1) * 0xbf58476d1ce4e5b9u;
  // The last steps of splitmix64, so that sums of similar values do not cancel out.
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

void add_document(Sums& sums, std::int64_t key, const Document& document) {
  for (std::size_t column = 0; column < document.size(); ++column) {
    if (!document[column]) continue;
    const std::string_view text = *document[column];
    std::int64_t place = 0;
    for (std::size_t begin = 0; begin < text.size(); ++place) {
      const auto end = std::min(text.find(' ', begin), text.size());
      sums[key] += digest(text.substr(begin, end - begin), column, place);
      begin = end + 1;
    }
  }
}

Sums sums_of_text(Connection& connection, const SearchTable& table) {
  Sums sums;
  const auto rebuild = find_rebuild(connection);
  auto query = connection.query(string("SELECT ") + table.key + " FROM " + table.view);
  while (query.step()) {
    const auto key = query.integer(0);
    if (rebuild && !rebuild->has(table, key)) continue;
    if (const auto document = read_document(connection, table, key)) add_document(sums, key, *document);
  }
  return sums;
}

Sums sums_of_index(Connection& connection, const SearchTable& table) {
  Sums sums;
  std::map<string, std::size_t> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i) columns[table.columns[i]] = i;
  connection.execute(string("CREATE VIRTUAL TABLE temp.checked USING fts5vocab(main, ") + table.index + ", instance)");
  {
    auto query = connection.query("SELECT term, doc, col, \"offset\" FROM temp.checked");
    while (query.step()) sums[query.integer(1)] += digest(query.text(0), columns[query.text(2)], query.integer(3));
  }
  connection.execute("DROP TABLE temp.checked");
  return sums;
}

}  // namespace

optional<string> check_index(Connection& connection, const SearchTable& table) {
  const string index = table.index;
  connection.execute("INSERT INTO " + index + " (" + index + ") VALUES ('integrity-check')");
  const auto wanted = sums_of_text(connection, table), found = sums_of_index(connection, table);
  for (const auto& [key, sum] : wanted) {
    const auto place = found.find(key);
    if (place == found.end()) return "document " + std::to_string(key) + " is not in it";
    if (place->second != sum) return "document " + std::to_string(key) + " has other words than its text";
  }
  for (const auto& [key, sum] : found) {
    if (!wanted.contains(key)) return "document " + std::to_string(key) + " does not exist";
  }
  return {};
}

}  // namespace callarchive::storage
