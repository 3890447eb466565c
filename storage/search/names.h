#pragma once

#include "storage/records.h"

namespace callarchive::storage {

class Connection;

constexpr int kFoldedNameLength = 100;  // characters of contacts.folded_name

// Updates contacts.folded_name, which the filter `name` searches, and contacts.sort_key, which orders lists, from the
// contact's name and last name.
void write_name_keys(Connection& connection, std::int64_t contact);

}  // namespace callarchive::storage
