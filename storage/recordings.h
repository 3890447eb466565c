#pragma once

#include "storage/records.h"

#include <variant>

// The recordings of calls as the database knows them: which are wanted, kept, or cannot be fetched. The files
// themselves are in a MediaStore (storage/recordings/media_store.h).

namespace callarchive {

const char* to_text(RecordingState state);  // as in tables and answers
optional<RecordingState> recording_state_from(const string& text);

// An unfinished download, which can be continued if the server still has the same strong entity tag and length.
struct PartialSound {
  string etag = {};  // with its quotes
  std::int64_t total = 0;
  bool operator==(const PartialSound&) const = default;
};

// A recording that should be tried now, and what a try needs to know.
struct DueRecording {
  RecordingKey key = {};
  optional<string> link = {};  // as the vendor sent it
  optional<std::int64_t> call_seconds = {};
  std::int64_t tries = 0;
  std::int64_t refused_days = 0;           // different days (UTC) on which it was refused
  optional<std::int64_t> refused_on = {};  // the last of them, in days since 1970
  optional<PartialSound> partial = {};
};

struct RecordingCounts {
  struct Of {
    RecordingState state;
    std::int64_t count = 0;
    std::int64_t waiting = 0;  // of these, how many will be tried again
  };
  vector<Of> states = {};  // each state once
  std::int64_t sounds = 0;
  std::int64_t sound_bytes = 0;
};

struct RecordingFilter {
  optional<RecordingState> state = {};
};

// Changes for Archive::change_recordings.

// The file is on disk, and the recording is kept. Inserts the row if there is none. Changes nothing if the recording is
// kept already.
struct SoundKept {
  RecordingKey of = {};
  Sound sound = {};
  string origin = {};
  optional<string> reason = {};
  Millis at = 0;
};

// A try that failed. Changes nothing if another link has arrived meanwhile: that one is due.
struct TryFailed {
  DueRecording tried = {};
  RecordingState state = RecordingState::failed;
  string reason = {};
  Millis at = 0;
  optional<Millis> next_try_at = {};
  std::int64_t refused_days = 0;
  optional<std::int64_t> refused_on = {};
  optional<PartialSound> partial = {};
};

// Every recording that is not kept, of calls in this time range, is to be tried again at once.
struct RecordingsWanted {
  optional<Millis> since = {};  // inclusive
  optional<Millis> until = {};  // exclusive
};

// The file of a kept recording is missing or damaged: it is wanted again.
struct SoundLost {
  RecordingKey of = {};
  string sha256 = {};
  string reason = {};
};

using RecordingChange = std::variant<SoundKept, TryFailed, RecordingsWanted, SoundLost>;

}  // namespace callarchive
