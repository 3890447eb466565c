#include "storage/recordings/media_store.h"

#include "storage/errors.h"
#include "storage/sqlite/digest.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/open_regular.h"
#include "storage/sqlite/temporary_file.h"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace callarchive {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kFolderDigits = 2;
constexpr auto kKeepUnfinished = std::chrono::hours(72);
constexpr const char* kIncoming = "incoming";
constexpr const char* kNew = "new-";    // names of files that nobody will continue
constexpr const char* kPart = ".part";  // ends the names of those that somebody may

[[noreturn]] void fail(const string& what) { throw NotDurable(what + ": " + std::strerror(errno)); }

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == string::npos; }
bool is_digest(std::string_view text) { return text.size() == kDigestDigits && is_hex(text); }

void make_folder(const string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot make the folder " + path);
}

}  // namespace

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = other.release();
  return *this;
}

int OpenFile::release() { return std::exchange(descriptor_, -1); }

IncomingFile::IncomingFile(string path, OpenFile file, std::int64_t size)
    : path_(std::move(path)), file_(std::move(file)), size_(size) {}

IncomingFile::~IncomingFile() {
  if (file_) ::unlink(path_.c_str());
}

void IncomingFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.descriptor(), bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("cannot write " + path_);
    size_ += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void IncomingFile::clear() {
  if (::ftruncate(file_.descriptor(), 0) != 0) fail("cannot write " + path_);
  size_ = 0;
}

string digest_of_file(int descriptor) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::vector<char> buffer(256u << 10);
  for (off_t place = 0;;) {
    const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), place);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {};
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
    place += got;
  }
  storage::Sha256 digest{};
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return storage::to_hex(storage::bytes_of(digest));
}

MediaStore::MediaStore(const string& archive, std::int64_t reserve) : folder_(folder_of(archive)), reserve_(reserve) {}

string MediaStore::folder_of(const string& archive) { return storage::real_path(archive) + ".media"; }

string MediaStore::path_of(const string& sha256) const {
  return folder_ + "/" + sha256.substr(0, kFolderDigits) + "/" + sha256;
}

OpenFile MediaStore::open(const string& sha256) const {
  if (!is_digest(sha256)) return {};
  return OpenFile(storage::open_regular(path_of(sha256), O_RDONLY));
}

// The folders, with their names on disk.
void MediaStore::prepare() {
  make_folder(folder_);
  make_folder(folder_ + "/" + kIncoming);
  storage::sync_folder_of(folder_);
}

IncomingFile MediaStore::receive() {
  static std::atomic<unsigned> next = 0;
  prepare();
  for (;;) {
    const string path =
        folder_ + "/" + kIncoming + "/" + kNew + std::to_string(::getpid()) + "-" + std::to_string(next++);
    OpenFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file) return IncomingFile(path, std::move(file), 0);
    if (errno != EEXIST) fail("cannot make " + path);
  }
}

optional<IncomingFile> MediaStore::resume(const string& name) {
  if (!is_hex(name)) return {};
  const string path = folder_ + "/" + kIncoming + "/" + name + kPart;
  OpenFile file(storage::open_regular(path, O_RDWR));
  struct stat info {};
  if (!file || ::fstat(file.descriptor(), &info) != 0) return {};
  return IncomingFile(path, std::move(file), info.st_size);
}

void MediaStore::leave(IncomingFile file, const string& name) {
  const string path = folder_ + "/" + kIncoming + "/" + name + kPart;
  if (::fdatasync(file.descriptor()) != 0) fail("cannot sync " + file.path_);
  if (::rename(file.path_.c_str(), path.c_str()) != 0) fail("cannot rename " + file.path_);
  file.file_ = {};
}

PublishedFile MediaStore::publish(IncomingFile file) {
  PublishedFile published{digest_of_file(file.descriptor()), file.size()};
  if (published.sha256.empty()) fail("cannot read " + file.path_);
  const string path = path_of(published.sha256);
  // One that has the name already counts only if it has the content too: it may have been damaged since.
  if (const auto there = open(published.sha256); there && digest_of_file(there.descriptor()) == published.sha256) {
    storage::sync_folder_of(path);
    return published;
  }
  if (::fsync(file.descriptor()) != 0) fail("cannot sync " + file.path_);
  const string parent = fs::path(path).parent_path().string();
  make_folder(parent);
  storage::sync_folder_of(parent);
  if (::rename(file.path_.c_str(), path.c_str()) != 0) fail("cannot rename " + file.path_);
  file.file_ = {};
  storage::sync_folder_of(path);
  return published;
}

void MediaStore::require_room(std::int64_t bytes) const {
  std::error_code error;
  const auto space = fs::space(fs::path(folder_).parent_path(), error);
  if (error) return;  // the writing itself will tell
  const auto needed = static_cast<std::uintmax_t>(bytes) + static_cast<std::uintmax_t>(reserve_);
  if (space.available >= needed) return;
  throw NotDurable("the disk has " + std::to_string(space.available >> 20) + " MiB left, and " +
                   std::to_string(reserve_ >> 20) + " MiB are reserved for deliveries");
}

void MediaStore::sweep() {
  std::error_code ignored;
  const auto oldest = fs::file_time_type::clock::now() - kKeepUnfinished;
  for (fs::directory_iterator entry(folder_ + "/" + kIncoming, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const string name = entry->path().filename().string();
    std::error_code unreadable;
    const bool may_go_on = name.ends_with(kPart) && entry->last_write_time(unreadable) > oldest;
    if (name.starts_with(kNew) || (name.ends_with(kPart) && !may_go_on)) fs::remove(entry->path(), unreadable);
  }
}

void MediaStore::for_files(const std::function<void(const string& sha256, std::int64_t bytes)>& take,
                           const std::function<void(const string& path)>& other) const {
  if (!fs::is_directory(folder_)) return;
  for (auto entry = fs::recursive_directory_iterator(folder_); entry != fs::recursive_directory_iterator(); ++entry) {
    const auto& path = entry->path();
    if (entry->is_directory() && !entry->is_symlink()) {
      if (entry.depth() == 0 && path.filename() == kIncoming) entry.disable_recursion_pending();
      continue;
    }
    const string name = path.filename().string();
    const bool is_sound = entry.depth() == 1 && entry->is_regular_file() && is_digest(name) &&
                          path.parent_path().filename() == name.substr(0, kFolderDigits);
    if (is_sound) take(name, static_cast<std::int64_t>(entry->file_size()));
    else other(path.string());
  }
}

}  // namespace callarchive
