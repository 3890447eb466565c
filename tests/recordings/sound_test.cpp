#include "server/recordings/sound.h"

#include "storage/recordings/media_store.h"
#include "tests/recordings/fake_vendor.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <fcntl.h>

namespace callarchive::recordings::testing {
namespace {

using ::testing::HasSubstr;

Heard hear_bytes(const string& bytes) {
  const test::TemporaryFolder folder;
  const string path = folder.file("sound");
  std::ofstream(path, std::ios::binary) << bytes;
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return hear(file.descriptor(), {});
}

TEST(Sound, IsKnownByItsContent) {
  for (const auto& [name, type] : std::vector<std::pair<string, string>>{
           {"a.mp3", "audio/mpeg"}, {"a.wav", "audio/wav"}, {"a.ogg", "audio/ogg"}, {"a.flac", "audio/flac"}}) {
    const auto heard = hear_bytes(make_sound(name, 3));
    EXPECT_EQ(heard.type, type) << name;
    EXPECT_NEAR(static_cast<double>(heard.duration_ms), 3000, 200) << name;
    EXPECT_EQ(heard.peaks.size(), 512u) << name;
  }
}

TEST(Sound, HasTheShapeThatOneHears) {
  // Half a second of a tone, then as long silence: sox joins them.
  const string tone = make_sound("a.wav", 0.5);
  string both = tone + string(tone.size() - 44, '\0');
  const auto put = [&](std::size_t place, std::uint32_t number) {
    for (int i = 0; i < 4; ++i) both[place + static_cast<std::size_t>(i)] = static_cast<char>(number >> (8 * i));
  };
  put(4, static_cast<std::uint32_t>(both.size() - 8));
  put(40, static_cast<std::uint32_t>(both.size() - 44));
  const auto heard = hear_bytes(both);
  EXPECT_EQ(heard.duration_ms, 1000);
  ASSERT_EQ(heard.peaks.size(), 512u);
  for (std::size_t i = 0; i < 250; ++i) EXPECT_GT(static_cast<unsigned char>(heard.peaks[i]), 140) << i;
  for (std::size_t i = 262; i < 512; ++i) EXPECT_EQ(heard.peaks[i], 0) << i;
}

TEST(Sound, OfAFewFramesHasFewParts) {
  const auto heard = hear_bytes(make_sound("a.wav", 0.01));
  EXPECT_EQ(heard.peaks.size(), 80u);
}

TEST(Sound, IsNothingElse) {
  const string wav = make_sound("a.wav", 1);
  const struct {
    string bytes;
    const char* reason;
  } kRows[] = {
      {"", "no bytes"},
      {"  \n ", "blanks"},
      {"<!doctype html><title>Sign in</title>", "web page"},
      {"\xef\xbb\xbf  <?xml version='1.0'?><Error/>", "web page or XML"},
      {R"({"error":{"code":"EXPIRED"}})", "JSON"},
      {"%PDF-1.7", "neither"},
      {"ID3", "cannot be decoded"},
      {string("RIFF\x24\x10\0\0WAVEfmt ", 16), "cut off"},
      {wav.substr(0, wav.size() / 2), "cut off"},
      {wav.substr(0, 44), "cut off"},
      {"fLaC and then something else entirely", "decoded"},
  };
  for (const auto& [bytes, reason] : kRows) {
    try {
      hear_bytes(bytes);
      ADD_FAILURE() << reason;
    } catch (const NotSound& error) {
      EXPECT_THAT(error.what(), HasSubstr(reason));
    }
  }
}

// Whatever a stranger sends: an explanation, never a crash.
TEST(Sound, CutAtAnyLengthOrWithAnyByteChangedIsHeardOrExplained) {
  for (const char* name : {"a.mp3", "a.wav", "a.ogg", "a.flac"}) {
    const string whole = make_sound(name, 0.2);
    const auto try_it = [](const string& bytes) {
      try {
        hear_bytes(bytes);
      } catch (const NotSound&) {
        return;
      }
    };
    for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 100) {
      try_it(whole.substr(0, i));
      string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 0xff);
      try_it(changed);
    }
  }
}

}  // namespace
}  // namespace callarchive::recordings::testing
