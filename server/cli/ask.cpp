#include "server/cli/ask.h"

#include "server/api/local_date.h"
#include "server/cli/options.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace callarchive::cli {
namespace {

constexpr std::int64_t kPage = 500;  // the most rows that the API returns at once

std::vector<Filter> operator+(std::vector<Filter> all, const std::vector<Filter>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const Filter kNumber = {"number", "Number of a participant, in any spelling", true};
const Filter kWords = {"q", "Words that were said or written, in the syntax of `search`"};

}  // namespace

const std::vector<Filter> kTimeFilters = {
    {"since", "Start of the period: a date, or an instant as in RFC 3339"},
    {"until", "End of the period, exclusive: a date, or an instant as in RFC 3339"},
};

const std::vector<Filter> kCallFilters =
    std::vector<Filter>{
        kNumber,
        {"direction", "INBOUND or OUTBOUND"},
        {"result", "ANSWERED, VOICEMAIL, BLOCKED …"},
        {"tag", "A tag of the call"},
        {"user_email", "E-mail address of the user whose line it was"},
        {"contact_id", "Id of a contact, one of whose numbers took part"},
    } +
    kTimeFilters +
    std::vector<Filter>{
        {"min_duration", "Minimum length in seconds"},
        {"max_duration", "Maximum length in seconds"},
        {"collected", "A collected value, as KEY:VALUE; repeat it to require several", true},
        {"has", "What the call must have", true, {"recording", "recording_link", "transcript", "summary"}},
        {"recording_state", "State of the recording", false, {"wanted", "kept", "denied", "gone", "failed"}},
        kWords,
    };

const std::vector<Filter> kMessageFilters =
    std::vector<Filter>{
        kNumber,
        {"direction", "INBOUND or OUTBOUND"},
        {"type", "SMS or MMS"},
    } +
    kTimeFilters + std::vector<Filter>{kWords};

const std::vector<Filter> kContactFilters = {
    {"name", "Part of the name"},
    {"company", "Part of the company's name"},
    {"email", "The complete e-mail address"},
    {"number", "A number, in any spelling"},
    {"property", "A custom property, as KEY:VALUE; repeat it to require several", true},
    kWords,
};

const std::vector<Filter> kNumberFilters = {
    {"kind", "Kind of number", false, {"e164", "short_code", "alphanumeric", "anonymous", "unknown"}},
    {"country", "ISO 3166-1 code, such as FR"},
};

void add_source_flags(CLI::App& command, AskFlags& flags) {
  auto* db = add(command, "db", flags.db, "The archive to query: an SQLite file; it may be in use");
  add(command, "query-timeout", flags.query_timeout_ms, "Time limit of a query to a file, in milliseconds")
      ->check(CLI::Range(1, 3'600'000));
  add(command, "server", flags.server, "URL of a running server to query instead of a file")->excludes(db);
  add(command, "token", flags.token, "API token of the server, or @FILE");
  add(command, "ca-file", flags.ca_file, "Certificates (PEM) to trust instead of the system's");
}

void add_format_flags(CLI::App& command, AskFlags& flags) {
  auto* json = command.add_flag("--json", flags.json, "Print the JSON of the API; of a list, one row per line")
                   ->configurable(false);
  auto* csv = command.add_flag("--csv", flags.csv, "Print CSV (RFC 4180)")->excludes(json)->configurable(false);
  command.add_flag("--for-spreadsheet", flags.for_spreadsheet, kForSpreadsheetHelp)->needs(csv)->configurable(false);
}

void add_zone_flag(CLI::App& command, AskFlags& flags) {
  add(command, "tz", flags.tz, "Time zone of dates in filters and of times in the output, such as Europe/Paris")
      ->check([](const std::string& zone) {
        return api::is_time_zone(zone) ? std::string()
               : !api::has_time_zones()
                   ? api::kNoTimeZones
                   : "unknown time zone " + zone + "; expected a name of the IANA database, such as Europe/Paris";
      });
}

void add_list_flags(CLI::App& command, AskFlags& flags) {
  auto* limit =
      command.add_option("--limit,-n", flags.limit, "Maximum number of rows")->check(CLI::Range(1, 1'000'000'000));
  limit->capture_default_str()->configurable(false);
  command.add_flag("--all", flags.all, "Print all rows")->excludes(limit)->configurable(false);
  command.add_flag("--count", flags.count, "Print only the number of rows")->configurable(false);
}

void add_filters(CLI::App& command, AskFlags& flags, const std::vector<Filter>& filters) {
  for (const auto& filter : filters) {
    auto* option = command.add_option(flag_of(filter.parameter), flags.filters[filter.parameter], filter.help);
    option->group(kFilterGroup)->configurable(false)->allow_extra_args(false);
    if (filter.several) option->delimiter(',');
    else option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    if (!filter.choices.empty()) option->check(CLI::IsMember(filter.choices));
  }
}

std::unique_ptr<Transport> AskFlags::connect() const {
  if (!server.empty()) return make_server_transport({server, value_or_file("--token", token), ca_file});
  ArchiveOptions options;
  options.path = db;
  options.query_timeout = std::chrono::milliseconds(query_timeout_ms);
  options.readers = 1;
  return make_file_transport(std::move(options));
}

ApiRequest AskFlags::request(const std::string& path) const {
  ApiRequest request{path};
  bool has_time = false;
  for (const auto& [parameter, values] : filters) {
    for (const auto& value : values) request.parameters.emplace_back(parameter, value);
    has_time = has_time || ((parameter == "since" || parameter == "until") && !values.empty());
  }
  if (has_time) request.parameters.emplace_back("tz", tz);
  return request;
}

bool walk(Transport& transport, const ApiRequest& request, const AskFlags& flags,
          const std::function<void(const nlohmann::ordered_json&)>& show) {
  std::string cursor;
  for (std::int64_t left = flags.all ? INT64_MAX : flags.limit; left > 0;) {
    ApiRequest page = request;
    page.parameters.emplace_back("limit", std::to_string(std::min(left, kPage)));
    if (!cursor.empty()) page.parameters.emplace_back("cursor", cursor);
    const auto answer = ask(transport, page);
    show(answer);
    left -= static_cast<std::int64_t>(answer.at("data").size());
    const auto& next = answer.at("page").at("next_cursor");
    if (!next.is_string()) return false;
    cursor = next.get<std::string>();
  }
  return true;
}

void hint_at_more(bool has_more, const Terminal& terminal) {
  if (has_more && terminal.is_terminal) std::cerr << "More rows exist: use --limit N or --all\n";
}

std::string text_of(const nlohmann::ordered_json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->dump();
}

}  // namespace callarchive::cli
