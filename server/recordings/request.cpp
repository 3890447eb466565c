#include "server/recordings/request.h"

#include "storage/sqlite/temporary_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::recordings {
namespace {

constexpr const char* kName = "/incoming/fetch-request";
constexpr const char* kBegun = ".begun";
constexpr std::int64_t kAtOnce = 500;

string path_of(const MediaStore& media) { return media.folder() + kName; }

// "since 1767225600000", "until …", "check", each in a line.
string text_of(const FetchRequest& request) {
  string text;
  if (request.wanted.since) text += "since " + std::to_string(*request.wanted.since) + "\n";
  if (request.wanted.until) text += "until " + std::to_string(*request.wanted.until) + "\n";
  if (request.check) text += "check\n";
  return text;
}

FetchRequest read_request(const string& path) {
  std::ifstream file(path);
  FetchRequest request;
  for (string word; file >> word;) {
    Millis instant = 0;
    if (word == "check") request.check = true;
    else if (word == "since" && file >> instant) request.wanted.since = instant;
    else if (word == "until" && file >> instant) request.wanted.until = instant;
  }
  return request;
}

bool is_whole(const MediaStore& media, const Sound& sound, bool reads_all) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(media.path_of(sound.sha256), missing);
  if (missing || static_cast<std::int64_t>(bytes) != sound.bytes) return false;
  return !reads_all || digest_of_file(media.open(sound.sha256).descriptor()) == sound.sha256;
}

// Recordings that were kept, but whose files are not there, or not whole: after a restore, for instance.
void want_lost(Archive& archive, bool reads_all, const std::function<void()>& attend) {
  optional<RecordingKey> after;
  for (bool more = true; more;) {
    const auto kept = archive.reader().find_recordings({RecordingState::kept}, after, kAtOnce);
    more = static_cast<std::int64_t>(kept.size()) == kAtOnce;
    for (const auto& recording : kept) {
      attend();
      after = recording.key;
      if (is_whole(archive.media(), *recording.sound, reads_all)) continue;
      archive.change_recordings(SoundLost{recording.key, recording.sound->sha256, "its file was missing or damaged"});
    }
  }
}

}  // namespace

void leave_request(MediaStore& media, const FetchRequest& request) {
  auto file = media.receive();
  file.append(text_of(request));
  // The service may run as somebody else, whose folder this is.
  struct stat folder {};
  if (::stat(media.folder().c_str(), &folder) == 0 && ::fchown(file.descriptor(), folder.st_uid, folder.st_gid) != 0) {
    // Then both are the same user, or it cannot be read; the wait for an answer will tell.
  }
  if (::rename(file.path().c_str(), path_of(media).c_str()) != 0) {
    throw NotDurable("cannot write " + path_of(media) + ": " + std::strerror(errno));
  }
}

RequestState state_of_request(const MediaStore& media) {
  // In this order: it is renamed from the one to the other.
  if (::access(path_of(media).c_str(), F_OK) == 0) return RequestState::waits;
  return ::access((path_of(media) + kBegun).c_str(), F_OK) == 0 ? RequestState::begun : RequestState::gone;
}

void withdraw_request(const MediaStore& media) { ::unlink(path_of(media).c_str()); }

void put_back_request(const MediaStore& media) { ::rename((path_of(media) + kBegun).c_str(), path_of(media).c_str()); }

bool obey_request(Archive& archive, const MediaStore& media, const std::function<void()>& attend) {
  const string begun = path_of(media) + kBegun;
  if (::rename(path_of(media).c_str(), begun.c_str()) != 0) return false;
  try {
    obey(archive, read_request(begun), attend);
  } catch (...) {
    put_back_request(media);
    throw;
  }
  ::unlink(begun.c_str());
  return true;
}

std::int64_t obey(Archive& archive, const FetchRequest& request, const std::function<void()>& attend) {
  want_lost(archive, request.check, attend);
  return archive.change_recordings(request.wanted);
}

}  // namespace callarchive::recordings
