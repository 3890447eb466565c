#include "server/ingest/transcript_text.h"

#include "storage/text/ascii.h"

#include <algorithm>
#include <utility>

namespace callarchive::ingest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kSpeakers[] = {"AGENT", "USER", "EXTERNAL"};
constexpr std::size_t kLongestSpeaker = 32;

bool is_known_speaker(std::string_view word) {
  return std::find(std::begin(kSpeakers), std::end(kSpeakers), ascii::upper(word)) != std::end(kSpeakers);
}

bool is_word_in_capitals(std::string_view word) {
  return word.size() >= 2 && word.size() <= kLongestSpeaker && ascii::is_upper(word.front()) &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return ascii::is_upper(c) || ascii::is_digit(c) || c == '_'; });
}

// Who speaks at the beginning of a line, and what; empty for nobody.
std::pair<string, std::string_view> split_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > kLongestSpeaker) return {{}, line};
  const std::string_view word = line.substr(0, colon), rest = line.substr(colon + 1);
  if (!rest.empty() && kBlanks.find(rest.front()) == std::string_view::npos) return {{}, line};
  if (!is_known_speaker(word) && !is_word_in_capitals(word)) return {{}, line};
  return {ascii::upper(word), ascii::trim(rest)};
}

// Whether a known speaker is named in the middle of the text: " USER: ".
bool names_another_speaker(std::string_view text) {
  for (auto colon = text.find(": "); colon != std::string_view::npos; colon = text.find(": ", colon + 1)) {
    const auto before = text.substr(0, colon).find_last_of(kBlanks);
    if (before != std::string_view::npos && is_known_speaker(text.substr(before + 1, colon - before - 1))) return true;
  }
  return false;
}

}  // namespace

vector<TranscriptEntry> entries_of_text(std::string_view text) {
  text = ascii::trim(text);
  if (text.empty()) return {};
  const bool is_one_line = text.find('\n') == std::string_view::npos;
  if (is_one_line && names_another_speaker(text)) return {{.text = string(text)}};
  vector<TranscriptEntry> entries;
  bool has_speaker = false;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = ascii::trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    auto [speaker, words] = split_line(line);
    if (!speaker.empty()) {
      has_speaker = true;
      entries.push_back(
          {.position = static_cast<std::int64_t>(entries.size()), .source = speaker, .text = string(words)});
    } else if (entries.empty()) {
      entries.push_back({.text = string(line)});
    } else if (!line.empty()) {
      (entries.back().text += entries.back().text.empty() ? "" : "\n") += line;
    }
  }
  if (!has_speaker) return {{.text = string(text)}};
  return entries;
}

}  // namespace callarchive::ingest
