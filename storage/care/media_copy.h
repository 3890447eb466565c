#pragma once

#include "storage/records.h"
#include "storage/sqlite/copy.h"

// The sounds of an archive beside its copies.

namespace callarchive {

struct MediaCopy {
  std::int64_t copied = 0;
  std::int64_t bytes = 0;       // of those
  std::int64_t there = 0;       // that the destination had already
  vector<string> missing = {};  // digests of files that are not there, or do not have their digest any more
};

namespace storage {

// The path to which ".media" is added for the sounds of a copy: one for all copies of a folder, so that a sound is
// copied once; for a copy of another name one of its own.
string media_base_of_copy(const string& copy);

// Copies every sound that the archive file `copy` names from the media folder of `from` to that of `to`, each checked
// and synced. What is there with the right length stays. Throws NotDurable.
MediaCopy copy_media(const string& copy, const string& from, const string& to, const ReportCopy& report);

// Removes the sounds beside copies that none of these copies names any more. Returns how many. Removes nothing when one
// of the copies cannot be read.
std::int64_t remove_unnamed_media(const vector<string>& copies, const string& base);

}  // namespace storage
}  // namespace callarchive
