#pragma once

#include <string>

namespace callarchive::storage {

// A database file that is being made: removed with its log when the work ends before `keep`.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path);  // removes what an earlier run left there
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

// fsync of a file, and of the folder that names a path: a new name is on disk after the latter. Throw NotDurable.
void sync_file(const std::string& path);
void sync_folder_of(const std::string& path);

}  // namespace callarchive::storage
