#pragma once

#include "storage/records.h"

// Which archive a file is, and how much it held: in the file, and once more beside it, in "<path>.state". So a file
// that was lost, emptied or exchanged while nobody looked is told from one that is new.

namespace callarchive {

struct ArchiveState {
  string id = {};  // 32 hexadecimal digits, made with the archive; its copies have the same. Empty: none yet
  std::int64_t deliveries = 0;
  optional<Millis> last_delivery_at = {};  // when the last one of the ledger arrived
};

// The newest copy that `backup` made of an archive.
struct BackupNote {
  Millis at = 0;
  std::int64_t bytes = 0;
  std::int64_t deliveries = 0;
};

namespace storage {

class Connection;

// What the file of an open connection says of itself; the schema must be there.
ArchiveState read_state(Connection& connection);
// The same of a file that is not open; absent if it cannot be read, or has no id.
optional<ArchiveState> read_state_of(const string& path);
// Gives an archive that has no id its own.
void adopt_id(Connection& connection);

// What stood beside the file when it was last written; absent if there is nothing that can be read.
optional<ArchiveState> read_state_file(const string& path);
// Replaces it. It is for warnings alone: what cannot be written is not.
void write_state_file(const string& path, const ArchiveState& state);

// Stands beside the archive in "<path>.backup", as far as whoever makes the copy may write there.
optional<BackupNote> read_backup_note(const string& path);
void write_backup_note(const string& path, const BackupNote& note);

// Throws CannotOpen if the file is missing or empty where an archive has been.
void require_no_lost_archive(const string& path);
// How the archive differs from what was there last, as a sentence; empty if it does not.
string difference(const string& path, const ArchiveState& found);

// "2500 deliveries, the last of 2024-01-15T10:30:00Z".
string in_words(const ArchiveState& state);

}  // namespace storage
}  // namespace callarchive
