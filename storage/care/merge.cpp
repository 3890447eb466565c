#include "storage/care/merge.h"

#include "storage/care/ledger_rows.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy.h"

#include <algorithm>
#include <utility>

namespace callarchive {
namespace {

using namespace storage;

constexpr std::size_t kBatch = 512;
constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

Millis wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

MergeResult merge_from(Archive& archive, const string& from, const Decoder& decode, const ReportProgress& report) {
  require_archive(from);
  MergeResult result;
  vector<std::pair<Delivery, Event>> waiting;
  std::size_t bytes = 0;
  RebuildProgress progress;
  const auto store = [&] {
    for (const auto& receipt : archive.store_all(std::exchange(waiting, {}))) {
      result.merged += receipt.status == Receipt::Status::duplicate && !receipt.reason ? 0 : 1;
    }
    bytes = 0;
    progress.done = result.read;
    report(progress);
  };
  try {
    Connection other(from, Connection::Mode::read_only);
    progress.total = other.integer("SELECT count(*) FROM deliveries");
    const Millis now = wall_clock();
    auto query = other.query(select_rows(other) + " ORDER BY id");
    while (query.step()) {
      Delivery delivery = to_delivery(read_row(query));
      delivery.merged_at = now;
      Event event = decode(delivery);
      ++result.read;
      bytes += delivery.body.size();
      waiting.emplace_back(std::move(delivery), std::move(event));
      if (waiting.size() >= kBatch || bytes >= kBatchBytes) store();
    }
  } catch (const SQLite::Exception& error) {
    throw CannotOpen(from + ": " + error.what());
  }
  store();
  return result;
}

}  // namespace callarchive
