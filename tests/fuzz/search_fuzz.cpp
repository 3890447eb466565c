#include "storage/read/search_match.h"
#include "storage/search/grammar.h"
#include "storage/search/vocabulary.h"
#include "storage/sqlite/connection.h"

#include <cstdlib>

// Any text is either refused, as empty or too long, or becomes an expression that FTS5 takes.

namespace {

using namespace callarchive;
using namespace callarchive::storage;

struct Index {
  Index() {
    connection.execute("CREATE TABLE numbers (number TEXT)");
    connection.execute("INSERT INTO numbers VALUES ('+33612345678'), ('+14155550100'), ('AMAZON')");
    connection.execute("CREATE TABLE settings (name TEXT, value TEXT)");
    connection.execute(
        "CREATE VIRTUAL TABLE search USING fts5 (words, numbers,"
        " tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")");
    connection.execute("INSERT INTO search VALUES ('hello world 東 京', '33612345678')");
    open_vocabulary(connection);
  }
  Connection connection{":memory:", Connection::Mode::writer};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Index index;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    for (const auto& make : {match_items, match_contacts}) {
      const auto match = make(index.connection, text);
      if (match.wanted.empty() == match.unwanted.empty()) std::abort();
      auto query = index.connection.query("SELECT rowid FROM search WHERE search MATCH ?");
      query.bind(match.wanted.empty() ? match.unwanted : match.wanted);
      query.run();
    }
  } catch (const EmptySearch&) {
    return 0;
  } catch (const TooManyWords&) {
    return 0;
  }
  return 0;
}
