#pragma once

#include "storage/ledger/replay.h"

namespace callarchive {

using RebuildProgress = storage::ReplayProgress;
using ReportProgress = storage::ReportReplay;

struct RebuildResult : storage::ReplayResult {
  vector<string> differences = {};  // of check_rebuild: the first few rows, as compare_tables names them
  std::int64_t difference_count = 0;
};

// Rebuilds the tables from the ledger of the file, in a new file beside it that replaces it at the end: if it is
// stopped at any moment, the old file is unchanged. No other process may have it open for writing. `options` as for
// Archive; an empty default_region keeps the file's. Throws CannotOpen, also if a reader keeps the log from being
// emptied, and NotDurable.
RebuildResult rebuild(const ArchiveOptions& options, const Decoder& decode, const ReportProgress& report);

// Rebuilds the tables in a temporary file beside it and compares them, without changing anything. Throws the same.
RebuildResult check_rebuild(const ArchiveOptions& options, const Decoder& decode, const ReportProgress& report);

}  // namespace callarchive
