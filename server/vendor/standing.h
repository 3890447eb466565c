#pragma once

#include "storage/archive.h"
#include "storage/differences.h"

#include <string>
#include <vector>

// How something that the vendor has stands beside what the archive has.

namespace callarchive::vendor {

struct Standing {
  enum class State {
    missing,    // the archive does not know it
    same,       // it says nothing new
    different,  // it would change something
    unsure,     // a text without an id that may be one of several
    other,      // it is no call, text or contact
    unreadable
  };
  State state = State::other;
  string kind = {};  // CALL, SMS, PERSON
  string id = {};    // at the vendor; of a text without one, that which it has or would have here
  optional<Millis> at = {};
  string line = {};  // of a call or text: its number of the account, where the report names it as such
  vector<Difference> differences = {};
  string reason = {};  // why it is unsure or unreadable
};

// A row of the ledger, to be: `body` as the vendor wrote it.
Delivery make_fetched(const char* dialect, const char* topic, string body, Millis asked_at);

// Compares what a report says with the archive. Throws QueryTimeout.
Standing find_standing(Reader& reader, const Event& event);

}  // namespace callarchive::vendor
