#pragma once

#include <string>

namespace callarchive::cli {

// What errno says about a file that is written. Throws std::runtime_error.
[[noreturn]] void fail_to_write(const std::string& path);

// A file that has its name only when it is whole: until keep() it has another one beside it, and goes away with the
// object. Throws std::runtime_error.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path);
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  int descriptor() const { return descriptor_; }
  // What was written is on disk, under the path, when it returns.
  void keep();

 private:
  const std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  bool is_whole_ = false;
};

// Puts a text in place of a small file.
void replace_file(const std::string& path, const std::string& text);

}  // namespace callarchive::cli
