#include "server/cli/commands.h"
#include "server/cli/list.h"
#include "server/cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<api::CsvColumn> kColumns = {{"bucket"}, {"from", true}, {"to", true}, {"key"},
                                              {"calls"},  {"messages"},   {"seconds"},  {"minutes"}};
constexpr std::size_t kBar = 24;  // columns of the longest

const std::vector<Filter> kStatsFilters = {
    {"by",
     "What to group by: a span of time, a property, or both",
     true,
     {"hour", "day", "week", "month", "direction", "result", "tag", "user", "number"}},
    {"kind", "Count only calls or only messages", true, {"call", "message"}},
    {"number", "Number of a participant, in any spelling", true},
    {"direction", "INBOUND or OUTBOUND"},
    {"result", "ANSWERED, VOICEMAIL, BLOCKED …"},
    {"tag", "A tag of the call"},
    {"user_email", "E-mail address of the user whose line it was"},
    {"since", "Start of the period: a date, or an instant as in RFC 3339"},
    {"until", "End of the period, exclusive: a date, or an instant as in RFC 3339"},
};

std::int64_t items(const Json& row) {
  return row.at("calls").get<std::int64_t>() + row.at("messages").get<std::int64_t>();
}

std::string tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::vector<std::string> cells(const Json& row, std::int64_t most) {
  std::string bar;
  const auto length = most > 0 ? static_cast<std::size_t>(items(row)) * kBar / static_cast<std::size_t>(most) : 0;
  for (std::size_t i = 0; i < length; ++i) bar += "█";
  return {text_of(row, "bucket"),
          text_of(row, "key"),
          text_of(row, "calls"),
          text_of(row, "messages"),
          tenths(row.at("minutes").get<double>()),
          bar};
}

void show(Output& output, const Terminal& terminal, const Json& stats) {
  // However narrow the terminal is, the group and the number of calls are shown.
  Table table({{"WHEN", 0, false, false, true},
               {"WHAT", 8, false, false, true},
               {"CALLS", 0, true},
               {"MESSAGES", 0, true, true},
               {"MINUTES", 0, true, true},
               {"", 0, false, true}},
              output, terminal);
  std::int64_t most = 0;
  for (const auto& row : stats.at("data")) most = std::max(most, items(row));
  for (const auto& row : stats.at("data")) table.add(cells(row, most));
  if (stats.at("data").size() != 1) {
    auto total = cells(stats.at("total"), 0);
    const bool has_time = std::any_of(stats.at("data").begin(), stats.at("data").end(),
                                      [](const Json& row) { return !row.at("bucket").is_null(); });
    total[has_time ? 0 : 1] = "total";
    table.add(std::move(total));
  }
  table.print_page();
}

int run_stats(const AskFlags& flags) {
  ApiRequest request = flags.request("/v1/stats");
  if (!request.has("tz")) request.parameters.emplace_back("tz", flags.tz);  // where days begin
  const auto stats = ask(*flags.connect(), request);
  Output output;
  if (flags.json) {
    output.json_line(stats.dump());
  } else if (flags.csv) {
    CsvRows csv(output, kColumns, flags);
    for (const auto& row : stats.at("data")) csv.add(row);
  } else {
    show(output, look_at_terminal(), stats);
  }
  output.flush();
  if (!flags.json && stats.value("has_more", false)) {
    std::cerr << "callarchive: warning: there are more rows than one query returns; the total includes them\n";
  }
  return 0;
}

}  // namespace

Run add_stats(CLI::App& app) {
  auto flags = std::make_shared<AskFlags>();
  auto* command = app.add_subcommand("stats", "Count calls, messages and minutes");
  add_filters(*command, *flags, kStatsFilters);
  add_format_flags(*command, *flags);
  add_zone_flag(*command, *flags);
  add_source_flags(*command, *flags);
  command->footer("Example: callarchive stats --by month,direction --tz Europe/Paris --since 2026-01-01");
  return [flags] { return run_stats(*flags); };
}

}  // namespace callarchive::cli
