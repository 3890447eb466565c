#include "storage/backfill/rows.h"
#include "storage/read/connection.h"

namespace callarchive {

using namespace storage;

optional<BackfillWindow> Reader::find_backfill_window(const BackfillWindow& like) {
  return ask(*connection_, [&](Connection& connection) { return find_window(connection, like); });
}

BackfillState Reader::find_backfill_state() {
  return ask(*connection_, [](Connection& connection) { return storage::find_backfill_state(connection); });
}

std::int64_t Reader::count_only_by_backfill() {
  return ask(*connection_, [](Connection& connection) { return storage::count_only_by_backfill(connection); });
}

bool Reader::has_backfilled(const string& body) {
  return ask(*connection_, [&](Connection& connection) { return storage::has_backfilled(connection, body); });
}

}  // namespace callarchive
