#include "server/cli/commands.h"
#include "server/cli/list.h"
#include "server/cli/local_time.h"
#include "server/cli/options.h"
#include "server/cli/record.h"
#include "server/cli/text.h"
#include "server/http/url.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

// The command timeline: a conversation as a telephone shows it, grouped by day, the newest item last. Incoming items
// are on the left, outgoing ones on the right.

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  AskFlags ask;
  std::string number;
  std::string contact;
};

const Json& item_of(const Json& row) { return row.at(text_of(row, "kind")); }

class Conversation {
 public:
  Conversation(Output& output, const Terminal& terminal, const std::string& zone)
      : output_(output),
        terminal_(terminal),
        zone_(zone),
        columns_(std::min<std::size_t>(terminal.columns.value_or(80), 100)) {}

  void add(const Json& row) {
    const auto at = text_of(row, "at");
    if (const auto day = local_day(at, zone_); day != day_) {
      day_ = day;
      const std::size_t used = width(day);
      output_.line("");
      output_.line(std::string(columns_ > used ? (columns_ - used) / 2 : 0, ' ') + terminal_.bold(day));
    }
    const Json& item = item_of(row);
    const bool is_call = row.contains("call");
    std::string head = local_clock(at, zone_) + "  " + harmless(other_party(item));
    head += is_call ? "  " + call_in_words(item) : "";
    const auto body = text_of(item, is_call ? "one_sentence_summary" : "content");
    put(text_of(item, "direction") == "OUTBOUND", head, harmless_lines(body));
    if (is_call) put_dim(text_of(item, "direction") == "OUTBOUND", harmless(text_of(item, "id")));
    output_.line("");
  }

 private:
  static std::string call_in_words(const Json& call) {
    std::string words = "☎ " + harmless(text_of(call, "result"));
    if (const auto seconds = call.find("duration_seconds"); seconds != call.end() && seconds->is_number()) {
      words += " " + clock_of(seconds->get<double>());
    }
    return words;
  }

  // A bubble takes at most three quarters of the width, so that the side it is on is visible.
  void put(bool right, const std::string& head, const std::string& body) {
    put_dim(right, head);
    if (body.empty()) return;
    for (const auto& line : wrap(body, columns_ * 3 / 4)) output_.line(indent(right, width(line)) + line);
  }
  void put_dim(bool right, const std::string& text) {
    const auto line = cut(text, columns_);
    output_.line(indent(right, width(line)) + terminal_.dim(line));
  }
  std::string indent(bool right, std::size_t used) const {
    return std::string(right && columns_ > used ? columns_ - used : 0, ' ');
  }

  Output& output_;
  const Terminal& terminal_;
  const std::string& zone_;
  const std::size_t columns_;
  std::string day_;
};

// A call or message, with the same members for both.
Json flat(const Json& row) {
  const Json& item = item_of(row);
  Json fields = {{"kind", row.at("kind")}, {"at", row.at("at")}};
  for (const char* member :
       {"id", "direction", "result", "from_number", "from_name", "to_number", "to_name", "duration_seconds"}) {
    fields[member] = item.contains(member) ? item.at(member) : Json();
  }
  fields["text"] = row.contains("message") ? item.at("content") : item.at("one_sentence_summary");
  return fields;
}

int print_conversation(const AskFlags& flags, const ApiRequest& request) {
  const auto transport = flags.connect();
  std::vector<Json> rows;
  const bool has_more = walk(*transport, request, flags, [&](const Json& page) {
    rows.insert(rows.end(), page.at("data").begin(), page.at("data").end());
  });
  Output output;
  const Terminal terminal = look_at_terminal();
  Conversation conversation(output, terminal, flags.tz);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) conversation.add(*row);
  output.flush();
  hint_at_more(has_more, terminal);
  return 0;
}

int run_timeline(const Flags& flags) {
  if (flags.number.empty() == flags.contact.empty()) throw UsageError("expected a number, or --contact ID");
  const auto whose = flags.contact.empty() ? "/v1/numbers/" + http::percent_encode(flags.number)
                                           : "/v1/contacts/" + http::percent_encode(flags.contact);
  const ApiRequest request = flags.ask.request(whose + "/timeline");
  const bool for_people = !flags.ask.json && !flags.ask.csv && !flags.ask.count;
  if (for_people) return print_conversation(flags.ask, request);
  RowShape shape;
  shape.fields = flat;
  shape.csv_columns = {{"kind"},      {"at", true},  {"id"},      {"direction"},        {"result"}, {"from_number"},
                       {"from_name"}, {"to_number"}, {"to_name"}, {"duration_seconds"}, {"text"}};
  return print_list(flags.ask, request, shape);
}

}  // namespace

Run add_timeline(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("timeline", "Show the calls and messages of a number as one conversation");
  command->add_option("which", flags->number, "The number, in any spelling")->configurable(false);
  command->add_option("--contact", flags->contact, "Id of a contact: the calls and messages of all its numbers")
      ->group(kFilterGroup)
      ->configurable(false);
  add_filters(*command, flags->ask, kTimeFilters);
  add_list_flags(*command, flags->ask);
  add_format_flags(*command, flags->ask);
  add_zone_flag(*command, flags->ask);
  add_source_flags(*command, flags->ask);
  command->footer(
      "Example: callarchive timeline 0612345678 --tz Europe/Paris\n"
      "The newest item is the last one, as on a telephone; with --json and --csv it is the first, as in every list.");
  return [flags] { return run_timeline(*flags); };
}

}  // namespace callarchive::cli
