#include "server/recordings/folder.h"

#include "server/recordings/file_name.h"
#include "server/recordings/sound.h"
#include "server/text/time_text.h"
#include "storage/items/item_key.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace callarchive::recordings {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kAtOnce = 500;  // recordings of one query
constexpr const char* kIndex = "index.csv";

[[noreturn]] void fail(const string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

string csv_field(const string& text) {
  if (text.find_first_of(",\"\r\n") == string::npos) return text;
  string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : string(1, c);
  return quoted + '"';
}

string csv_line(const vector<string>& fields) {
  string line;
  for (const auto& field : fields) line += (line.empty() ? "" : ",") + csv_field(field);
  return line + "\r\n";
}

string content_of(const string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!(text << file.rdbuf()) && !file.eof()) throw std::runtime_error("cannot read " + path);
  return text.str();
}

// The call ids of an index, by the path of the file as it is there.
std::map<string, string> read_index(const string& path) {
  const auto rows = read_csv(content_of(path));
  if (rows.empty()) throw std::runtime_error(path + " is empty: expected a line of column names");
  const auto column = [&](const char* name) {
    const auto found = std::find(rows[0].begin(), rows[0].end(), name);
    if (found == rows[0].end()) throw std::runtime_error(path + ": expected a column " + name + " in its first line");
    return static_cast<std::size_t>(found - rows[0].begin());
  };
  const auto file = column("file"), call_id = column("call_id");
  std::map<string, string> ids;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() <= std::max(file, call_id)) {
      throw std::runtime_error(path + ": row " + std::to_string(i + 1) + " has too few fields");
    }
    ids[rows[i][file]] = rows[i][call_id];
  }
  return ids;
}

// What may be a call's id in the name of a file: the whole of it, and each part from which on, and up to which, it has
// nothing but the characters of ids. The longest come first.
vector<string> possible_ids(const string& stem) {
  vector<string> ids = {stem};
  const auto is_border = [](char c) { return c == '_' || c == ' ' || c == '.' || c == '(' || c == ')'; };
  vector<std::size_t> begins = {0}, ends;
  for (std::size_t i = 0; i < stem.size(); ++i) {
    if (!is_border(stem[i])) continue;
    ends.push_back(i);
    begins.push_back(i + 1);
  }
  ends.push_back(stem.size());
  for (const auto begin : begins) {
    for (auto end = ends.rbegin(); end != ends.rend() && *end > begin; ++end)
      ids.push_back(stem.substr(begin, *end - begin));
  }
  std::stable_sort(ids.begin(), ids.end(), [](const string& a, const string& b) { return a.size() > b.size(); });
  constexpr std::size_t kMost = 200;  // of a name made to have many
  if (ids.size() > kMost) ids.resize(kMost);
  return ids;
}

vector<string> files_under(const string& folder) {
  if (!fs::is_directory(folder)) throw std::runtime_error(folder + ": no such folder");
  vector<string> files;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    const bool is_hidden = entry->path().filename().string().starts_with('.');
    if (is_hidden && entry->is_directory()) entry.disable_recursion_pending();
    if (!is_hidden && entry->is_regular_file()) files.push_back(fs::relative(entry->path(), folder).string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Made anew: what has the name already may have been planted in a folder where others write, and goes.
OpenFile make_anew(const string& path) {
  ::unlink(path.c_str());
  OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) fail("cannot write " + path);
  return file;
}

void write_all(const OpenFile& to, std::string_view bytes, const string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(to.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("cannot write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Hands the content on, piece by piece.
void read_all(const OpenFile& from, const std::function<void(std::string_view)>& take) {
  std::vector<char> buffer(256u << 10);
  for (;;) {
    const ssize_t got = ::read(from.descriptor(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read it");
    if (got == 0) return;
    take({buffer.data(), static_cast<std::size_t>(got)});
  }
}

IncomingFile copy_in(MediaStore& store, const string& path) {
  const OpenFile from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from) fail("cannot read it");
  auto copy = store.receive();
  read_all(from, [&](std::string_view piece) { copy.append(piece); });
  return copy;
}

class Import {
 public:
  Import(Archive& archive, string folder, std::map<string, string> ids, Millis now)
      : archive_(archive), folder_(std::move(folder)), ids_(std::move(ids)), now_(now) {}

  void take(const string& file, FolderImport& result) {
    const auto call = find_call(file);
    if (!call) {
      const auto listed = ids_.find(file);
      result.left.push_back({file, listed == ids_.end() ? "no call has an id that is in its name"
                                                        : "there is no call " + listed->second});
      return;
    }
    if (call->recording && call->recording->state == RecordingState::kept) {
      ++result.known;
      return;
    }
    try {
      auto copy = copy_in(archive_.media(), folder_ + "/" + file);
      const auto heard = hear(copy.descriptor(), {});
      const auto published = archive_.media().publish(std::move(copy));
      archive_.change_recordings(
          SoundKept{.of = {storage::comparable_id(call->id), 0},
                    .sound = {published.sha256, published.bytes, heard.type, heard.duration_ms, heard.peaks},
                    .origin = "import",
                    .reason = odd_duration(heard.duration_ms, call->duration_seconds),
                    .at = now_});
      ++result.imported;
    } catch (const NotSound& error) {
      result.left.push_back({file, error.what()});
    }
  }

 private:
  optional<Call> find_call(const string& file) {
    Reader reader = archive_.reader();
    if (const auto listed = ids_.find(file); listed != ids_.end()) return reader.find_call(listed->second, false);
    for (const auto& id : possible_ids(fs::path(file).stem().string())) {
      if (auto call = reader.find_call(id, false)) return call;
    }
    return {};
  }

  Archive& archive_;
  const string folder_;
  const std::map<string, string> ids_;
  const Millis now_;
};

// Whether it is there, or was copied, whole.
bool copy_out(MediaStore& store, const Sound& sound, const string& path) {
  std::error_code missing;
  if (fs::file_size(path, missing) == static_cast<std::uintmax_t>(sound.bytes) && !missing) return true;
  const OpenFile from = store.open(sound.sha256);
  if (!from || digest_of_file(from.descriptor()) != sound.sha256) return false;
  const string half = path + ".part";
  const OpenFile to = make_anew(half);
  read_all(from, [&](std::string_view piece) { write_all(to, piece, half); });
  fs::rename(half, path);
  return true;
}

}  // namespace

vector<vector<string>> read_csv(const string& text) {
  vector<vector<string>> rows;
  vector<string> row;
  string field;
  bool is_quoted = false, has_field = false;
  const auto end_row = [&] {
    if (has_field || !row.empty()) {
      row.push_back(std::move(field));
      rows.push_back(std::move(row));
    }
    row = {};
    field = {};
    has_field = false;
  };
  std::size_t i = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c != '"') field += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') field += text[++i];
      else is_quoted = false;
    } else if (c == '"' && field.empty()) {
      is_quoted = has_field = true;
    } else if (c == ',') {
      row.push_back(std::move(field));
      field = {};
      has_field = true;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
      has_field = true;
    }
  }
  end_row();
  return rows;
}

FolderImport import_folder(Archive& archive, const string& folder, const optional<string>& index, Millis now,
                           const std::function<void(std::int64_t)>& report) {
  Import import(archive, folder, index ? read_index(*index) : std::map<string, string>(), now);
  FolderImport result;
  std::int64_t done = 0;
  for (const auto& file : files_under(folder)) {
    const bool is_index =
        file == kIndex || (index && fs::weakly_canonical(folder + "/" + file) == fs::weakly_canonical(*index));
    if (!is_index) import.take(file, result);
    report(++done);
  }
  return result;
}

FolderExport export_folder(Archive& archive, const string& folder, const std::function<void(std::int64_t)>& report) {
  fs::create_directories(folder);
  const string half = folder + "/" + kIndex + ".part";
  const OpenFile index = make_anew(half);
  const auto add = [&](const vector<string>& fields) { write_all(index, csv_line(fields), half); };
  add({"file", "call_id", "started_at", "direction", "from_number", "to_number", "user_email", "duration_seconds",
       "bytes", "type", "sha256"});
  FolderExport result;
  optional<RecordingKey> after;
  for (bool more = true; more;) {
    Reader reader = archive.reader();
    const auto recordings = reader.find_recordings({RecordingState::kept}, after, kAtOnce);
    more = static_cast<std::int64_t>(recordings.size()) == kAtOnce;
    for (const auto& recording : recordings) {
      after = recording.key;
      const Sound& sound = *recording.sound;
      Call call;
      call.id = recording.key.call_key;
      if (recording.call_id) call = reader.find_call(*recording.call_id, false).value_or(call);
      const string name = file_name(call, sound.type);
      if (!copy_out(archive.media(), sound, folder + "/" + name)) {
        result.damaged.push_back(call.id);
        continue;
      }
      add({name, call.id, call.started_at ? format_instant(*call.started_at) : "", call.direction.value_or(""),
           call.from_number.value_or(""), call.to_number.value_or(""), call.user_email.value_or(""),
           call.duration_seconds ? std::to_string(*call.duration_seconds) : "", std::to_string(sound.bytes), sound.type,
           sound.sha256});
      result.bytes += sound.bytes;
      report(++result.exported);
    }
  }
  fs::rename(half, folder + "/" + kIndex);
  return result;
}

}  // namespace callarchive::recordings
