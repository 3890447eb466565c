#include "storage/search_vocabulary.h"

#include "storage/sqlite.h"

#include <set>

namespace callarchive::storage {
namespace {

constexpr const char* kFirstOfItems = "SELECT term FROM temp.item_words WHERE term >= ? LIMIT 1";
constexpr const char* kFirstOfContacts = "SELECT term FROM temp.contact_words WHERE term >= ? LIMIT 1";

// Steps from word to word: the places of a word are never walked.
bool collect(Connection& connection, const char* first, const string& beginning, std::size_t most, std::set<string>& words) {
  for (string from = beginning;;) {
    auto query = connection.query(first);
    query.bind(from);
    if (!query.step()) return true;
    string word = query.text(0);
    if (!word.starts_with(beginning)) return true;
    from = word + '\0';  // the least that is greater
    words.insert(std::move(word));
    if (words.size() > most) return false;
  }
}

}  // namespace

void open_vocabulary(Connection& connection) {
  // https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module
  connection.execute("PRAGMA query_only = OFF");  // a temporary table is written, too, but not to the file
  connection.execute("CREATE VIRTUAL TABLE temp.item_words USING fts5vocab(main, search, instance)");
  connection.execute("CREATE VIRTUAL TABLE temp.contact_words USING fts5vocab(main, contact_search, instance)");
  connection.execute("PRAGMA query_only = ON");
}

optional<vector<string>> words_from(Connection& connection, const string& beginning, std::size_t most) {
  std::set<string> words;
  if (!collect(connection, kFirstOfItems, beginning, most, words)) return {};
  if (!collect(connection, kFirstOfContacts, beginning, most, words)) return {};
  return vector<string>(words.begin(), words.end());
}

}  // namespace callarchive::storage
