#pragma once

#include "storage/records.h"

#include <functional>

// Copies of an archive that can be trusted. All functions throw CannotOpen when the question was wrong (no such file,
// no archive, the destination is there already) and NotDurable when the copy could not be made.

namespace callarchive {

struct CopyProgress {
  std::int64_t done = 0;  // pages of 4 KiB
  std::int64_t total = 0;
};
using ReportCopy = std::function<void(const CopyProgress&)>;  // may throw to stop

struct BackupResult {
  string path = {};
  std::int64_t deliveries = 0;  // in the copy
  std::int64_t bytes = 0;
  vector<string> removed = {};  // older copies
};

// Copies one moment of the archive while others read and write it, into a temporary name; checks the copy, syncs it and
// renames it. The copy is one file without a log. `destination` is a file that must not exist, or a folder:
// then the name is "<archive>-20240115T103000Z.db", and when `keep` is not 0, only the newest `keep` copies of such
// names stay. While it runs, the log of the archive cannot begin anew.
BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep = 0);

// Makes an archive from a copy, checking it before and after. Never overwrites; removes a log that a lost
// archive of that name has left behind: it would be played into the new file.
BackupResult restore(const string& copy, const string& destination, const ReportCopy& report);

namespace storage {

// The copy that is made before a file of an older schema is migrated: "<path>.v<version>-20240115T103000Z.db".
BackupResult backup_before_migration(const string& path, int version);

// A copy of one moment, not checked and not synced. `copy` must not exist. For looking into.
BackupResult copy_archive(const string& source, const string& copy, const ReportCopy& report);

}  // namespace storage
}  // namespace callarchive
