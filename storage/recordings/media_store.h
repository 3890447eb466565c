#pragma once

#include "storage/records.h"

#include <functional>

// The files of sounds, beside the archive: ARCHIVE.media/ab/<sha256>, named after their content. A file has its name
// only when all of it is on disk, and is never changed afterwards. What is on its way is in ARCHIVE.media/incoming.
// Folders are 0700, files 0600.

namespace callarchive {

// A descriptor that is closed with the object.
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

// A file that is being received. Gone with the object, unless it was published or is left to be continued.
class IncomingFile {
 public:
  IncomingFile(string path, OpenFile file, std::int64_t size);
  ~IncomingFile();
  IncomingFile(IncomingFile&&) noexcept = default;
  IncomingFile& operator=(IncomingFile&&) = delete;

  // Throws NotDurable, with the system's words.
  void append(std::string_view bytes);
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

// Several objects may read the same folder; one process at a time, the holder of the archive's lock, may write.
// Safe to use from any number of threads.
class MediaStore {
 public:
  // For the archive in this file. `reserve` is the room on the disk, in bytes, that is left for other things.
  // Makes nothing yet.
  explicit MediaStore(const string& archive, std::int64_t reserve = 0);
  // The media folder of an archive: the path with ".media" behind it, links followed.
  static string folder_of(const string& archive);

  const string& folder() const { return folder_; }
  // `sha256` is 64 digits of lower-case hex.
  string path_of(const string& sha256) const;
  // Nothing when there is no such file.
  OpenFile open(const string& sha256) const;

  // A new file that waits for its bytes. Throws NotDurable.
  IncomingFile receive();
  // Goes on with what leave() left; nothing when that is not there. `name` is hex.
  optional<IncomingFile> resume(const string& name);
  // Leaves the file, synced, to be continued under that name. Throws NotDurable.
  void leave(IncomingFile file, const string& name);
  // Gives the file its name. When this returns, file and name are on disk. Of two with the same content one stays.
  // Throws NotDurable; then nothing has changed.
  PublishedFile publish(IncomingFile file);

  // Throws NotDurable when a file of so many more bytes would leave less room than the reserve.
  void require_room(std::int64_t bytes) const;
  // Removes what is in incoming: all but what leave() left in the last days. To be called when nobody receives.
  void sweep();

  // Every file that has a name, in no order. Other files of the folder are handed to `other`, by path.
  void for_files(const std::function<void(const string& sha256, std::int64_t bytes)>& take,
                 const std::function<void(const string& path)>& other) const;

 private:
  void prepare();

  const string folder_;
  const std::int64_t reserve_;
};

// The SHA-256 of a file's content as lower-case hex; empty when it cannot be read.
string digest_of_file(int descriptor);

}  // namespace callarchive
