#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;

// A search text as FTS5 expressions.
struct Match {
  string index = {};       // that is to be queried: the FTS5 table
  string wanted = {};      // empty: the text only says what must not be there
  string unwanted = {};    // set only if wanted is empty
  bool is_costly = false;  // takes long to begin with: beginnings of words
};

// What a search over all looks for.
struct Matches {
  Match items = {};
  Match contacts = {};
};

// For the index of calls and messages, for that of contacts, and for both. Throw EmptySearch and TooManyWords. Without
// `asks_items`, that of items is not made ready to be quick.
Match match_items(Connection& connection, std::string_view text);
Match match_contacts(Connection& connection, std::string_view text);
Matches match_all(Connection& connection, std::string_view text, bool asks_items);

}  // namespace callarchive::storage
