#include "storage/care/backup.h"

#include "storage/errors.h"
#include "storage/ledger/changes.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"

#include <filesystem>

namespace callarchive {

namespace fs = std::filesystem;
using namespace storage;

BackupResult backup(const string& source, const string& destination, const ReportCopy& report, std::size_t keep) {
  if (!fs::is_directory(destination)) {
    if (keep != 0) throw CannotOpen(destination + " is not a folder; --keep needs one");
    BackupResult result{make_copy(source, destination, report)};
    result.media = copy_media(result.path, source, media_base_of_copy(result.path), report);
    return result;
  }
  const string stem = fs::path(source).stem().string();
  BackupResult result{make_copy(source, name_copy(destination, stem), report)};
  const string media = media_base_of_copy(result.path);
  result.media = copy_media(result.path, source, media, report);
  if (keep == 0) return result;
  // The new one is kept whatever the others are called: a clock may have been wrong.
  auto copies = find_copies(destination, stem);
  std::erase(copies, result.path);
  while (copies.size() >= keep) {
    fs::remove(copies.front());
    result.removed.push_back(copies.front());
    copies.erase(copies.begin());
  }
  if (!result.removed.empty()) remove_unnamed_media(find_copies(destination, stem), media);
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
  result.media = copy_media(destination, media_base_of_copy(copy), destination, report);
  return result;
}

}  // namespace callarchive
