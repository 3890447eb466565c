#pragma once

#include "storage/archive.h"

#include <functional>

namespace callarchive {

struct RebuildProgress {
  std::int64_t done = 0;  // deliveries
  std::int64_t total = 0;
};
using ReportProgress = std::function<void(const RebuildProgress&)>;  // may throw to stop

struct RebuildResult {
  std::int64_t deliveries = 0;
  std::int64_t changed_outcomes = 0;  // such as quarantined ones that can be read now
  std::int64_t damaged = 0;        // whose bodies do not fit their digests: they were changed since they were received
  std::int64_t first_damaged = 0;  // its id
  vector<string> differences;      // of --check: the first few rows, as compare_tables names them
  std::int64_t difference_count = 0;
};

// Makes every table again from the ledger of the file, into a new file beside it that takes its place at the
// end: stopped at any moment, the old one is as it was. No other process may have it open for writing. `options` as for
// Archive; an empty default_region keeps the file's. Throws CannotOpen, also when a reader keeps the log from being
// emptied, and NotDurable.
RebuildResult rebuild(const ArchiveOptions& options, const Decoder& decode, const ReportProgress& report);

// Makes the tables in a temporary file beside it and compares, without changing anything.
RebuildResult check_rebuild(const ArchiveOptions& options, const Decoder& decode, const ReportProgress& report);

}  // namespace callarchive
