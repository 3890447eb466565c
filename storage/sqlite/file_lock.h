#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace callarchive::storage {

// The file that a path means, whether it is there yet or not: symbolic links followed, also one to a file that is not
// there, which SQLite would make. Throws CannotOpen for links without end.
std::string real_path(const std::string& path);

// The open archive is not what its paths name any more: a file of it was removed, replaced, moved or emptied.
struct FileExchanged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Holds a file for one writing process: an advisory lock (flock(2)) on "<path>.lock", which says who holds it, and the
// same on the file itself, so that removing the first one lets nobody in. SQLite's own locks (fcntl(2)) do not see it.
// The system releases both with the process, however that ends. Must outlive all connections of this process to the
// file: closing a descriptor of a file ends the locks that SQLite has on it.
class FileLock {
 public:
  // Locks the file itself only if it is there. Throws IsWritten, naming the holder, when another process writes to this
  // file; CannotOpen when the file has hard links, whose locks would be other ones.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  // Locks the file that has the name now, after it was made or replaced by the holder. Throws CannotOpen.
  void hold_file();
  // Remembers which files stand at the paths of the archive, its log and its lock. To be called once all are there,
  // before other threads use the object.
  void remember_files();
  // Throws FileExchanged when others stand there now, or nothing, or the file is empty. Costs four stat(2). Any thread.
  void require_same_files() const;
  // Where the held file is now; absent once it has no name, which means that it vanishes with this process.
  std::optional<std::string> place_of_file() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity_of(const std::string& path);
  static Identity identity_of(int descriptor);

  std::string path_;  // links followed
  int lock_ = -1;
  int file_ = -1;
  std::vector<std::pair<std::string, Identity>> remembered_;
};

// Throws CannotOpen when the file, or the folder it will be made in, lies on a network filesystem: locks and
// shared memory cannot be trusted there.
void refuse_network_filesystem(const std::string& path);

}  // namespace callarchive::storage
