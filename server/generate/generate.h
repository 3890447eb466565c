#pragma once

#include "server/ingest/envelope.h"
#include "storage/records.h"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

// The invented traffic of a busy office, for tests of size and speed.

namespace callarchive::generate {

struct Share {
  ingest::Dialect dialect = ingest::Dialect::v1;
  unsigned weight = 1;
};

struct GenerateOptions {
  Millis start = 1'704'067'200'000;  // of the first event: 2024-01-01
  Millis mean_gap = 60'000;          // between two events
  unsigned call_percent = 30;
  unsigned message_percent = 60;  // the rest are contacts
  std::size_t people = 100'000;   // who call and are called, a few of them often, most of them rarely
  // With more than one dialect, some events are sent again in another one. v2 also has events for calls that begin, for
  // tags and for new summaries.
  std::vector<Share> dialects = {{}};
};

// Reads "v1" or "v1=3,v2=1". Throws std::invalid_argument.
std::vector<Share> parse_shares(std::string_view text);

// Writes `count` bodies of webhooks, one per line. The same arguments give the same bytes, and a smaller count gives
// the beginning of them. The memory used does not depend on the count. Throws std::ios_base::failure if `out` does.
void generate(std::uint64_t count, std::uint64_t seed, const GenerateOptions& options, std::ostream& out);

}  // namespace callarchive::generate
