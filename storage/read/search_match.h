#pragma once

#include "storage/records.h"

#include <string_view>

namespace callarchive::storage {

class Connection;

// A search text as FTS5 expressions.
struct Match {
  string index = {};       // the FTS5 table to query
  string wanted = {};      // empty: the text only has exclusions
  string unwanted = {};    // set only if wanted is empty
  bool is_costly = false;  // slow to start: it has beginnings of words
};

// The same for a search over calls, messages and contacts.
struct Matches {
  Match items = {};
  Match contacts = {};
};

// For the index of calls and messages, for that of contacts, and for both. They throw EmptySearch and TooManyWords.
// Without `asks_items`, Matches::items is not optimized.
Match match_items(Connection& connection, std::string_view text);
Match match_contacts(Connection& connection, std::string_view text);
Matches match_all(Connection& connection, std::string_view text, bool asks_items);

}  // namespace callarchive::storage
