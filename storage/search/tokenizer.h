#pragma once

#include "storage/records.h"

#include <memory>
#include <string_view>

namespace callarchive::storage {

class Connection;

// A word as the search index holds it: case and accents folded.
struct Token {
  string text = {};
  std::size_t begin = 0;  // bytes of the original text
  std::size_t end = 0;
};

// FTS5's own tokenizer, as the index uses it, over text that is spelled plainly, so that what is asked and what is kept
// part into the same words. For the thread and the lifetime of its connection.
class Tokenizer {
 public:
  explicit Tokenizer(Connection& connection);
  ~Tokenizer();
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  // The words of a text, in order. With `limit`, not more than so many.
  vector<Token> tokens(std::string_view text, std::size_t limit = SIZE_MAX) const;
  // The words joined by single blanks: two texts that differ in case, accents and punctuation alone are equal.
  string folded(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Adds to the connection the SQL functions
//   folded(text): as Tokenizer::folded; `tokenizer` must live as long as the connection;
//   match_ranges(search): where the phrases of the MATCH stand in a row of an FTS5 table, as read_ranges reads it.
void add_search_functions(Connection& connection, const Tokenizer& tokenizer);

// A place in a column of an FTS5 row, in bytes.
struct ColumnRange {
  int column = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Reads what match_ranges answered: by column and place. Ranges may overlap.
vector<ColumnRange> read_ranges(std::string_view blob);

}  // namespace callarchive::storage
