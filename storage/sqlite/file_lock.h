#pragma once

#include <string>

namespace callarchive::storage {

// The file that a path means, whether it is there yet or not: symbolic links followed, also one to a file that is not
// there, which SQLite would make. Throws CannotOpen for links without end.
std::string real_path(const std::string& path);

// Holds a file for one writing process: an advisory lock on "<path>.lock", which says who holds it. The system
// releases it with the process, however that ends.
class FileLock {
 public:
  // Throws IsWritten, naming the holder, when another process writes to this file; CannotOpen when the file has hard
  // links, whose locks would be other ones.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

// Throws CannotOpen when the file, or the folder it will be made in, lies on a network filesystem: locks and
// shared memory cannot be trusted there.
void refuse_network_filesystem(const std::string& path);

}  // namespace callarchive::storage
