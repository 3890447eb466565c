#include "storage/care/rebuild.h"

#include "storage/care/compare.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/temporary_file.h"

namespace callarchive {

using namespace storage;

namespace {

constexpr std::size_t kShownDifferences = 20;

}  // namespace

RebuildResult rebuild(const ArchiveOptions& asked, const Decoder& decode, const ReportProgress& report) {
  // The file itself is replaced, not a symbolic link to it.
  ArchiveOptions options = asked;
  options.path = real_path(asked.path);
  const FileLock lock(options.path);
  return {replay_in_place(options, decode, report)};
}

RebuildResult check_rebuild(const ArchiveOptions& options, const Decoder& decode, const ReportProgress& report) {
  const TemporaryFile target(options.path + ".check");
  RebuildResult result{replay_ledger(options, decode, target.path(), report)};
  compare_tables(options.path, target.path(), [&](std::string row) {
    ++result.difference_count;
    if (result.differences.size() < kShownDifferences) result.differences.push_back(std::move(row));
  });
  return result;
}

}  // namespace callarchive
