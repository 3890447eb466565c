#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;

// Adds to the connection the SQL functions
//   folded(text): as folded() of storage/text/words.h;
//   match_words(search): which words of a row of an FTS5 table the phrases of the MATCH are, as read_matches reads it.
// Throws SQLite::Exception.
void add_search_functions(Connection& connection);

// A phrase that occurs in a row: words of a column, counted from its first.
struct MatchedWords {
  int column = 0;
  int first = 0;
  int count = 0;
};
// Reads what match_words answered: by column and place. Phrases may overlap.
vector<MatchedWords> read_matches(std::string_view blob);

}  // namespace callarchive::storage
