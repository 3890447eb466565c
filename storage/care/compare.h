#pragma once

#include "storage/archive.h"

#include <functional>
#include <string>

namespace callarchive::storage {

// Compares every projected table of two files with the same ledger. Each row that differs is told by its table and key
// alone, since what else it holds are names and texts: "- calls item=12" is only in `kept`, "+ …" only in `made`, "~ …"
// in both, but not alike. Throws CannotOpen.
void compare_tables(const string& kept, const string& made, const std::function<void(string row)>& differ);

}  // namespace callarchive::storage
