#pragma once

#include "storage/care/media_copy.h"
#include "storage/sqlite/copy.h"

// Backups. All functions throw CannotOpen if the request was wrong (no such file, not an archive, the destination
// exists) and NotDurable if the copy could not be made.

namespace callarchive {

struct BackupResult : CopyResult {
  // What kept older copies from being removed: a sentence, or nothing.
  string kept_back = {};
  std::int64_t foreign = 0;     // copies in the folder that were left alone: of another archive, or unreadable
  vector<string> removed = {};  // older copies
  MediaCopy media = {};
};

// Copies one moment of the archive while others read and write it, into a temporary name; checks the copy, syncs it and
// renames it. The copy is one file without a log. `destination` is a file that must not exist, or a folder:
// then the name is "<archive>-20240115T103000Z.db", and when `keep` is not 0, only the newest `keep` copies of such
// names and of this very archive stay; but all of them, if the new one has fewer deliveries than the newest of them.
// The recordings follow, into "<destination>.media", or for copies in a folder into "<archive>.media" there, where each
// is copied once for all of them. While it runs, the log of the archive cannot begin anew.
BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep = 0);

// Makes an archive from a copy, which is checked before and after. Never overwrites an archive, but removes the log
// that a lost archive of that name has left: SQLite would apply it to the new file. The recordings come from where
// backup() puts them; BackupResult::media names those that are missing.
BackupResult restore(const string& copy, const string& destination, const ReportCopy& report);

}  // namespace callarchive
