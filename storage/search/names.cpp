#include "storage/search/names.h"

#include "storage/sqlite/connection.h"
#include "storage/text/words.h"

namespace callarchive::storage {
namespace {

// Longer names have the place of their beginning.
constexpr std::size_t kMostNameBytes = 400;

}  // namespace

void write_name_keys(Connection& connection, std::int64_t contact) {
  string name;
  {
    auto query = connection.query(
        "SELECT trim(coalesce(name, '') || ' ' || coalesce(last_name, '')) FROM contacts WHERE key = ?");
    query.bind(contact);
    if (!query.step()) return;
    name = query.text(0);
  }
  const string words = folded(name), key = collation_key(std::string_view(name).substr(0, kMostNameBytes));
  connection
      .query(
          "UPDATE contacts SET folded_name = coalesce(nullif(substr(:folded, 1, :length), ''), char(1114109)),"
          " sort_key = coalesce(nullif(:sort_key, ''), 'none') WHERE key = :key")
      .bind(words, kFoldedNameLength, key, contact)
      .run();
}

}  // namespace callarchive::storage
