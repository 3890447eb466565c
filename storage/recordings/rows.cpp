#include "storage/recordings/rows.h"

#include "storage/items/item_key.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"

namespace callarchive {

namespace {

constexpr RecordingState kStates[] = {RecordingState::wanted, RecordingState::kept, RecordingState::denied,
                                      RecordingState::gone, RecordingState::failed};

}  // namespace

const char* to_text(RecordingState state) {
  switch (state) {
    case RecordingState::wanted: return "wanted";
    case RecordingState::kept: return "kept";
    case RecordingState::denied: return "denied";
    case RecordingState::gone: return "gone";
    case RecordingState::failed: break;
  }
  return "failed";
}

optional<RecordingState> recording_state_from(const string& text) {
  for (const auto state : kStates) {
    if (text == to_text(state)) return state;
  }
  return {};
}

namespace storage {
namespace {

constexpr const char* kRecordingColumns =
    "r.call_key, r.position, c.id, r.state, r.reason, r.tries, r.last_try_at, r.next_try_at, r.origin, r.kept_at,"
    " r.sha256, s.bytes, s.type, s.duration_ms";

Recording read_recording(const Query& row, int column = 0) {
  Recording recording;
  recording.key.call_key = row.text(column++);
  recording.key.position = row.integer(column++);
  recording.call_id = row.maybe_text(column++);
  recording.state = recording_state_from(row.text(column++)).value_or(RecordingState::failed);
  recording.reason = row.maybe_text(column++);
  recording.tries = row.integer(column++);
  recording.last_try_at = row.maybe_integer(column++);
  recording.next_try_at = row.maybe_integer(column++);
  recording.origin = row.maybe_text(column++);
  recording.kept_at = row.maybe_integer(column++);
  if (const auto digest = row.maybe_text(column)) {
    recording.sound = Sound{to_hex(*digest), row.integer(column + 1), row.text(column + 2), row.integer(column + 3)};
  }
  return recording;
}

std::int64_t count_changes(Connection& connection) { return connection.integer("SELECT changes()"); }

std::int64_t apply_one(Connection& connection, const SoundKept& kept) {
  const string digest = from_hex(kept.sound.sha256);
  connection
      .query(
          "INSERT INTO sounds (sha256, bytes, type, duration_ms, peaks)"
          " VALUES (:sha256, :bytes, :type, :duration_ms, :peaks) ON CONFLICT DO NOTHING")
      .bind(Blob{digest}, kept.sound.bytes, kept.sound.type, kept.sound.duration_ms, Blob{kept.sound.peaks})
      .run();
  connection
      .query(
          "INSERT INTO recordings (call_key, position, state, reason, tries, refused_days, sha256, origin, kept_at)"
          " VALUES (:call_key, :position, 'kept', :reason, 0, 0, :sha256, :origin, :kept_at)"
          " ON CONFLICT (call_key, position) DO UPDATE SET state = 'kept', reason = excluded.reason,"
          " next_try_at = NULL, part_etag = NULL, part_total = NULL, sha256 = excluded.sha256,"
          " origin = excluded.origin, kept_at = excluded.kept_at WHERE state <> 'kept'")
      .bind(kept.of.call_key, kept.of.position, kept.reason, Blob{digest}, kept.origin, kept.at)
      .run();
  return count_changes(connection);
}

std::int64_t apply_one(Connection& connection, const TryFailed& failed) {
  const auto& [etag, total] = failed.partial.value_or(PartialSound{});
  connection
      .query(
          "UPDATE recordings SET state = :state, reason = :reason, tries = tries + 1, last_try_at = :last_try_at,"
          " next_try_at = :next_try_at, refused_days = :refused_days, refused_on = :refused_on,"
          " part_etag = :part_etag, part_total = :part_total"
          " WHERE call_key = :call_key AND position = :position AND state <> 'kept' AND link IS :link")
      .bind(to_text(failed.state), failed.reason, failed.at, failed.next_try_at, failed.refused_days, failed.refused_on,
            failed.partial ? optional(etag) : optional<string>(),
            failed.partial ? optional(total) : optional<std::int64_t>(), failed.tried.key.call_key,
            failed.tried.key.position, failed.tried.link)
      .run();
  return count_changes(connection);
}

std::int64_t apply_one(Connection& connection, const SoundLost& lost) {
  const string digest = from_hex(lost.sha256);
  connection
      .query(
          "UPDATE recordings SET state = 'wanted', reason = :reason, tries = 0, next_try_at = 0, refused_days = 0,"
          " refused_on = NULL, sha256 = NULL, origin = NULL, kept_at = NULL"
          " WHERE call_key = :call_key AND position = :position AND state = 'kept'")
      .bind(lost.reason, lost.of.call_key, lost.of.position)
      .run();
  const auto changed = count_changes(connection);
  connection
      .query(
          "DELETE FROM sounds WHERE sha256 = :sha256"
          " AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.sha256 = sounds.sha256)")
      .bind(Blob{digest})
      .run();
  return changed;
}

std::int64_t apply_one(Connection& connection, const RecordingsWanted& wanted) {
  connection
      .query(
          "UPDATE recordings SET state = 'wanted', reason = NULL, tries = 0, next_try_at = 0, refused_days = 0,"
          " refused_on = NULL WHERE state <> 'kept' AND EXISTS"
          " (SELECT 1 FROM calls c WHERE c.id_key = call_key AND c.item >= :first AND c.item < :behind)")
      .bind(wanted.since ? first_key_at(*wanted.since) : INT64_MIN,
            wanted.until ? first_key_at(*wanted.until) : INT64_MAX)
      .run();
  return count_changes(connection);
}

}  // namespace

std::int64_t apply(Connection& connection, const RecordingChange& change) {
  return std::visit([&](const auto& one) { return apply_one(connection, one); }, change);
}

vector<DueRecording> find_due_recordings(Connection& connection, Millis now, std::int64_t limit) {
  vector<DueRecording> due;
  auto query = connection.query(
      "SELECT r.call_key, r.position, r.link, c.duration_seconds, r.tries, r.refused_days, r.refused_on, r.part_etag,"
      " r.part_total FROM recordings r LEFT JOIN calls c ON c.id_key = r.call_key"
      " WHERE r.next_try_at <= ? ORDER BY r.next_try_at LIMIT ?");
  query.bind(now, limit);
  while (query.step()) {
    DueRecording recording{{query.text(0), query.integer(1)},
                           query.maybe_text(2),
                           query.maybe_integer(3),
                           query.integer(4),
                           query.integer(5),
                           query.maybe_integer(6),
                           {}};
    if (const auto etag = query.maybe_text(7)) recording.partial = PartialSound{*etag, query.integer(8)};
    due.push_back(std::move(recording));
  }
  return due;
}

optional<Millis> find_next_due(Connection& connection) {
  auto query = connection.query("SELECT min(next_try_at) FROM recordings WHERE next_try_at IS NOT NULL");
  query.step();
  return query.maybe_integer(0);
}

optional<Recording> find_recording(Connection& connection, const RecordingKey& key) {
  auto query = connection.query(
      string("SELECT ") + kRecordingColumns +
      " FROM recordings r LEFT JOIN calls c ON c.id_key = r.call_key LEFT JOIN sounds s ON s.sha256 = r.sha256"
      " WHERE r.call_key = ? AND r.position = ?");
  query.bind(key.call_key, key.position);
  if (!query.step()) return {};
  return read_recording(query);
}

void for_recordings_of(Connection& connection, const string& items,
                       const std::function<void(ItemKey, Recording)>& take) {
  auto query = connection.query(string("SELECT c.item, ") + kRecordingColumns +
                                " FROM calls c JOIN recordings r ON r.call_key = c.id_key AND r.position = 0"
                                " LEFT JOIN sounds s ON s.sha256 = r.sha256"
                                " WHERE c.item IN (SELECT value FROM json_each(?))");
  query.bind(items);
  while (query.step()) take(query.integer(0), read_recording(query, 1));
}

vector<Recording> find_recordings(Connection& connection, const RecordingFilter& filter,
                                  const optional<RecordingKey>& after, std::int64_t limit) {
  vector<Recording> found;
  auto query = connection.query(
      string("SELECT ") + kRecordingColumns +
      " FROM recordings r LEFT JOIN calls c ON c.id_key = r.call_key LEFT JOIN sounds s ON s.sha256 = r.sha256"
      " WHERE (r.call_key, r.position) > (?, ?)" +
      (filter.state ? " AND r.state = ?" : "") + " ORDER BY r.call_key, r.position LIMIT ?");
  const auto place = after.value_or(RecordingKey{"", -1});
  query.bind(place.call_key, place.position);
  if (filter.state) query.bind(to_text(*filter.state));
  query.bind(limit);
  while (query.step()) found.push_back(read_recording(query));
  return found;
}

optional<string> find_peaks(Connection& connection, const string& sha256) {
  auto query = connection.query("SELECT peaks FROM sounds WHERE sha256 = ?");
  query.bind(Blob{from_hex(sha256)});
  if (!query.step()) return {};
  return query.text(0);
}

RecordingCounts count_recordings(Connection& connection) {
  RecordingCounts counts;
  for (const auto state : kStates) counts.states.push_back({state});
  auto states = connection.query("SELECT state, count(*) FROM recordings GROUP BY state");
  const auto place_of = [&](const string& state) -> RecordingCounts::Of& {
    return counts.states[static_cast<std::size_t>(recording_state_from(state).value_or(RecordingState::failed))];
  };
  while (states.step()) place_of(states.text(0)).count = states.integer(1);
  auto waiting =
      connection.query("SELECT state, count(*) FROM recordings WHERE next_try_at IS NOT NULL GROUP BY state");
  while (waiting.step()) place_of(waiting.text(0)).waiting = waiting.integer(1);
  auto sounds = connection.query("SELECT count(*), coalesce(sum(bytes), 0) FROM sounds");
  sounds.step();
  counts.sounds = sounds.integer(0);
  counts.sound_bytes = sounds.integer(1);
  return counts;
}

void for_sounds(Connection& connection, const std::function<void(const Sound&)>& take) {
  auto query = connection.query("SELECT sha256, bytes, type, duration_ms FROM sounds ORDER BY sha256");
  while (query.step()) take({to_hex(query.text(0)), query.integer(1), query.text(2), query.integer(3), {}});
}

void copy_recordings(Connection& from, Connection& to) {
  auto sounds = from.query("SELECT sha256, bytes, type, duration_ms, peaks FROM sounds");
  while (sounds.step()) {
    const string digest = sounds.text(0), peaks = sounds.text(4);
    to.query("INSERT INTO sounds (sha256, bytes, type, duration_ms, peaks) VALUES (?, ?, ?, ?, ?)")
        .bind(Blob{digest}, sounds.integer(1), sounds.text(2), sounds.integer(3), Blob{peaks})
        .run();
  }
  auto rows = from.query(
      "SELECT call_key, position, state, reason, link, tries, last_try_at, next_try_at, refused_days, refused_on,"
      " part_etag, part_total, sha256, origin, kept_at FROM recordings");
  while (rows.step()) {
    const auto digest = rows.maybe_text(12);
    auto insert = to.query(
        "INSERT OR REPLACE INTO recordings (call_key, position, state, reason, link, tries, last_try_at, next_try_at,"
        " refused_days, refused_on, part_etag, part_total, sha256, origin, kept_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(rows.text(0), rows.integer(1), rows.text(2), rows.maybe_text(3), rows.maybe_text(4), rows.integer(5),
                rows.maybe_integer(6), rows.maybe_integer(7), rows.integer(8), rows.maybe_integer(9),
                rows.maybe_text(10), rows.maybe_integer(11));
    if (digest) insert.bind(Blob{*digest});
    else insert.bind(nullptr);
    insert.bind(rows.maybe_text(13), rows.maybe_integer(14)).run();
  }
}

}  // namespace storage
}  // namespace callarchive
