#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;
class Tokenizer;

// A search text as FTS5 expressions, for `search` and `contact_search` alike.
struct Match {
  string wanted = {};    // empty: the text only says what must not be there
  string unwanted = {};  // set only if wanted is empty
  bool is_costly = false;  // takes long to begin with: beginnings of words
};

// Throws EmptySearch.
Match make_match(Connection& connection, const Tokenizer& tokenizer, std::string_view text);

}  // namespace callarchive::storage
