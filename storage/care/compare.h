#pragma once

#include "storage/archive.h"

#include <functional>
#include <string>

namespace callarchive::storage {

// Compares every projected table of two files with the same ledger, and calls `differ` for each row that differs. The
// text names only its table and key, since the rest may be private: "- calls item=12" is only in `kept`, "+ …" only in
// `made`, "~ …" is in both with different values. Throws CannotOpen.
void compare_tables(const string& kept, const string& made, const std::function<void(string row)>& differ);

}  // namespace callarchive::storage
