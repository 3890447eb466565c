#include "storage/sqlite/temporary_file.h"

#include "storage/errors.h"
#include "storage/sqlite/open_regular.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <regex>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(path + suffix, ignored);
  }
}

std::string folder_of(const std::string& path) { return fs::absolute(path).parent_path().string(); }

std::string next_name(const std::string& base) {
  static std::atomic<unsigned> next = 0;
  return base + "-" + std::to_string(::getpid()) + "-" + std::to_string(next++) + ".tmp";
}

// Another process that cleans up may have found the file before it was locked, and removed it.
bool still_stands(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 && info.st_nlink > 0;
}

// Removes a file with its log unless a process holds it. A log without its file is held by nobody.
void remove_unless_held(const std::string& path) {
  const int descriptor = open_regular(path, O_RDONLY);
  const bool is_free = descriptor >= 0 ? ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 : errno == ENOENT;
  if (is_free) remove_database(path);
  if (descriptor >= 0) ::close(descriptor);
}

void sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) throw NotDurable("cannot sync " + path + ": " + why);
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& base) {
  remove_leftovers(folder_of(base), [&](const auto& other) { return other == fs::path(base).filename(); });
  while (descriptor_ < 0) {
    path_ = next_name(base);
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
      if (errno == EEXIST) continue;
      throw NotDurable("cannot create " + path_ + ": " + std::strerror(errno));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 && still_stands(descriptor_)) return;
    ::close(std::exchange(descriptor_, -1));
  }
}

TemporaryFile::~TemporaryFile() {
  if (!kept_) remove_database(path_);
  ::close(descriptor_);
}

void remove_leftovers(const std::string& folder, const std::function<bool(const std::string& base)>& is_ours) {
  // A temporary file may have been the base of another one: what follows the first ".tmp" belongs to the first base
  // too.
  static const std::regex name_of_ours(R"(((.+?)-\d+-\d+\.tmp.*?)(-wal|-shm|-journal)?)");
  std::vector<std::string> found;
  std::error_code unreadable;
  for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    const std::string name = entry->path().filename().string();
    std::smatch parts;
    if (std::regex_match(name, parts, name_of_ours) && is_ours(parts[2])) found.push_back(parts[1]);
  }
  for (const auto& name : found) remove_unless_held((fs::path(folder) / name).string());
}

void sync_file(const std::string& path) { sync_path(path, O_RDONLY); }

void sync_folder_of(const std::string& path) { sync_path(folder_of(path), O_RDONLY | O_DIRECTORY); }

}  // namespace callarchive::storage
