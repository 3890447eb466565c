#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

constexpr int kFoldedNameLength = 100;  // characters of contacts.folded_name

// Writes contacts.folded_name, which the filter `name` looks into, and contacts.sort_key, the contact's place in lists,
// as name and last name of the row demand.
void write_name_keys(Connection& connection, std::int64_t contact);

}  // namespace callarchive::storage
