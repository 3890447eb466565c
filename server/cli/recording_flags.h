#pragma once

#include "server/cli/vendor_flags.h"
#include "server/recordings/fetcher.h"

#include <string>
#include <vector>

// The options of `serve` and `recordings fetch` that say where recordings come from.

namespace callarchive::cli {

struct RecordingFlags {
  VendorFlags vendor;
  std::vector<std::string> hosts;
  int at_once = 2;
  std::int64_t max_bytes = std::int64_t{512} << 20;
  std::int64_t media_reserve = std::int64_t{512} << 20;
};

void add_recording_flags(CLI::App& command, RecordingFlags& flags);

// The options for the fetcher that the flags mean, without `now` and `report`. Throws UsageError.
recordings::FetcherOptions read_fetcher_options(const RecordingFlags& flags);

}  // namespace callarchive::cli
