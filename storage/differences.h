#pragma once

#include "storage/event.h"

// What a report would change in what the archive knows, by the rules by which it would be stored. So what is stored by
// backfill differs no more, and a report that is only poorer does not differ at all.

namespace callarchive {

// A field as the answers of the API name it, and both values as text; absent: nothing.
struct Difference {
  string field = {};
  optional<string> here = {};
  optional<string> there = {};
  bool operator==(const Difference&) const = default;
};

// `known` with its transcript. A link to a recording is only a hint, and is not compared.
vector<Difference> find_differences(const Call& known, const CallCompleted& report);
vector<Difference> find_differences(const Message& known, const MessageStored& report);
vector<Difference> find_differences(const Contact& known, const ContactChanged& report);

// Whether two texts are one number, as far as that does not depend on the region of an archive.
bool is_same_telephone(const string& a, const string& b);

}  // namespace callarchive
