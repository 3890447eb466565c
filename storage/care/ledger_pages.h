#pragma once

#include "storage/care/ledger_rows.h"

#include <functional>

// Rows of the ledger out of the pages of a file, whatever its structure says. The format is that of
// https://www.sqlite.org/fileformat2.html: a leaf of a table is a page whose first byte is 13.

namespace callarchive::storage {

// Calls `take` for each row that lies in some page and whose body fits its digest: nothing else looks like that. A row
// may come more than once, also as it was before its last change. Throws NotDurable when the file cannot be read.
void for_rows_in_pages(const string& path, const std::function<void(RawDelivery)>& take);

}  // namespace callarchive::storage
