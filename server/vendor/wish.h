#pragma once

#include "server/vendor/backfill.h"

// How `callarchive backfill` asks a service that holds the archive to do the work: by a file beside the archive, which
// only who may write the archive can make. So the API stays read-only, and one process alone sends requests.

namespace callarchive::vendor {

struct BackfillWish {
  optional<std::int64_t> since_day = {};
  bool reads_all = false;
  UseV1 v1 = UseV1::when_needed;
};

string wish_path(const string& archive_path);  // ARCHIVE.backfill
// Throws std::runtime_error.
void make_wish(const string& archive_path, const BackfillWish& wish);
// Whether there is one that nobody has taken.
bool has_wish(const string& archive_path);
void withdraw_wish(const string& archive_path);
// Removes and returns it. Nothing if there is none, or if it cannot be read.
optional<BackfillWish> take_wish(const string& archive_path);

}  // namespace callarchive::vendor
