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
  ArchiveOptions archive = {};  // only path and default_region are read
  bool quick = false;           // leaves out what needs a copy of the file: bodies, search indexes and the rebuild
  optional<std::chrono::hours> silence = {};  // it is a failure if nothing has arrived for so long
};

// Examines the file, which may be in use, and changes nothing. Unless quick, it needs twice the size of the file as
// free space beside it. `report` is called with each finding at once. A file that cannot be opened is a finding too:
// only `report` can make this throw.
vector<Finding> examine(const Examination& examination, const Decoder& decode,
                        const std::function<void(const Finding&)>& report);

namespace storage {

// The known bugs of an SQLite version (a number as of sqlite3_libversion_number) that can damage an archive; empty:
// none.
string known_bugs(int sqlite_version);

}  // namespace storage
}  // namespace callarchive
