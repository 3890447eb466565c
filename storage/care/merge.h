#pragma once

#include "storage/archive.h"
#include "storage/care/rebuild.h"

namespace callarchive {

struct MergeResult {
  std::int64_t read = 0;    // deliveries of the other archive
  std::int64_t merged = 0;  // of them, those that were missing here
};

// Stores the deliveries of the archive file `from` that this one lacks, such as those that came after the backup that
// it was restored from: webhook ids, times of arrival and counts as there. They get new numbers, and their place in the
// order is that of their arrival. May be repeated. `decode` as for the archive. Throws CannotOpen and NotDurable; then
// some may have been stored.
MergeResult merge_from(Archive& archive, const string& from, const Decoder& decode, const ReportProgress& report);

}  // namespace callarchive
