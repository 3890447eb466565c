#pragma once

#include "storage/records.h"

#include <functional>

// Copies of an archive's file. All functions throw CannotOpen if the request was wrong (no such file, not an archive,
// the destination exists) and NotDurable if the copy could not be made.

namespace callarchive {

struct CopyProgress {
  std::int64_t done = 0;  // pages of 4 KiB
  std::int64_t total = 0;
};
using ReportCopy = std::function<void(const CopyProgress&)>;  // may throw to stop

// The rows of the ledger whose body does not fit its sha256, or whose other columns do not fit their seal. A row that
// an older program wrote has none.
struct LedgerDamage {
  std::int64_t count = 0;
  std::int64_t first = 0;  // its number
  string in_words() const;
};

struct CopyResult {
  string path = {};
  std::int64_t deliveries = 0;  // in the copy
  std::int64_t bytes = 0;
  LedgerDamage damage = {};  // which the archive has, too; found in copies that were checked
};

namespace storage {

class Connection;
class TemporaryFile;

// A copy of one moment, not checked and not synced. `copy` must not exist. For looking into.
CopyResult copy_archive(const string& source, const string& copy, const ReportCopy& report);

// Syncs a finished file and gives it its name, which nobody must have. Its log must be empty.
void publish(TemporaryFile& file, const string& destination);

// A copy under a temporary name, checked, synced, and then renamed to `destination`, which must not exist.
CopyResult make_copy(const string& source, const string& destination, const ReportCopy& report);

// The copy that is made before a file of an older schema is migrated: "<path>.v<version>-20240115T103000Z.db". The two
// newest of such copies stay; older ones are removed.
CopyResult copy_before_migration(const string& path, int version);

LedgerDamage find_damage(Connection& connection);

// A copy of all that an open connection sees, also where its file has no name any more:
// "<path>.rescued-20240115T103000Z.db", synced, not checked. Returns its path.
string rescue_copy(Connection& from, const string& path);

// The path of a copy that is made now: "<folder>/<stem>-20240115T103000Z.db". Removes the unfinished copies of that
// stem that killed processes left.
string name_copy(const string& folder, const string& stem);
// The finished copies with that stem in the folder, oldest first. Files with other names are never among them.
vector<string> find_copies(const string& folder, const string& stem);

// All copies that were made before a migration of that file, oldest first.
vector<string> find_copies_before_migrations(const string& path);

void require_archive(const string& path);  // that a file is there, and is an archive of a known version
void require_free(const string& path);     // that nothing is there
void require_intact(const string& path);   // that SQLite's integrity check finds nothing

}  // namespace storage
}  // namespace callarchive
