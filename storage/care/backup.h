#pragma once

#include "storage/care/media_copy.h"
#include "storage/sqlite/copy.h"

// Backups. All functions throw CannotOpen if the request was wrong (no such file, not an archive, the destination
// exists) and NotDurable if the copy could not be made.

namespace callarchive {

struct BackupResult : CopyResult {
  vector<string> removed = {};  // the paths of older copies
  MediaCopy media = {};
};

// Copies one moment of the archive, which may be in use, under a temporary name; checks the copy, syncs it and renames
// it. The copy is one file without a log. `destination` is a file that must not exist, or a folder: then the name is
// "<archive>-20240115T103000Z.db", and if `keep` is not 0, only the newest `keep` copies with such names remain. The
// recordings are copied afterwards, into "<destination>.media", or for a folder into "<archive>.media" in it, where
// each is stored once for all copies. While the backup runs, the archive's log cannot start over.
BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep = 0);

// Makes an archive from a copy, which is checked before and after. Never overwrites an archive, but removes the log
// that a lost archive of that name has left: SQLite would apply it to the new file. The recordings come from where
// backup() puts them; BackupResult::media names those that are missing.
BackupResult restore(const string& copy, const string& destination, const ReportCopy& report);

}  // namespace callarchive
