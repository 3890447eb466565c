#include "storage/search/vocabulary.h"

#include "storage/search/document.h"
#include "storage/sqlite/connection.h"

namespace callarchive::storage {

void open_vocabulary(Connection& connection) {
  // https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module
  connection.execute("PRAGMA query_only = OFF");  // a temporary table is written, too, but not to the file
  for (const string& index : {string(kItemTable.index), old_name(kItemTable)}) {
    connection.execute("CREATE VIRTUAL TABLE temp.words_of_" + index + " USING fts5vocab(main, " + index +
                       ", instance)");
  }
  connection.execute("PRAGMA query_only = ON");
}

optional<vector<string>> words_from(Connection& connection, const string& index, const string& beginning,
                                    std::size_t most) {
  vector<string> words;
  for (string from = beginning;;) {
    // From word to word: the places of a word are never walked.
    auto query = connection.query("SELECT term FROM temp.words_of_" + index + " WHERE term >= ? LIMIT 1");
    query.bind(from);
    if (!query.step()) return words;
    string word = query.text(0);
    if (!word.starts_with(beginning)) return words;
    if (words.size() == most) return {};
    from = word + '\0';  // the least that is greater
    words.push_back(std::move(word));
  }
}

}  // namespace callarchive::storage
