#pragma once

#include "storage/records.h"

#include <functional>

// Copies of an archive's file: complete, checked and synced. All functions throw CannotOpen when the request was wrong
// (no such file, no archive, the destination exists) and NotDurable when the copy could not be made.

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

// A copy of one moment, not checked and not synced. `copy` must not exist. For looking into.
CopyResult copy_archive(const string& source, const string& copy, const ReportCopy& report);

// A copy under a temporary name, checked, synced, and then renamed to `destination`, which must not exist.
CopyResult make_copy(const string& source, const string& destination, const ReportCopy& report);

// The copy that is made before a file of an older schema is migrated: "<path>.v<version>-20240115T103000Z.db".
CopyResult copy_before_migration(const string& path, int version);

// The path of a copy that is made now: "<folder>/<stem>-20240115T103000Z.db". Removes the unfinished copies of that
// stem that killed processes left.
string name_copy(const string& folder, const string& stem);
// The finished copies of that stem in the folder, oldest first. No file of another name is ever among them.
vector<string> find_copies(const string& folder, const string& stem);

void require_archive(const string& path);  // that a file is there, and is an archive of a known version
void require_free(const string& path);     // that nothing is there
void require_intact(const string& path);   // that SQLite's integrity check finds nothing

}  // namespace storage
}  // namespace callarchive
