#pragma once

#include "storage/archive.h"

#include <functional>

// Rebuilds the tables of an archive from its ledger.

namespace callarchive::storage {

class Connection;

struct ReplayProgress {
  std::int64_t done = 0;  // deliveries
  std::int64_t total = 0;
};
using ReportReplay = std::function<void(const ReplayProgress&)>;  // may throw to stop

struct ReplayResult {
  std::int64_t deliveries = 0;
  std::int64_t changed_outcomes = 0;  // such as quarantined ones that can be decoded now
  std::int64_t damaged = 0;  // whose bodies do not match their digests: they were changed after they were received
  std::int64_t first_damaged = 0;  // its id
};

// Replays the ledger of the archive into `target`, an empty file. `options` as for Archive; an empty default_region
// means the archive's own. Throws CannotOpen and NotDurable.
ReplayResult replay_ledger(const ArchiveOptions& options, const Decoder& decode, const string& target,
                           const ReportReplay& report);

// Replays into a new file beside the archive, which replaces it at the end: if it is stopped at any moment, the old
// file is unchanged. The caller holds the archive's FileLock and no connection; `options.path` is a real path
// (real_path). Throws CannotOpen, also if a reader keeps the log from being emptied, and NotDurable.
ReplayResult replay_in_place(const ArchiveOptions& options, const Decoder& decode, const ReportReplay& report);

// Whether the tables are as this program makes them; an older one may have read numbers or times differently. Always
// true for an archive without deliveries.
bool has_newest_projection(Connection& connection);
// Records that they are.
void set_projection_version(Connection& connection);

}  // namespace callarchive::storage
