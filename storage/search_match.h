#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;
class Tokenizer;

// A search text as FTS5 expressions.
struct Match {
  string wanted = {};    // empty: the text only says what must not be there
  string unwanted = {};  // set only if wanted is empty
  bool is_costly = false;  // takes long to begin with: beginnings of words
};

// For the index of calls and messages, and for that of contacts. Throws EmptySearch.
Match match_items(Connection& connection, const Tokenizer& tokenizer, std::string_view text);
Match match_contacts(Connection& connection, const Tokenizer& tokenizer, std::string_view text);

}  // namespace callarchive::storage
