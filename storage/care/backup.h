#pragma once

#include "storage/care/media_copy.h"
#include "storage/sqlite/copy.h"

// Copies of an archive that can be trusted. All functions throw CannotOpen when the request was wrong (no such file,
// no archive, the destination exists) and NotDurable when the copy could not be made.

namespace callarchive {

struct BackupResult : CopyResult {
  vector<string> removed = {};  // older copies
  MediaCopy media = {};
};

// Copies one moment of the archive while others read and write it, into a temporary name; checks the copy, syncs it and
// renames it. The copy is one file without a log. `destination` is a file that must not exist, or a folder:
// then the name is "<archive>-20240115T103000Z.db", and when `keep` is not 0, only the newest `keep` copies of such
// names stay. The recordings follow, into "<destination>.media", or for copies in a folder into "<archive>.media"
// there, where each is copied once for all of them. While it runs, the log of the archive cannot begin anew.
BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep = 0);

// Makes an archive from a copy, checking it before and after. Never overwrites; removes a log that a lost
// archive of that name has left behind: it would be played into the new file. The recordings come from where backup()
// puts them; those that are not there are told.
BackupResult restore(const string& copy, const string& destination, const ReportCopy& report);

}  // namespace callarchive
