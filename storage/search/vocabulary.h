#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

// Makes the words of the indexes of calls and messages readable on this connection, in its own temporary schema. Before
// words_from.
void open_vocabulary(Connection& connection);

// All words of the index, one of calls and messages, that begin so, in order; nothing if there are more than `most`.
// Costs some 20 µs a word, however often each stands in the archive. `beginning` is folded.
optional<vector<string>> words_from(Connection& connection, const string& index, const string& beginning,
                                    std::size_t most);

}  // namespace callarchive::storage
