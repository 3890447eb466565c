#pragma once

#include "server/vendor/api.h"
#include "server/vendor/standing.h"

#include <functional>
#include <istream>
#include <map>

// An exact report of how the archive differs from the vendor, or from a list.

namespace callarchive::vendor {

// Something that is on one side only, or on both and not the same.
struct Finding {
  string kind = {};  // CALL, SMS, PERSON
  string id = {};
  string line = {};  // of the account; empty for a person, and in a list that names none
  optional<Millis> at = {};
  vector<Difference> differences = {};
};

// Of one line, kind and month.
struct MonthCounts {
  std::int64_t there = 0;
  std::int64_t here = 0;
  std::int64_t missing_here = 0;
  std::int64_t missing_there = 0;
  std::int64_t different = 0;
};
struct MonthKey {
  string line = {};
  string kind = {};
  string month = {};  // 2026-03, or empty
  auto operator<=>(const MonthKey&) const = default;
};

struct VerifyReport {
  vector<Finding> missing_here = {};
  vector<Finding> missing_there = {};
  vector<Finding> different = {};
  vector<string> notes = {};  // sentences: what could not be compared, and why
  bool is_read_whole = true;  // everything that the key, or the list, shows was compared
  std::map<MonthKey, MonthCounts> months = {};
  Me me = {};
  vector<Line> lines = {};
  std::int64_t compared = 0;
  std::int64_t requests = 0;

  // Both sides have the same, as far as the key sees.
  bool is_complete() const {
    return is_read_whole && missing_here.empty() && missing_there.empty() && different.empty();
  }
};

struct VerifyOptions {
  optional<std::int64_t> since_day = {};
  optional<std::int64_t> until_day = {};  // not included
  std::function<Millis()> now = {};
  std::function<void(const char* phase, std::int64_t done, std::int64_t requests)> report = {};  // may throw to stop
};

// Reads every page of what the key sees. Throws VendorError, Stopped, QueryTimeout.
VerifyReport verify(Archive& archive, Client& client, const VerifyOptions& options);

// Against a list, one JSON object a line: items of the vendor's REST API (either version), or lines of
// /v1/export/{calls,messages,contacts} of another archive. Throws Unreadable (server/ingest/import.h).
VerifyReport verify_against(Archive& archive, std::istream& list, const VerifyOptions& options);

string report_as_text(const VerifyReport& report);
string report_as_json(const VerifyReport& report);

}  // namespace callarchive::vendor
