#include "storage/sqlite/state_file.h"

#include "storage/errors.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/open_regular.h"
#include "storage/sqlite/temporary_file.h"

#include <charconv>
#include <ctime>
#include <filesystem>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

string state_path(const string& path) { return real_path(path) + ".state"; }

string utc(Millis instant) {
  const std::time_t seconds = instant / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

using Pairs = std::map<string, string>;

optional<std::int64_t> number_in(const Pairs& pairs, const string& name) {
  const auto found = pairs.find(name);
  if (found == pairs.end()) return {};
  const string& text = found->second;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

constexpr std::size_t kLargestFile = 4096;

// Lines of name=value; others are left out. What is no regular file is none of ours.
Pairs read_pairs(const string& path) {
  Pairs pairs;
  const int descriptor = open_regular(path, O_RDONLY);
  if (descriptor < 0) return pairs;
  string text(kLargestFile, '\0');
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  ::close(descriptor);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  std::istringstream lines(text);
  for (string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (equals != string::npos) pairs[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return pairs;
}

void write_pairs(const string& path, const string& comment, const Pairs& pairs) {
  string text = "# " + comment + "\n";
  for (const auto& [name, value] : pairs) text += name + "=" + value + "\n";
  try {
    TemporaryFile temporary(path);
    const int descriptor = open_regular(temporary.path(), O_WRONLY);
    if (descriptor < 0) return;
    const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
    if (!written || ::rename(temporary.path().c_str(), path.c_str()) != 0) return;
    temporary.keep();
  } catch (const NotDurable&) {
    // As promised: it is for warnings alone.
  }
}

}  // namespace

ArchiveState read_state(Connection& connection) {
  ArchiveState state;
  {
    auto query = connection.query("SELECT value FROM settings WHERE name = 'archive_id'");
    if (query.step()) state.id = query.text(0);
  }
  auto query = connection.query("SELECT id, received_at FROM deliveries ORDER BY id DESC LIMIT 1");
  if (query.step()) {
    state.deliveries = query.integer(0);  // the ledger has no gaps
    state.last_delivery_at = query.integer(1);
  }
  return state;
}

optional<ArchiveState> read_state_of(const string& path) {
  try {
    Connection connection(path, Connection::Mode::read_only);
    auto state = read_state(connection);
    if (!state.id.empty()) return state;
  } catch (const SQLite::Exception&) {
    // No archive, or a damaged one.
  }
  return {};
}

void adopt_id(Connection& connection) {
  connection.execute(
      "INSERT INTO settings (name, value) VALUES ('archive_id', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING");
}

optional<ArchiveState> read_state_file(const string& path) {
  const auto pairs = read_pairs(state_path(path));
  const auto deliveries = number_in(pairs, "deliveries");
  const auto id = pairs.find("id");
  if (id == pairs.end() || id->second.empty() || !deliveries) return {};
  return ArchiveState{id->second, *deliveries, number_in(pairs, "last_delivery_at")};
}

void write_state_file(const string& path, const ArchiveState& state) {
  Pairs pairs = {{"id", state.id}, {"deliveries", std::to_string(state.deliveries)}};
  if (state.last_delivery_at) pairs["last_delivery_at"] = std::to_string(*state.last_delivery_at);
  write_pairs(state_path(path),
              "Written by callarchive: what " + fs::path(path).filename().string() +
                  " held. Without it, a lost archive looks like a new one.",
              pairs);
}

optional<BackupNote> read_backup_note(const string& path) {
  const auto pairs = read_pairs(real_path(path) + ".backup");
  const auto at = number_in(pairs, "at");
  if (!at) return {};
  return BackupNote{*at, number_in(pairs, "bytes").value_or(0), number_in(pairs, "deliveries").value_or(0)};
}

void write_backup_note(const string& path, const BackupNote& note) {
  write_pairs(real_path(path) + ".backup", "Written by `callarchive backup`, for the metrics of the service.",
              {{"at", std::to_string(note.at)},
               {"bytes", std::to_string(note.bytes)},
               {"deliveries", std::to_string(note.deliveries)}});
}

void require_no_lost_archive(const string& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  if (!missing && size > 0) return;
  const auto last = read_state_file(path);
  if (!last) return;
  const string state = state_path(path);
  throw CannotOpen(path + (missing ? " is missing" : " is empty") +
                   ", but an archive has been there: " + in_words(*last) + ". Is its disk mounted? " +
                   (missing ? "Put" : "Move the empty file away and put") +
                   " the archive back, or restore a backup (`callarchive restore --db " + path +
                   " COPY`). To begin a new archive, remove " + state);
}

string difference(const string& path, const ArchiveState& found) {
  const auto last = read_state_file(path);
  if (!last) return {};
  const string was = "; when it was last written there was one with " + in_words(*last);
  if (last->id != found.id) return path + " is another archive" + was;
  if (found.deliveries >= last->deliveries) return {};
  return path + " has lost deliveries: it has " + in_words(found) + was;
}

string in_words(const ArchiveState& state) {
  string text = std::to_string(state.deliveries) + (state.deliveries == 1 ? " delivery" : " deliveries");
  if (state.last_delivery_at) text += ", the last of " + utc(*state.last_delivery_at);
  return text;
}

}  // namespace callarchive::storage
