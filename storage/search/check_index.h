#pragma once

#include "storage/records.h"
#include "storage/search/document.h"

namespace callarchive::storage {

// Compares an index with the text that it was made from. FTS5 itself can only check whether an index is consistent,
// because what was indexed is not the text but its folded words. Returns what is wrong, or nothing. Takes as long as
// building the index. Documents that a rebuild has not reached yet are left out.
optional<string> check_index(Connection& connection, const SearchTable& table);

}  // namespace callarchive::storage
