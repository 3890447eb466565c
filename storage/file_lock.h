#pragma once

#include <string>

namespace callarchive::storage {

// Holds a file for one writing process: an advisory lock on "<path>.lock", which says who holds it. The system
// releases it with the process, however that ends.
class FileLock {
 public:
  // Throws CannotOpen, naming the holder, when another process writes to this file; also when the file has hard links,
  // whose locks would be other ones.
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
