#pragma once

#include "storage/records.h"

#include <string>
#include <vector>

// A long log of invented deliveries of all dialects and topics, for tests that shuffle it.

namespace callarchive::test {

struct Sent {
  std::string body = {};
  optional<std::string> webhook_id = {};
  // Deliveries that carry no time of their own and speak of one object: their order of arrival is the order in which
  // they hold, so whoever shuffles must keep it. Empty: may arrive at any time.
  std::string lane = {};
};

// At least 10,000 deliveries about some thousand calls, messages and contacts that are spoken of again and again, in
// several dialects, with conflicting and poorer contents, at tying times, with tags before their call. In the
// order of their times. The same seed gives the same log.
std::vector<Sent> make_delivery_log(unsigned seed);

}  // namespace callarchive::test
