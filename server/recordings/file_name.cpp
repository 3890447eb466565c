#include "server/recordings/file_name.h"

#include "server/text/time_text.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace callarchive::recordings {
namespace {

constexpr std::size_t kLongestPart = 60;

string ending_of(const string& type) {
  static const std::map<string, string> kEndings = {
      {"audio/mpeg", ".mp3"}, {"audio/wav", ".wav"}, {"audio/ogg", ".ogg"}, {"audio/flac", ".flac"}};
  const auto found = kEndings.find(type);
  return found == kEndings.end() ? "" : found->second;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("+-_.").find(c) != std::string_view::npos;
}

}  // namespace

string file_name(const Call& call, const string& type) {
  string name;
  const auto add = [&](const optional<string>& part) {
    if (!part || part->empty()) return;
    if (!name.empty()) name += '_';
    name += part->substr(0, kLongestPart);
  };
  add(call.started_at ? optional(format_instant(*call.started_at).substr(0, 19) + "Z") : optional<string>());
  add(call.from_number);
  add(call.to_number);
  add(call.id);
  std::erase(name, ':');
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_plain(c); }, '-');
  return name + ending_of(type);
}

}  // namespace callarchive::recordings
