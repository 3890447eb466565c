#pragma once

#include "storage/archive.h"

#include <functional>

namespace callarchive {

// The result of one check. A warning deserves a look; a failure means that something is wrong now.
struct Finding {
  enum class Verdict { ok, warn, fail };
  string name = {};  // stable, for scripts: integrity, foreign_keys, search_index …
  Verdict verdict = Verdict::ok;
  string text = {};
};
const char* to_text(Finding::Verdict verdict);  // ok, warn, fail

struct Examination {
  ArchiveOptions archive = {};   // only path and default_region are read
  bool quick = false;            // leaves out what needs a copy of the file: bodies, search indexes and the rebuild
  string temporary_folder = {};  // for that copy; empty: beside the archive
  optional<std::chrono::hours> silence = {};  // a failure when nothing arrived for so long
};

// Examines the file while others may use it; changes nothing. Unless quick, needs as much room in the
// temporary folder as the file takes, twice. `report` is told of each finding when it is made. What cannot be opened is
// a finding too: nothing is thrown but by `report`.
vector<Finding> examine(const Examination& examination, const Decoder& decode,
                        const std::function<void(const Finding&)>& report);

namespace storage {

// The known bugs of an SQLite version (a number as of sqlite3_libversion_number) that can damage an archive; empty:
// none.
string known_bugs(int sqlite_version);

}  // namespace storage
}  // namespace callarchive
