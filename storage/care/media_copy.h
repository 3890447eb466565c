#pragma once

#include "storage/records.h"
#include "storage/sqlite/copy.h"

// The recordings of copies of an archive.

namespace callarchive {

struct MediaCopy {
  std::int64_t copied = 0;
  std::int64_t bytes = 0;       // of the copied ones
  std::int64_t there = 0;       // that the destination already had
  vector<string> missing = {};  // digests of files that are missing, or no longer have their digest
};

namespace storage {

// The path to which ".media" is added for the recordings of a copy: the same for all copies in a folder, so that each
// recording is copied once; for a copy with a name of its own, that name.
string media_base_of_copy(const string& copy);

// Copies every recording that the archive file `copy` names from the media folder of `from` to that of `to`, each
// checked and synced. A file that is there with the right length is left alone. Throws NotDurable.
MediaCopy copy_media(const string& copy, const string& from, const string& to, const ReportCopy& report);

// Removes the files in the media folder of `base` that none of these copies names. Returns how many. Removes nothing if
// one of the copies cannot be read.
std::int64_t remove_unnamed_media(const vector<string>& copies, const string& base);

}  // namespace storage
}  // namespace callarchive
