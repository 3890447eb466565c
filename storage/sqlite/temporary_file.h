#pragma once

#include <functional>
#include <string>

namespace callarchive::storage {

// A database file that is being made, beside the one it is made for: removed with its log when the work ends before
// `keep`. Its name, "<base>-<process>-<number>.tmp", is of this object alone, so that several processes may do the same
// work at once. The object holds a lock on the file (flock), which ends with the process.
class TemporaryFile {
 public:
  // Makes an empty file, and removes what killed processes left of the same base. Throws NotDurable.
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

// Removes the temporary files of a folder, with their logs, that no process holds any more and whose base, without the
// folder, is accepted. What cannot be removed stays.
void remove_leftovers(const std::string& folder, const std::function<bool(const std::string& base)>& is_ours);

// fsync of a file, and of the folder that names a path: a new name is on disk after the latter. Throw NotDurable.
void sync_file(const std::string& path);
void sync_folder_of(const std::string& path);

}  // namespace callarchive::storage
