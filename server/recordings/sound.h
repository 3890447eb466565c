#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace callarchive::recordings {

// What is in the file is not a whole sound; what() says what it is instead.
struct NotSound : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Heard {
  std::string type = {};  // media type, by content
  std::int64_t duration_ms = 0;
  std::string peaks = {};  // as Sound::peaks
};

// Decodes all of a file (MP3, WAV, Ogg, FLAC), of which nothing has been checked. `may_go_on` is asked now and then;
// false ends with vendor::Stopped (transfer.h). Throws NotSound.
Heard hear(int descriptor, const std::function<bool()>& may_go_on);

// Says so if a sound is more than a fifth longer or shorter than its call. A difference of two seconds is none: the
// vendor's minutes are rounded, and a call rings before it is recorded.
std::optional<std::string> odd_duration(std::int64_t sound_ms, const std::optional<std::int64_t>& call_seconds);

}  // namespace callarchive::recordings
