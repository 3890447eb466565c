#include "storage/care/backup.h"

#include "storage/errors.h"
#include "storage/ledger/changes.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/state_file.h"

#include <chrono>
#include <filesystem>

namespace callarchive {

namespace fs = std::filesystem;
using namespace storage;

namespace {

// Removes the oldest copies of the archive until `keep` are left, the new one among them.
void prune(const string& folder, const string& stem, std::size_t keep, BackupResult& result) {
  const auto made = read_state_of(result.path);
  // The new one is kept whatever the others are called: a clock may have been wrong.
  auto copies = find_copies(folder, stem);
  std::erase(copies, result.path);
  optional<ArchiveState> newest;
  result.foreign = static_cast<std::int64_t>(std::erase_if(copies, [&](const string& copy) {
    auto state = read_state_of(copy);
    const bool is_ours = state && made && state->id == made->id;
    if (is_ours) newest = std::move(state);
    return !is_ours;
  }));
  if (result.damage.count > 0) {
    result.kept_back = "no older copy was removed, since the archive is damaged and one of them may be whole";
    return;
  }
  if (newest && newest->deliveries > result.deliveries) {
    result.kept_back = "the new copy has " + in_words(*made) + ", but the newest one before it, " + copies.back() +
                       ", has " + in_words(*newest) + ": no older copy was removed";
    return;
  }
  while (copies.size() >= keep) {
    fs::remove(copies.front());
    result.removed.push_back(copies.front());
    copies.erase(copies.begin());
  }
  if (!result.removed.empty()) remove_unnamed_media(find_copies(folder, stem), media_base_of_copy(result.path));
}

}  // namespace

namespace {

BackupResult copy_with_media(const string& source, const string& copy, const ReportCopy& report) {
  BackupResult result{make_copy(source, copy, report)};
  result.media = copy_media(result.path, source, media_base_of_copy(result.path), report);
  return result;
}

// A copy that lacks something is none to rely on.
void note_backup(const string& source, const BackupResult& result) {
  if (result.damage.count > 0 || !result.media.missing.empty()) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  write_backup_note(
      source, {std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), result.bytes, result.deliveries});
}

}  // namespace

BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep) {
  const bool into_folder = fs::is_directory(destination);
  if (!into_folder && keep != 0) {
    throw CannotOpen(destination + " is not a folder; --keep needs one");
  }
  const string stem = fs::path(source).stem().string();
  auto result = copy_with_media(source, into_folder ? name_copy(destination, stem) : destination, report);
  if (keep != 0) prune(destination, stem, keep, result);
  note_backup(source, result);
  return result;
}

BackupResult restore(const string& copy, const string& destination, const ReportCopy& report) {
  require_archive(copy);
  require_free(destination);
  const FileLock lock(destination);
  require_intact(copy);
  for (const char* suffix : {"-wal", "-shm", "-journal"}) fs::remove(destination + suffix);
  BackupResult result{make_copy(copy, destination, report)};
  {
    // Whoever follows the archive has read on from here: to them it is another history.
    Connection connection(destination, Connection::Mode::writer);
    begin_new_feed(connection);
  }
  if (const auto state = read_state_of(destination)) write_state_file(destination, *state);
  result.media = copy_media(destination, media_base_of_copy(copy), destination, report);
  return result;
}

}  // namespace callarchive
