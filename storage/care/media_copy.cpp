#include "storage/care/media_copy.h"

#include "storage/errors.h"
#include "storage/recordings/media_store.h"
#include "storage/recordings/rows.h"
#include "storage/sqlite/connection.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <regex>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

// A copy of an older schema has no sounds.
bool has_sounds(Connection& connection) {
  return connection.integer("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'sounds'") != 0;
}

vector<Sound> sounds_of(const string& archive) {
  Connection connection(archive, Connection::Mode::read_only);
  vector<Sound> sounds;
  if (has_sounds(connection)) for_sounds(connection, [&](const Sound& sound) { sounds.push_back(sound); });
  return sounds;
}

bool has_length(const OpenFile& file, std::int64_t bytes) {
  struct stat info {};
  return file && ::fstat(file.descriptor(), &info) == 0 && info.st_size == bytes;
}

void copy_sound(int from, MediaStore& to) {
  auto copy = to.receive();
  std::vector<char> buffer(256u << 10);
  while (const ssize_t got = ::pread(from, buffer.data(), buffer.size(), copy.size())) {
    if (got < 0) throw NotDurable(string("cannot read a recording: ") + std::strerror(errno));
    copy.append({buffer.data(), static_cast<std::size_t>(got)});
  }
  to.publish(std::move(copy));
}

}  // namespace

string media_base_of_copy(const string& copy) {
  static const std::regex moment(R"(-\d{8}T\d{6}Z\.db$)");
  const fs::path path = fs::absolute(copy);
  const string name = path.filename().string();
  const string stem = std::regex_replace(name, moment, "");
  return stem == name ? path.string() : (path.parent_path() / stem).string();
}

MediaCopy copy_media(const string& copy, const string& from, const string& to, const ReportCopy& report) {
  const MediaStore source(from);
  MediaStore destination(to);
  destination.sweep();
  MediaCopy result;
  const auto sounds = sounds_of(copy);
  CopyProgress progress{0, static_cast<std::int64_t>(sounds.size())};
  for (const auto& sound : sounds) {
    report(progress);
    ++progress.done;
    if (has_length(destination.open(sound.sha256), sound.bytes)) {
      ++result.there;
      continue;
    }
    const OpenFile file = source.open(sound.sha256);
    if (!has_length(file, sound.bytes) || digest_of_file(file.descriptor()) != sound.sha256) {
      result.missing.push_back(sound.sha256);
      continue;
    }
    copy_sound(file.descriptor(), destination);
    ++result.copied;
    result.bytes += sound.bytes;
  }
  return result;
}

std::int64_t remove_unnamed_media(const vector<string>& copies, const string& base) {
  std::set<string> named;
  try {
    for (const auto& copy : copies) {
      for (const auto& sound : sounds_of(copy)) named.insert(sound.sha256);
    }
  } catch (const SQLite::Exception&) {
    return 0;
  }
  const MediaStore store(base);
  vector<string> unnamed;
  store.for_files(
      [&](const string& sha256, std::int64_t) {
        if (!named.contains(sha256)) unnamed.push_back(sha256);
      },
      [](const string&) {});
  for (const auto& sha256 : unnamed) fs::remove(store.path_of(sha256));
  return static_cast<std::int64_t>(unnamed.size());
}

}  // namespace callarchive::storage
