#pragma once

#include "server/http.h"
#include "storage/records.h"

#include <chrono>
#include <map>
#include <string_view>

// The query string of one request, read by name into typed values.

namespace callarchive::api {

// The most rows on a page.
constexpr std::int64_t kMostLimit = 500;

// A phone number as a person or program wrote it into a URL. "+14155550100" arrives as " 14155550100" when its
// '+' was not encoded: it is restored.
string restored_number(std::string_view text);

// Whether the rows of a list are counted, and how.
enum class Counting { none, capped, exact };

// A read that fails is noted, and reading goes on, so that one response names all mistakes; finish() throws it.
// Do not use the values before finish() has returned.
class Query {
 public:
  explicit Query(const http::Request& request);  // keeps a reference

  const http::Request& request() const { return request_; }

  // Filters: they select the rows, and are part of the fingerprint. Absent means "not given". An empty value is a
  // mistake, and so are two values where one is expected, and more than a hundred anywhere.

  optional<string> text(std::string_view name);
  // The vendor's enumerations: open sets, so any word; upper-cased, as the vendor writes them.
  optional<string> upper_case(std::string_view name);
  // One of a closed set of lower-case words, in any case.
  optional<string> one_of(std::string_view name, const vector<std::string_view>& allowed);
  // A telephone number in any spelling.
  optional<string> number(std::string_view name);
  vector<string> numbers(std::string_view name);  // may be repeated
  // key:value, may be repeated; the key ends at the first colon.
  vector<Member> members(std::string_view name);
  // A whole number of seconds, not negative.
  optional<std::int64_t> seconds(std::string_view name);
  // RFC 3339, or a date, which is its first instant in the zone that `tz` names (default UTC).
  optional<Millis> instant(std::string_view name);
  // The zone that `tz` names, default UTC; it decides where days and other buckets of time begin.
  string time_zone();
  // Words of a closed set, repeated or comma separated.
  vector<string> words(std::string_view name, const vector<std::string_view>& allowed);

  // The form of the response: not part of the fingerprint.

  std::int64_t limit();              // 1..kMostLimit, default 50
  optional<string> cursor();         // still opaque
  Counting counting();               // count=exact or count=capped, default none
  bool includes_transcript();        // include=transcript
  bool flag(std::string_view name);  // true or false, default false
  // 1..`most`, default `most`.
  std::chrono::milliseconds timeout(std::chrono::milliseconds most);

  // Adds a mistake that the reads above cannot see, such as two values that do not go together.
  void refuse(std::string_view name, string message);
  bool has_mistakes() const { return !errors_.empty(); }
  // Throws HttpError 400 with every mistake and every parameter that was never read.
  void finish() const;

  // Path and filters in one canonical text, equal for equal queries, in whatever order the filters were read: what a
  // cursor is bound to.
  string fingerprint() const;

 private:
  struct Parameter {
    std::string_view name;
    std::string_view value;
    bool known = false;
  };

  vector<std::string_view> values(std::string_view name);
  optional<string> zone();
  optional<std::string_view> value(std::string_view name);
  optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most);
  void check_count(std::string_view name, std::size_t count);
  bool is_only(std::string_view name, std::string_view word);
  void remember(std::string_view name, std::string_view canonical);

  const http::Request& request_;
  vector<Parameter> parameters_;
  vector<http::FieldError> errors_;
  std::map<string, string> filters_;  // name to values, each with its length
};

}  // namespace callarchive::api
