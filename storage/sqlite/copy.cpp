#include "storage/sqlite/copy.h"

#include "storage/errors.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/temporary_file.h"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <regex>

#include <fcntl.h>

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHalf = ".part";  // ends the name of an unfinished copy
constexpr int kPagesAtATime = 2048;     // 8 MiB between two reports

string utc_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Runs `work` and turns what SQLite says into what a caller can act upon.
template <typename Work>
auto explain(const string& path, const Work& work) {
  try {
    return work();
  } catch (const SchemaMismatch& error) {
    throw CannotOpen(path + ": " + error.what());
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB) throw CannotOpen(path + ": " + error.what());
    throw NotDurable(path + ": " + error.what());
  }
}

[[noreturn]] void refuse_existing(const string& path) {
  throw CannotOpen(path + " exists already; it is not overwritten");
}

// Renames unless somebody else has just made a file of that name. Not every filesystem can (renameat2(2)); there is a
// moment then between looking and renaming.
void rename_to_free(const string& from, const string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST) refuse_existing(to);
  require_free(to);
  fs::rename(from, to);
}

void copy_pages(SQLite::Database& from, SQLite::Database& to, const ReportCopy& report) {
  SQLite::Backup copying(to, from);
  int code = SQLITE_OK;
  do {
    code = copying.executeStep(kPagesAtATime);  // throws, except for "busy", which it returns
    const std::int64_t total = copying.getTotalPageCount();
    report({total - copying.getRemainingPageCount(), total});
  } while (code == SQLITE_OK);
  if (code != SQLITE_DONE) throw SQLite::Exception(to.getHandle(), code);
}

std::int64_t count_deliveries(Connection& connection) { return connection.integer("SELECT count(*) FROM deliveries"); }

// Throws NotDurable unless the file is sound and holds a ledger of that length.
void check_copy(const string& path, std::int64_t deliveries) {
  require_intact(path);
  explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    const auto found = count_deliveries(connection);
    if (found != deliveries) {
      throw NotDurable(path + " holds " + std::to_string(found) + " deliveries instead of " +
                       std::to_string(deliveries));
    }
  });
}

// Whether a name in a folder is of a copy made by us. No other file is ever taken for one.
bool is_copy(const string& name, const string& stem, const string& suffix = "") {
  static const std::regex moment(R"((-\d{8}T\d{6}Z\.db)(.*))");
  std::smatch parts;
  const string rest = name.starts_with(stem) ? name.substr(stem.size()) : "";
  return std::regex_match(rest, parts, moment) && parts[2] == suffix;
}

}  // namespace

void require_archive(const string& path) {
  if (!fs::is_regular_file(path)) throw CannotOpen(path + ": no such file");
  explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    if (check_schema(connection) == 0) throw CannotOpen(path + " is empty, not an archive");
  });
}

void require_free(const string& path) {
  if (fs::exists(fs::symlink_status(path))) refuse_existing(path);
}

void require_intact(const string& path) {
  explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    const string verdict = connection.text("PRAGMA integrity_check(1)");
    if (verdict != "ok") throw NotDurable(path + " is damaged: " + verdict);
  });
}

string name_copy(const string& folder, const string& stem) {
  remove_leftovers(folder, [&](const string& base) { return is_copy(base, stem, kHalf); });
  return (fs::path(folder) / (stem + "-" + utc_stamp() + ".db")).string();
}

vector<string> find_copies(const string& folder, const string& stem) {
  vector<string> copies;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_copy(entry.path().filename().string(), stem))
      copies.push_back(entry.path().string());
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

CopyResult copy_archive(const string& source, const string& copy, const ReportCopy& report) {
  require_archive(source);
  CopyResult result{.path = copy};
  explain(source, [&] {
    Connection from(source, Connection::Mode::read_only);
    // One snapshot from the first page to the last: without it, every commit would restart the copy.
    const Snapshot snapshot(from);
    result.deliveries = count_deliveries(from);
    explain(copy, [&] {
      SQLite::Database to(copy, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      to.exec("PRAGMA synchronous = OFF");  // whoever needs the copy durable syncs it once, at the end
      copy_pages(from.database(), to, report);
      // The archive says of itself that it has a log; the copy is complete without one.
      to.exec("PRAGMA journal_mode = DELETE");
    });
  });
  result.bytes = static_cast<std::int64_t>(fs::file_size(copy));
  return result;
}

CopyResult make_copy(const string& source, const string& destination, const ReportCopy& report) {
  require_free(destination);
  TemporaryFile temporary(destination + kHalf);
  CopyResult result = copy_archive(source, temporary.path(), report);
  check_copy(temporary.path(), result.deliveries);
  sync_file(temporary.path());
  rename_to_free(temporary.path(), destination);
  temporary.keep();
  sync_folder_of(destination);
  result.path = destination;
  return result;
}

CopyResult copy_before_migration(const string& path, int version) {
  try {
    const auto file = fs::absolute(path);
    const string stem = file.filename().string() + ".v" + std::to_string(version);
    return make_copy(path, name_copy(file.parent_path().string(), stem), [](const auto&) {});
  } catch (const std::runtime_error& error) {
    throw CannotOpen(string("cannot copy the file before migrating it: ") + error.what());
  }
}

}  // namespace callarchive::storage
