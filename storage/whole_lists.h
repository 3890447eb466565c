#pragma once

#include "storage/records.h"

// Lists for pages with numbers: the keys of all rows at once, from which any page can be loaded. Keys of a million
// calls are 8 MB and come from an index, which is what an exact count costs as well.

namespace callarchive {

struct ItemListFilter : ItemFilter {
  bool calls = true;
  bool messages = true;
  optional<string> line = {};  // in any spelling; took part, and so did `contact`
  optional<string> contact = {};
  optional<string> contact_id = {};
  vector<string> results = {};  // one or two: calls with one of them
  vector<string> tags = {};     // calls that have all of these
  bool has_recording_link = false;
  optional<string> q = {};  // search grammar, see storage/search/grammar.h
};

enum class ContactOrder { name, created, updated };  // ascending

// The kinds of things that deliveries speak of.
enum class ObjectKind { call, message, contact };

// A body of the ledger.
struct KeptBody {
  string dialect = {};
  string body = {};
};

}  // namespace callarchive
