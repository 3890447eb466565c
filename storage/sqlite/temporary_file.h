#pragma once

#include <functional>
#include <string>

namespace callarchive::storage {

// A database file under construction, beside its destination. It is removed with its log on destruction, unless keep()
// was called. Its name, "<base>-<process>-<number>.tmp", is unique, so that several processes may do the same work at
// once. The object holds a lock on the file (flock), which ends with the process.
class TemporaryFile {
 public:
  // Creates an empty file, and removes files with the same base that killed processes left. Throws NotDurable.
  explicit TemporaryFile(const std::string& base);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  std::string path_ = {};
  int descriptor_ = -1;
  bool kept_ = false;
};

// Removes the temporary files in a folder, with their logs, that no process holds any longer and whose base, without
// the folder, `is_ours` accepts. Files that cannot be removed are left.
void remove_leftovers(const std::string& folder, const std::function<bool(const std::string& base)>& is_ours);

// fsync of a file, and of the folder that contains a path, after which a new name is on disk. They throw NotDurable.
void sync_file(const std::string& path);
void sync_folder_of(const std::string& path);

}  // namespace callarchive::storage
