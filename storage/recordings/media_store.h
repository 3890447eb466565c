#pragma once

#include "storage/records.h"

#include <functional>

// The files of recordings, beside the archive: ARCHIVE.media/ab/<sha256>, named after their content. A file gets its
// name only when all of it is on disk, and never changes afterwards. Unfinished files are in ARCHIVE.media/incoming.
// Folders have mode 0700, files 0600.

namespace callarchive {

// A file descriptor that is closed on destruction.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile();
  OpenFile(OpenFile&& other) noexcept : descriptor_(other.release()) {}
  OpenFile& operator=(OpenFile&& other) noexcept;
  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  int release();

 private:
  int descriptor_ = -1;
};

// A file that is being received. It is removed on destruction, unless it was published or left to be continued.
class IncomingFile {
 public:
  IncomingFile(string path, OpenFile file, std::int64_t size);
  ~IncomingFile();
  IncomingFile(IncomingFile&&) noexcept = default;
  IncomingFile& operator=(IncomingFile&&) = delete;

  // Throws NotDurable, with the system's message.
  void append(std::string_view bytes);
  // Empties the file.
  void clear();
  std::int64_t size() const { return size_; }
  int descriptor() const { return file_.descriptor(); }
  const string& path() const { return path_; }

 private:
  friend class MediaStore;
  string path_;
  OpenFile file_;
  std::int64_t size_;
};

struct PublishedFile {
  string sha256 = {};  // lower-case hex
  std::int64_t bytes = 0;
};

// Several objects may read the same folder; only one process at a time may write, the one that holds the archive's
// lock. May be used from any number of threads.
class MediaStore {
 public:
  // For the archive in this file. `reserve` is the space on the disk, in bytes, that recordings leave free. Creates
  // nothing yet.
  explicit MediaStore(const string& archive, std::int64_t reserve = 0);
  // The media folder of an archive: its path, with links followed, and ".media".
  static string folder_of(const string& archive);

  const string& folder() const { return folder_; }
  // The path of a file. `sha256` is 64 digits of lower-case hex.
  string path_of(const string& sha256) const;
  // Opens it for reading; empty if there is no such file.
  OpenFile open(const string& sha256) const;

  // A new, empty file. Throws NotDurable.
  IncomingFile receive();
  // Opens what leave() left, to append to it; nothing if it is not there. `name` is hex.
  optional<IncomingFile> resume(const string& name);
  // Syncs the file and leaves it, to be continued under that name. Throws NotDurable.
  void leave(IncomingFile file, const string& name);
  // Gives the file its name. When this returns, file and name are on disk. Of two files with the same content one is
  // kept. Throws NotDurable; then nothing has changed.
  PublishedFile publish(IncomingFile file);

  // Throws NotDurable if `bytes` more would leave less space than the reserve.
  void require_room(std::int64_t bytes) const;
  // Removes the unfinished files, except those that leave() left in the last three days. Must not be called while files
  // are being received.
  void sweep();

  // Passes every file that has its name to `take`, in no particular order, and the paths of all other files to `other`.
  void for_files(const std::function<void(const string& sha256, std::int64_t bytes)>& take,
                 const std::function<void(const string& path)>& other) const;

 private:
  void prepare();

  const string folder_;
  const std::int64_t reserve_;
};

// The SHA-256 of a file's content as lower-case hex; empty if it cannot be read.
string digest_of_file(int descriptor);

}  // namespace callarchive
