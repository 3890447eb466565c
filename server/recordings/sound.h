#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace callarchive::recordings {

// The file is not a complete recording; what() says what it is instead.
struct NotSound : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Heard {
  std::string type = {};  // media type, as the content shows it
  std::int64_t duration_ms = 0;
  std::string peaks = {};  // as Sound::peaks
};

// Decodes all of a file (MP3, WAV, Ogg, FLAC), of which nothing has been checked. `may_go_on` is asked now and then;
// false ends with vendor::Stopped (transfer.h). Throws NotSound.
Heard hear(int descriptor, const std::function<bool()>& may_go_on);

// A remark if a recording is more than a fifth longer or shorter than its call. Differences of up to two seconds are
// ignored: the vendor's minutes are rounded, and a call rings before it is recorded.
std::optional<std::string> odd_duration(std::int64_t sound_ms, const std::optional<std::int64_t>& call_seconds);

}  // namespace callarchive::recordings
