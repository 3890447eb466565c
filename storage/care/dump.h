#pragma once

#include "storage/archive.h"

#include <functional>
#include <span>
#include <string_view>

namespace callarchive {

// The tables that are made from the ledger.
std::span<const char* const> projected_tables();

// Writes every projected table in order, one line for each row: "table|column=value|…", values as SQL literals. What
// was numbered by arrival (ledger ids) stands as the digest of the delivery, so that two archives which were told the
// same things compare equal, in whatever order they heard them. Throws CannotOpen.
void dump_tables(const string& path, const std::function<void(std::string_view line)>& write);

}  // namespace callarchive
