#pragma once

#include "storage/recordings.h"

#include <functional>

// Every statement about recordings and sounds, but for the trigger that makes a row with its call
// (migrations/0013_recordings.sql).

namespace callarchive::storage {

class Connection;

// Inside a transaction of the writer. Returns how many recordings changed.
std::int64_t apply(Connection& connection, const RecordingChange& change);

// Those whose time has come, the longest waiting first.
vector<DueRecording> find_due_recordings(Connection& connection, Millis now, std::int64_t limit);
// When the next one is due; absent when none is.
optional<Millis> find_next_due(Connection& connection);

optional<Recording> find_recording(Connection& connection, const RecordingKey& key);
// The first recording of each call of the page, for those that have one. `take` is given the item of the call.
void for_recordings_of(Connection& connection, const string& items,
                       const std::function<void(ItemKey, Recording)>& take);
// In the order of their keys, behind `after`.
vector<Recording> find_recordings(Connection& connection, const RecordingFilter& filter,
                                  const optional<RecordingKey>& after, std::int64_t limit);
optional<string> find_peaks(Connection& connection, const string& sha256);
RecordingCounts count_recordings(Connection& connection);

// Every sound that a row names, in the order of the digests.
void for_sounds(Connection& connection, const std::function<void(const Sound&)>& take);

// Takes both tables over into another file, whose rows of the same recordings they replace.
void copy_recordings(Connection& from, Connection& to);

}  // namespace callarchive::storage
