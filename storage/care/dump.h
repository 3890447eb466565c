#pragma once

#include "storage/archive.h"

#include <functional>
#include <span>
#include <string_view>

namespace callarchive {

// The tables that are made from the ledger.
std::span<const char* const> projected_tables();

// Writes every projected table in order, one line per row: "table|column=value|…", values as SQL literals. Numbers that
// depend on the order of arrival (ledger ids) are replaced by the digest of the delivery, so that two archives that
// received the same deliveries in any order give the same text. Throws CannotOpen.
void dump_tables(const string& path, const std::function<void(std::string_view line)>& write);

}  // namespace callarchive
