#include "server/cli/whole_file.h"

#include "server/cli/output.h"
#include "storage/sqlite/temporary_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <unistd.h>

namespace callarchive::cli {

void fail_to_write(const std::string& path) {
  throw std::runtime_error("cannot write " + path + ": " + std::generic_category().message(errno));
}

WholeFile::WholeFile(const std::string& path) : path_(path), temporary_(path + ".XXXXXX") {
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) fail_to_write(path_);
}

WholeFile::~WholeFile() {
  ::close(descriptor_);
  if (!is_whole_) ::unlink(temporary_.c_str());
}

void WholeFile::keep() {
  if (::fsync(descriptor_) != 0) fail_to_write(path_);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_to_write(path_);
  is_whole_ = true;
  storage::sync_folder_of(path_);
}

void replace_file(const std::string& path, const std::string& text) {
  WholeFile file(path);
  Output output(file.descriptor());
  output.data(text);
  output.flush();
  file.keep();
}

}  // namespace callarchive::cli
