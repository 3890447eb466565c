#pragma once

#include "storage/ledger/replay.h"

namespace callarchive {

using RebuildProgress = storage::ReplayProgress;
using ReportProgress = storage::ReportReplay;

struct RebuildResult : storage::ReplayResult {
  vector<string> differences = {};  // of check_rebuild: the first few rows, as compare_tables names them
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
