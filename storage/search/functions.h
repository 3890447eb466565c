#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;

// Adds to the connection the SQL functions
//   folded(text): as folded() of storage/text/words.h;
//   match_words(search): which words of a row of an FTS5 table the MATCH has found, for read_matches().
// Throws SQLite::Exception.
void add_search_functions(Connection& connection);

// A phrase found in a row: `count` words of a column, from word `first` on, which counts from 0.
struct MatchedWords {
  int column = 0;
  int first = 0;
  int count = 0;
};
// Reads the result of match_words, ordered by column and position. Phrases may overlap.
vector<MatchedWords> read_matches(std::string_view blob);

}  // namespace callarchive::storage
