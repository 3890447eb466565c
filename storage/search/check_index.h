#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

namespace callarchive::storage {

// Compares an index with the text that it was made of: FTS5 can only check whether an index is sound in itself, since
// what was indexed is not the text but its words, folded. Returns what is wrong, or nothing. Takes as long as making
// the index. A document whose rebuild is outstanding is left out.
optional<string> check_index(Connection& connection, const SearchTable& table);

}  // namespace callarchive::storage
