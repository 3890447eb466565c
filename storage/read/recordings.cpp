#include "storage/recordings/rows.h"

#include "storage/items/item_key.h"
#include "storage/read/connection.h"

namespace callarchive {

using namespace storage;

vector<DueRecording> Reader::find_due_recordings(Millis now, std::int64_t limit) {
  return ask(*connection_,
             [&](Connection& connection) { return storage::find_due_recordings(connection, now, limit); });
}

optional<Millis> Reader::find_next_due_recording() {
  return ask(*connection_, [](Connection& connection) { return find_next_due(connection); });
}

optional<Recording> Reader::find_recording(const string& call_id) {
  return ask(*connection_, [&](Connection& connection) {
    return storage::find_recording(connection, {comparable_id(call_id), 0});
  });
}

vector<Recording> Reader::find_recordings(const RecordingFilter& filter, const optional<RecordingKey>& after,
                                          std::int64_t limit) {
  return ask(*connection_,
             [&](Connection& connection) { return storage::find_recordings(connection, filter, after, limit); });
}

optional<string> Reader::find_peaks(const string& sha256) {
  return ask(*connection_, [&](Connection& connection) { return storage::find_peaks(connection, sha256); });
}

RecordingCounts Reader::count_recordings() {
  return ask(*connection_, [](Connection& connection) { return storage::count_recordings(connection); });
}

}  // namespace callarchive
