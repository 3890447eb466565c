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

FileLock::FileLock(const std::string& path) {
  refuse_second_name(path);
  // By whatever link the file is reached, its lock is one, beside the file itself.
  const std::string lock_path = real_path(path) + ".lock";
  descriptor_ = open_regular(lock_path, O_RDWR | O_CREAT);
  if (descriptor_ < 0) {
    throw CannotOpen("cannot open " + lock_path + ": " + std::strerror(errno) +
                     " (it must be a regular file, in a folder that exists and is writable: SQLite keeps its log there"
                     " too)");
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(descriptor_);
    ::close(descriptor_);
    throw IsWritten(path + " is being written by " + who + "; one process writes an archive at a time");
  }
  const std::string who = "process " + std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, who.data(), who.size(), 0) < 0) {
    // Only the text for others is missing; the lock itself holds.
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
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
