#include "server/recordings/sound.h"

#include "server/vendor/transfer.h"

#include <sndfile.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string_view>
#include <vector>

namespace callarchive::recordings {
namespace {

constexpr std::size_t kParts = 512;
constexpr sf_count_t kFramesAtOnce = 8192;

struct Begin {
  std::array<char, 64> bytes{};
  std::size_t size = 0;
  std::string_view text() const { return {bytes.data(), size}; }
};

Begin begin_of(int descriptor) {
  Begin begin;
  const ssize_t got = ::pread(descriptor, begin.bytes.data(), begin.bytes.size(), 0);
  begin.size = got > 0 ? static_cast<std::size_t>(got) : 0;
  return begin;
}

// https://mimesniff.spec.whatwg.org/#matching-an-audio-or-video-type-pattern, with FLAC. Empty: none of them.
std::string type_of(std::string_view begin) {
  const auto at = [&](std::size_t place) { return static_cast<unsigned char>(begin[place]); };
  if (begin.size() >= 12 && begin.starts_with("RIFF") && begin.substr(8, 4) == "WAVE") return "audio/wav";
  if (begin.starts_with("ID3")) return "audio/mpeg";
  // Frame sync, a known MPEG version, layer III.
  if (begin.size() >= 2 && at(0) == 0xff && (at(1) & 0xe6) == 0xe2 && (at(1) & 0x18) != 0x08) return "audio/mpeg";
  if (begin.starts_with("OggS")) return "audio/ogg";
  if (begin.starts_with("fLaC")) return "audio/flac";
  return {};
}

std::string describe_other(std::string_view begin) {
  const auto first = begin.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string_view::npos) return "blanks instead of sound";
  if (begin[first] == '<') return "a web page or XML instead of sound";
  if (begin[first] == '{' || begin[first] == '[') return "JSON instead of sound";
  return "neither MP3, WAV, Ogg nor FLAC";
}

// A WAV file says how long it is. Writers to a pipe do not know it and leave 0 or the greatest number.
void check_wave_length(int descriptor, std::string_view begin) {
  std::uint32_t said = 0;
  for (std::size_t i = 4; i-- > 0;) said = said << 8 | static_cast<unsigned char>(begin[4 + i]);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || said == 0 || said >= 0x7fffff00u) return;
  if (static_cast<std::int64_t>(said) + 8 > info.st_size) {
    throw NotSound("cut off: " + std::to_string(info.st_size) + " of " + std::to_string(std::int64_t{said} + 8) +
                   " bytes");
  }
}

// The greatest level of equal parts of a sound whose length is known only at its end: parts of a frame each, which are
// joined two by two whenever there are twice as many as wanted.
class Shape {
 public:
  void add(float level) {
    highest_ = std::max(highest_, level);
    if (++frames_ < width_) return;
    levels_.push_back(highest_);
    highest_ = 0;
    frames_ = 0;
    if (levels_.size() < 2 * kParts) return;
    for (std::size_t i = 0; i < kParts; ++i) levels_[i] = std::max(levels_[2 * i], levels_[2 * i + 1]);
    levels_.resize(kParts);
    width_ *= 2;
  }
  std::string finish() {
    if (frames_ > 0) levels_.push_back(highest_);
    const std::size_t parts = std::min(levels_.size(), kParts);
    std::string peaks;
    for (std::size_t part = 0; part < parts; ++part) {
      const auto first = levels_.begin() + static_cast<std::ptrdiff_t>(part * levels_.size() / parts);
      const auto last = levels_.begin() + static_cast<std::ptrdiff_t>((part + 1) * levels_.size() / parts);
      const float level = std::min(1.0f, *std::max_element(first, last));
      peaks += static_cast<char>(static_cast<unsigned char>(std::lround(level * 255)));
    }
    return peaks;
  }

 private:
  std::vector<float> levels_ = {};
  std::int64_t width_ = 1;   // frames of a part
  std::int64_t frames_ = 0;  // of the part that has begun
  float highest_ = 0;
};

struct CloseSound {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

}  // namespace

Heard hear(int descriptor, const std::function<bool()>& may_go_on) {
  const Begin begin = begin_of(descriptor);
  if (begin.size == 0) throw NotSound("no bytes");
  Heard heard{.type = type_of(begin.text())};
  if (heard.type.empty()) throw NotSound(describe_other(begin.text()));
  if (heard.type == "audio/wav") check_wave_length(descriptor, begin.text());

  ::lseek(descriptor, 0, SEEK_SET);
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, CloseSound> file(sf_open_fd(descriptor, SFM_READ, &info, SF_FALSE));
  if (!file) throw NotSound(std::string("cannot be decoded: ") + sf_strerror(nullptr));
  if (info.channels < 1 || info.channels > 16 || info.samplerate < 1) throw NotSound("cannot be decoded");

  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> samples(channels * kFramesAtOnce);
  Shape shape;
  std::int64_t frames = 0;
  while (const sf_count_t got = sf_readf_float(file.get(), samples.data(), kFramesAtOnce)) {
    if (got < 0) break;
    if (may_go_on && !may_go_on()) throw vendor::Stopped();
    for (std::size_t frame = 0; frame < static_cast<std::size_t>(got); ++frame) {
      float level = 0;
      for (std::size_t i = 0; i < channels; ++i) {
        const float value = std::abs(samples[frame * channels + i]);
        if (value > level) level = value;  // false for what is no number, which files may hold
      }
      shape.add(level);
    }
    frames += got;
  }
  if (frames == 0) throw NotSound("no sound in it");
  if (const int error = sf_error(file.get()); error != SF_ERR_NO_ERROR) {
    throw NotSound(std::string("cannot be decoded to its end: ") + sf_error_number(error));
  }
  heard.duration_ms = frames * 1000 / info.samplerate;
  heard.peaks = shape.finish();
  return heard;
}

std::optional<std::string> odd_duration(std::int64_t sound_ms, const std::optional<std::int64_t>& call_seconds) {
  constexpr double kOdd = 0.2;
  constexpr double kNever = 2;
  if (!call_seconds || *call_seconds <= 0) return {};
  const double sound = static_cast<double>(sound_ms) / 1000, call = static_cast<double>(*call_seconds);
  const double difference = std::abs(sound - call);
  if (difference <= call * kOdd || difference <= kNever) return {};
  return "the sound has " + std::to_string(std::llround(sound)) + " seconds, the call " + std::to_string(*call_seconds);
}

}  // namespace callarchive::recordings
