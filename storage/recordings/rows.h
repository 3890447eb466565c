#pragma once

#include "storage/recordings.h"

#include <functional>

// Every statement about the tables `recordings` and `sounds`, except for the trigger that inserts a row with its call
// (migrations/0013_recordings.sql).

namespace callarchive::storage {

class Connection;

// Makes a change, inside a transaction of the writer. Returns how many rows of `recordings` changed.
std::int64_t apply(Connection& connection, const RecordingChange& change);

// Those that are due, the longest waiting first.
vector<DueRecording> find_due_recordings(Connection& connection, Millis now, std::int64_t limit);
// When the next one is due; absent if none is.
optional<Millis> find_next_due(Connection& connection);

optional<Recording> find_recording(Connection& connection, const RecordingKey& key);
// The first recording of each of these calls that has one, with the key of the call. `items` as key_list() makes it.
void for_recordings_of(Connection& connection, const string& items,
                       const std::function<void(ItemKey, Recording)>& take);
// In the order of their keys, after `after`.
vector<Recording> find_recordings(Connection& connection, const RecordingFilter& filter,
                                  const optional<RecordingKey>& after, std::int64_t limit);
optional<string> find_peaks(Connection& connection, const string& sha256);
RecordingCounts count_recordings(Connection& connection);

// Every sound that a row of `recordings` names, in the order of the digests.
void for_sounds(Connection& connection, const std::function<void(const Sound&)>& take);

// Copies both tables into another file, where they replace the rows of the same recordings.
void copy_recordings(Connection& from, Connection& to);

}  // namespace callarchive::storage
