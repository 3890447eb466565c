#pragma once

#include "storage/records.h"

#include <functional>

// Copies of an archive's file. All functions throw CannotOpen if the request was wrong (no such file, not an archive,
// the destination exists) and NotDurable if the copy could not be made.

namespace callarchive {

struct CopyProgress {
  std::int64_t done = 0;  // pages of 4 KiB
  std::int64_t total = 0;
};
using ReportCopy = std::function<void(const CopyProgress&)>;  // may throw to stop

struct CopyResult {
  string path = {};
  std::int64_t deliveries = 0;  // in the copy
  std::int64_t bytes = 0;
};

namespace storage {

// A copy of one moment, neither checked nor synced, for temporary use. `copy` must not exist.
CopyResult copy_archive(const string& source, const string& copy, const ReportCopy& report);

// A copy under a temporary name, checked, synced, and then renamed to `destination`, which must not exist.
CopyResult make_copy(const string& source, const string& destination, const ReportCopy& report);

// The copy that is made before a file of an older schema is migrated: "<path>.v<version>-20240115T103000Z.db".
CopyResult copy_before_migration(const string& path, int version);

// The path for a copy that is made now: "<folder>/<stem>-20240115T103000Z.db". Removes unfinished copies with that stem
// that killed processes left.
string name_copy(const string& folder, const string& stem);
// The finished copies with that stem in the folder, oldest first. Files with other names are never among them.
vector<string> find_copies(const string& folder, const string& stem);

void require_archive(const string& path);  // the file exists, and is an archive of a known version
void require_free(const string& path);     // nothing exists there
void require_intact(const string& path);   // SQLite's integrity check finds no error

}  // namespace storage
}  // namespace callarchive
