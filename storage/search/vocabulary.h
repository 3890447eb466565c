#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// Makes the words of the indexes of calls and messages readable on this connection, in its temporary schema. Must be
// called before words_from().
void open_vocabulary(Connection& connection);

// All words with this beginning in `index`, one of those of calls and messages, in order; nothing if there are more
// than `most`. Costs some 20 µs per word, however often each occurs. `beginning` is folded.
optional<vector<string>> words_from(Connection& connection, const string& index, const string& beginning,
                                    std::size_t most);

}  // namespace callarchive::storage
