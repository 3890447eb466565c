#include "storage/backfill/rows.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"

namespace callarchive::storage {
namespace {

void write(Connection& connection, const BackfillWindow& window) {
  connection
      .query(
          "INSERT INTO backfill_windows (line, kind, first_day, last_day, vendor_count, archive_count, checked_at)"
          " VALUES (:line, :kind, :first_day, :last_day, :vendor_count, :archive_count, :checked_at)"
          " ON CONFLICT DO UPDATE SET vendor_count = excluded.vendor_count, archive_count = excluded.archive_count,"
          " checked_at = excluded.checked_at")
      .bind(window.line, window.kind, window.first_day, window.last_day, window.vendor_count, window.archive_count,
            window.checked_at)
      .run();
}

std::int64_t write(Connection& connection, const BackfillRun& run) {
  optional<std::int64_t> id;
  if (run.id != 0) id = run.id;
  auto query = connection.query(
      "INSERT INTO backfill_runs (id, kind, since_day, begun_at, ended_at, requests, windows, windows_done, items, "
      "stored, missing, error,"
      " complete_until, only_by_backfill)"
      " VALUES (:id, :kind, :since_day, :begun_at, :ended_at, :requests, :windows, :windows_done, :items, :stored, "
      ":missing, :error,"
      " :complete_until, :only_by_backfill)"
      " ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, requests = excluded.requests,"
      " windows = excluded.windows, windows_done = excluded.windows_done, items = excluded.items, stored = "
      "excluded.stored, missing = excluded.missing, error = excluded.error,"
      " complete_until = excluded.complete_until, only_by_backfill = excluded.only_by_backfill RETURNING id");
  query.bind(id, run.kind, run.since_day, run.begun_at, run.ended_at, run.requests, run.windows, run.windows_done,
             run.items, run.stored, run.missing, run.error, run.complete_until, run.only_by_backfill);
  query.step();
  const auto written = query.integer(0);
  query.run();
  return written;
}

BackfillRun read_run(const Query& query) {
  BackfillRun run;
  run.id = query.integer(0);
  run.kind = query.text(1);
  run.since_day = query.maybe_integer(2);
  run.begun_at = query.integer(3);
  run.ended_at = query.maybe_integer(4);
  run.requests = query.integer(5);
  run.windows = query.integer(6);
  run.windows_done = query.integer(7);
  run.items = query.integer(8);
  run.stored = query.integer(9);
  run.missing = query.integer(10);
  run.error = query.maybe_text(11);
  run.complete_until = query.maybe_integer(12);
  run.only_by_backfill = query.maybe_integer(13);
  return run;
}

constexpr const char* kRuns =
    "SELECT id, kind, since_day, begun_at, ended_at, requests, windows, windows_done, items, stored, missing, error, "
    "complete_until,"
    " only_by_backfill FROM backfill_runs ORDER BY id";

}  // namespace

std::int64_t apply(Connection& connection, const BackfillChange& change) {
  if (const auto* run = std::get_if<BackfillRun>(&change)) return write(connection, *run);
  write(connection, std::get<BackfillWindow>(change));
  return 0;
}

optional<BackfillWindow> find_window(Connection& connection, const BackfillWindow& like) {
  auto query = connection.query(
      "SELECT vendor_count, archive_count, checked_at FROM backfill_windows"
      " WHERE line = :line AND kind = :kind AND first_day = :first_day AND last_day = :last_day");
  query.bind(like.line, like.kind, like.first_day, like.last_day);
  if (!query.step()) return {};
  BackfillWindow window = like;
  window.vendor_count = query.integer(0);
  window.archive_count = query.integer(1);
  window.checked_at = query.integer(2);
  return window;
}

BackfillState find_backfill_state(Connection& connection) {
  BackfillState state;
  auto runs = connection.query(string(kRuns) + " DESC LIMIT 1");
  if (runs.step()) state.last_run = read_run(runs);
  auto complete = connection.query(
      "SELECT complete_until FROM backfill_runs WHERE complete_until IS NOT NULL ORDER BY id DESC LIMIT 1");
  if (complete.step()) state.complete_until = complete.integer(0);
  auto only = connection.query(
      "SELECT only_by_backfill FROM backfill_runs WHERE only_by_backfill IS NOT NULL ORDER BY id DESC LIMIT 1");
  if (only.step()) state.only_by_backfill = only.integer(0);
  return state;
}

std::int64_t count_only_by_backfill(Connection& connection) {
  return connection.integer(
      "SELECT count(*) FROM (SELECT DISTINCT object_key AS object FROM deliveries"
      " WHERE origin = 'backfill' AND object_key IS NOT NULL)"
      " WHERE NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.object_key = object AND o.origin <> 'backfill')");
}

bool has_backfilled(Connection& connection, const string& body) {
  const auto digest = sha256(body);
  auto query = connection.query(
      "SELECT 1 FROM deliveries WHERE sha256 = :sha256 AND webhook_id IS NULL AND origin = 'backfill' LIMIT 1");
  query.bind(Blob{bytes_of(digest)});
  return query.step();
}

void copy_backfill(Connection& from, Connection& to) {
  auto windows = from.query(
      "SELECT line, kind, first_day, last_day, vendor_count, archive_count, checked_at FROM backfill_windows");
  while (windows.step()) {
    write(to, BackfillWindow{windows.text(0), windows.text(1), windows.integer(2), windows.integer(3),
                             windows.integer(4), windows.integer(5), windows.integer(6)});
  }
  auto runs = from.query(kRuns);
  while (runs.step()) write(to, read_run(runs));
}

}  // namespace callarchive::storage
