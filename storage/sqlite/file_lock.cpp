#include "storage/sqlite/file_lock.h"

#include "storage/errors.h"
#include "storage/sqlite/open_regular.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

struct Filesystem {
  unsigned long magic;
  const char* name;
};
// From statfs(2).
constexpr std::array<Filesystem, 8> kNetworkFilesystems = {{{0x6969, "NFS"},
                                                            {0x517b, "SMB"},
                                                            {0xff534d42, "CIFS"},
                                                            {0xfe534d42, "SMB2"},
                                                            {0x01021997, "9P"},
                                                            {0x5346414f, "AFS"},
                                                            {0x00c36400, "Ceph"},
                                                            {0x0bd00bd0, "Lustre"}}};

std::string holder(int descriptor) {
  std::array<char, 200> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  if (size <= 0) return "another process";
  std::string who(text.data(), static_cast<std::size_t>(size));
  return who.substr(0, who.find('\n'));
}

// SQLite keeps log and lock beside the name that was opened: by two names of one file, two processes would write it.
void refuse_second_name(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink <= 1) return;
  throw CannotOpen(path + " has " + std::to_string(info.st_nlink) +
                   " names (hard links), each of which would get a log and a lock of its own; remove all but one");
}

constexpr int kMostLinks = 40;  // as Linux has it

}  // namespace

std::string real_path(const std::string& path) {
  namespace fs = std::filesystem;
  fs::path real = fs::absolute(path);
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(real, error)); ++links) {
    const auto target = fs::read_symlink(real, error);
    if (error || links == kMostLinks) throw CannotOpen("cannot follow the symbolic link " + path);
    real = real.parent_path() / target;  // the target alone, if it is absolute
  }
  const auto folder = fs::canonical(real.parent_path(), error);
  return error ? real.string() : (folder / real.filename()).string();
}

// By whatever link the file is reached, its lock is one, beside the file itself.
FileLock::FileLock(const std::string& path) : path_(real_path(path)) {
  refuse_second_name(path);
  const std::string lock_path = path_ + ".lock";
  lock_ = open_regular(lock_path, O_RDWR | O_CREAT);
  if (lock_ < 0) {
    throw CannotOpen("cannot open " + lock_path + ": " + std::strerror(errno) +
                     " (it must be a regular file, in a folder that exists and is writable: SQLite keeps its log there"
                     " too)");
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(lock_);
    ::close(lock_);
    throw IsWritten(path + " is being written by " + who + "; one process writes an archive at a time");
  }
  try {
    hold_file();
  } catch (...) {
    ::close(lock_);
    throw;
  }
  const std::string who = "process " + std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, who.data(), who.size(), 0) < 0) {
    // Only the text for others is missing; the lock itself holds.
  }
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
  if (lock_ >= 0) ::close(lock_);
}

void FileLock::hold_file() {
  const auto found = identity_of(path_);
  if (!found || (file_ >= 0 && identity_of(file_) == *found)) return;
  const int descriptor = open_regular(path_, O_RDONLY);
  if (descriptor < 0) return;  // what is no file, or cannot be read, is told by whoever opens it
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    throw IsWritten(path_ +
                    " is being written by another process, whose lock file was removed; one process writes an"
                    " archive at a time");
  }
  if (file_ >= 0) ::close(file_);
  file_ = descriptor;
}

std::optional<FileLock::Identity> FileLock::identity_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return Identity{info.st_dev, info.st_ino};
}

FileLock::Identity FileLock::identity_of(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 ? Identity{info.st_dev, info.st_ino} : Identity{};
}

void FileLock::remember_files() {
  remembered_.clear();
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    if (const auto identity = identity_of(path_ + suffix)) remembered_.emplace_back(path_ + suffix, *identity);
  }
}

void FileLock::require_same_files() const {
  for (const auto& [path, identity] : remembered_) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
      throw FileExchanged(path + " was removed or moved while the archive was open");
    if (Identity{info.st_dev, info.st_ino} != identity) {
      throw FileExchanged(path + " was replaced by another file while the archive was open");
    }
    if (info.st_size == 0 && path == path_) throw FileExchanged(path + " was emptied while the archive was open");
  }
}

std::optional<std::string> FileLock::place_of_file() const {
  struct stat info {};
  if (file_ < 0 || ::fstat(file_, &info) != 0 || info.st_nlink == 0) return {};
  std::error_code error;
  const auto place = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file_), error);  // proc(5)
  return error ? path_ : place.string();
}

void refuse_network_filesystem(const std::string& path) {
  const auto folder = std::filesystem::path(real_path(path)).parent_path();
  struct statfs info {};
  if (::statfs(folder.c_str(), &info) != 0) return;  // opening will say what is wrong
  for (const auto& filesystem : kNetworkFilesystems) {
    if (static_cast<unsigned long>(info.f_type) == filesystem.magic) {
      throw CannotOpen(path + " is on a network filesystem (" + filesystem.name +
                       "), where SQLite's locks cannot be trusted; put the archive on a local disk");
    }
  }
}

}  // namespace callarchive::storage
