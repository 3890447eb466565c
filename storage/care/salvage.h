#pragma once

#include "storage/care/rebuild.h"

// A way on from a file that SQLite cannot read as a whole.

namespace callarchive {

struct SalvageResult {
  std::int64_t deliveries = 0;  // of the new archive
  std::int64_t lost = 0;        // of them, those that could not be read: quarantined rows without a body stand for them
  std::int64_t first_lost = 0;
  std::int64_t from_pages = 0;        // read past the damaged structure, out of single pages
  storage::ReplayResult replay = {};  // how their tables were made
  bool has_recordings = false;        // what is known of the recordings could be read, too
};

// Makes a new archive at `destination`, which must not exist, of every delivery that can be read in the damaged file at
// `options.path`: with number, times, outcome and body as they are. A number that cannot be read is taken by a
// quarantined delivery, so that all others keep theirs. Then makes the tables from them. The damaged file is only read.
// An empty default_region means the archive's own. Throws CannotOpen when there is no delivery at all, and NotDurable.
SalvageResult salvage(const ArchiveOptions& options, const string& destination, const Decoder& decode,
                      const ReportProgress& report);

}  // namespace callarchive
