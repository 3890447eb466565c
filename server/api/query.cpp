#include "server/api/query.h"

#include "server/api/local_date.h"
#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <charconv>

namespace callarchive::api {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::size_t kMostValues = 100;  // of one parameter
constexpr std::int64_t kMostSeconds = 1'000'000'000;

// RFC 3339 demands an offset: "Z" or "+02:00". Its '+' may have arrived as a space.
optional<Millis> parse_rfc3339(std::string_view text) {
  string restored(text);
  constexpr std::size_t kOffset = 6;
  if (restored.size() <= kOffset) return {};
  char& sign = restored[restored.size() - kOffset];
  if (sign == ' ') sign = '+';
  const bool has_zone = restored.back() == 'Z' || restored.back() == 'z' ||
                        ((sign == '+' || sign == '-') && restored[restored.size() - 3] == ':');
  if (!has_zone) return {};
  return parse_instant(restored, kYearsOfQueries);
}

}  // namespace

string restored_number(std::string_view text) {
  const std::string_view number = ascii::trim(text, " ");
  const bool lost_plus = text.size() > 1 && text.front() == ' ' && !number.empty() && ascii::is_digit(number.front());
  return lost_plus ? "+" + string(number) : string(number);
}

Query::Query(const http::Request& request) : request_(request) {
  for (const auto& [name, value] : request.query) parameters_.push_back({name, value});
}

optional<string> Query::text(std::string_view name) {
  const auto given = value(name);
  if (!given) return {};
  remember(name, *given);
  return string(*given);
}

optional<string> Query::upper_case(std::string_view name) {
  const auto given = value(name);
  if (!given) return {};
  string canonical = ascii::upper(*given);
  remember(name, canonical);
  return canonical;
}

optional<string> Query::one_of(std::string_view name, const vector<std::string_view>& allowed) {
  const auto given = value(name);
  if (!given) return {};
  string canonical = ascii::lower(*given);
  if (std::find(allowed.begin(), allowed.end(), canonical) == allowed.end()) {
    refuse(name, "expected one of " + ascii::join(allowed, ", "));
    return {};
  }
  remember(name, canonical);
  return canonical;
}

optional<string> Query::number(std::string_view name) {
  const auto given = value(name);
  if (!given) return {};
  string canonical = restored_number(*given);
  remember(name, canonical);
  return canonical;
}

vector<string> Query::numbers(std::string_view name) {
  vector<string> found;
  for (const auto& given : values(name)) found.push_back(restored_number(given));
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (const auto& number : found) remember(name, number);
  return found;
}

vector<Member> Query::members(std::string_view name) {
  vector<Member> found;
  for (const auto& given : values(name)) {
    const auto colon = given.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
      refuse(name, "expected a key, a colon and a value, such as order:4711");
      continue;
    }
    remember(name, given);
    found.push_back({string(given.substr(0, colon)), string(given.substr(colon + 1))});
  }
  return found;
}

optional<std::int64_t> Query::seconds(std::string_view name) {
  const auto given = whole(name, 0, kMostSeconds);
  if (given) remember(name, std::to_string(*given));
  return given;
}

optional<Millis> Query::instant(std::string_view name) {
  const auto given = value(name);
  const auto in_zone = zone();
  if (!given || !in_zone) return {};
  auto result = start_of_day(*given, *in_zone);
  if (!result) result = parse_rfc3339(*given);
  if (!result) {
    refuse(name, "expected a date, such as 2024-01-15, or an instant as in RFC 3339, such as 2024-01-15T10:30:00Z");
    return {};
  }
  remember(name, std::to_string(*result));
  return result;
}

string Query::time_zone() {
  const string name = zone().value_or("UTC");
  remember("tz", name);
  return name;
}

vector<string> Query::words(std::string_view name, const vector<std::string_view>& allowed) {
  vector<string> found;
  for (const auto& list : values(name)) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      string word = ascii::lower(ascii::trim(list.substr(begin, end - begin), " "));
      if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
        refuse(name, "expected one or more of " + ascii::join(allowed, ", "));
      }
      found.push_back(std::move(word));
      begin = end + 1;
    }
  }
  check_count(name, found.size());
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (const auto& word : found) remember(name, word);
  return found;
}

std::int64_t Query::limit() { return whole("limit", 1, kMostLimit).value_or(kDefaultLimit); }

optional<string> Query::cursor() {
  const auto given = value("cursor");
  if (!given) return {};
  return string(*given);
}

Counting Query::counting() {
  const auto given = value("count");
  if (!given) return Counting::none;
  if (*given == "exact") return Counting::exact;
  if (*given != "capped") refuse("count", "expected exact or capped");
  return Counting::capped;
}
bool Query::includes_transcript() { return is_only("include", "transcript"); }

bool Query::flag(std::string_view name) {
  const auto given = value(name);
  if (!given) return false;
  if (*given != "true" && *given != "false") refuse(name, "expected true or false");
  return *given == "true";
}

std::chrono::milliseconds Query::timeout(std::chrono::milliseconds most) {
  return std::chrono::milliseconds(whole("timeout_ms", 1, most.count()).value_or(most.count()));
}

void Query::finish() const {
  auto errors = errors_;
  bool unknown = false;
  for (const auto& parameter : parameters_) {
    if (parameter.known) continue;
    unknown = true;
    errors.push_back({string(parameter.name), "unknown parameter"});
  }
  if (errors.empty()) return;
  const string detail = errors.front().field + ": " + errors.front().message;
  throw http::HttpError(400, unknown ? "unknown_parameter" : "invalid_parameter", detail, std::move(errors));
}

vector<std::string_view> Query::values(std::string_view name) {
  vector<std::string_view> found;
  for (auto& parameter : parameters_) {
    if (parameter.name != name) continue;
    parameter.known = true;
    if (ascii::trim(parameter.value).empty()) refuse(name, "expected a value");
    found.push_back(parameter.value);
  }
  check_count(name, found.size());
  return found;
}

optional<std::string_view> Query::value(std::string_view name) {
  const auto found = values(name);
  if (found.size() > 1) refuse(name, "expected only one value");
  if (found.empty() || ascii::trim(found.front()).empty()) return {};
  return found.front();
}

optional<string> Query::zone() {
  string name(value("tz").value_or("UTC"));
  if (is_time_zone(name)) return name;
  refuse("tz", has_time_zones() ? "expected the name of a time zone in the IANA database, such as Europe/Paris"
                                : kNoTimeZones);
  return {};
}

optional<std::int64_t> Query::whole(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto given = value(name);
  if (!given) return {};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
  if (error != std::errc() || end != given->data() + given->size() || number < least || number > most) {
    refuse(name, "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return {};
  }
  return number;
}

bool Query::is_only(std::string_view name, std::string_view word) {
  const auto given = value(name);
  if (given && *given != word) refuse(name, "expected " + string(word));
  return given == word;
}

void Query::check_count(std::string_view name, std::size_t count) {
  if (count > kMostValues) refuse(name, "expected at most " + std::to_string(kMostValues) + " values");
}

void Query::refuse(std::string_view name, string message) {
  const auto same = [&](const http::FieldError& error) { return error.field == name; };
  if (std::none_of(errors_.begin(), errors_.end(), same)) errors_.push_back({string(name), std::move(message)});
}

string Query::fingerprint() const {
  string text = request_.path;
  for (const auto& [name, values] : filters_) text += '\n' + name + values;
  return text;
}

// The length keeps two different queries from ever having one text.
void Query::remember(std::string_view name, std::string_view canonical) {
  string& values = filters_[string(name)];
  values += ' ' + std::to_string(canonical.size()) + ' ';
  values += canonical;
}

}  // namespace callarchive::api
