#include "storage/temporary_file.h"

#include "storage/archive.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    std::filesystem::remove(path + suffix, ignored);
  }
}

void sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) throw NotDurable("cannot sync " + path + ": " + why);
}

}  // namespace

TemporaryFile::TemporaryFile(std::string path) : path_(std::move(path)) { remove_database(path_); }

TemporaryFile::~TemporaryFile() {
  if (!kept_) remove_database(path_);
}

void sync_file(const std::string& path) { sync_path(path, O_RDONLY); }

void sync_folder_of(const std::string& path) {
  sync_path(std::filesystem::absolute(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace callarchive::storage
