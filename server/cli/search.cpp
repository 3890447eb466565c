#include "server/cli/commands.h"
#include "server/cli/list.h"
#include "server/cli/local_time.h"
#include "server/cli/options.h"
#include "server/cli/record.h"
#include "server/cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  AskFlags ask;
  std::vector<std::string> words;
};

const std::vector<Filter> kSearchFilters = {
    {"kind", "Only results of this kind", true, {"call", "message", "contact"}},
    {"number", "Number of a participant, in any spelling", true},
    {"direction", "INBOUND or OUTBOUND, for calls and messages"},
    {"result", "ANSWERED, VOICEMAIL, BLOCKED …, for calls"},
    {"tag", "Calls with this tag"},
    {"user_email", "E-mail address of the user whose line it was, for calls"},
    {"since", "Start of the period: a date, or an instant as in RFC 3339"},
    {"until", "End of the period, exclusive: a date, or an instant as in RFC 3339"},
    {"sort", "Newest first, or best match first among the newest", false, {"-at", "relevance"}},
};

// Text made harmless, with the bytes of it that matched.
struct Excerpt {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> marks;
};

Excerpt excerpt_of(const Json& match) {
  const auto text = text_of(match, "text");
  Excerpt excerpt;
  std::size_t done = 0;
  for (const auto& range : match.at("ranges")) {  // in code points
    const auto begin = byte_offset(text, range.at(0).get<std::size_t>());
    const auto end = byte_offset(text, range.at(1).get<std::size_t>());
    if (begin < done || end < begin) continue;
    excerpt.text += harmless(text.substr(done, begin - done));
    const auto from = excerpt.text.size();
    excerpt.text += harmless(text.substr(begin, end - begin));
    excerpt.marks.emplace_back(from, excerpt.text.size());
    done = end;
  }
  excerpt.text += harmless(text.substr(done));
  return excerpt;
}

// Some bytes of the excerpt, with the matches highlighted.
std::string highlighted(const Terminal& terminal, const Excerpt& excerpt, std::size_t begin, std::size_t end) {
  std::string shown;
  for (const auto& [from, to] : excerpt.marks) {
    const auto mark = std::clamp(from, begin, end), behind = std::clamp(to, begin, end);
    shown += excerpt.text.substr(begin, mark - begin) + terminal.marked(excerpt.text.substr(mark, behind - mark));
    begin = behind;
  }
  return shown + excerpt.text.substr(begin, end - begin);
}

// The lines of an excerpt, to the right of the place where it was found, or below it if there is too little room.
void show_match(Output& output, const Terminal& terminal, const std::string& place, const Excerpt& excerpt) {
  const auto columns = terminal.columns.value_or(std::numeric_limits<std::size_t>::max());
  std::size_t indent = width(place) + 1;
  std::string head = terminal.dim(place) + " ";
  if (indent > columns / 2) {
    output.line(terminal.dim(cut(place, columns)));
    indent = std::min<std::size_t>(4, columns / 2);
    head = std::string(indent, ' ');
  }
  std::size_t begin = 0;
  for (const auto& line : wrap(excerpt.text, columns - indent)) {
    begin = excerpt.text.find(line, begin);  // wrapping leaves out blanks alone
    output.line(head + highlighted(terminal, excerpt, begin, begin + line.size()));
    begin += line.size();
    head = std::string(indent, ' ');
  }
}

// The kind, the time, the person, and the id, which is never cut, however narrow the terminal is.
void show_head(Output& output, const Terminal& terminal, const Json& hit, const Json& item, const std::string& zone) {
  constexpr std::size_t kGap = 2, kLeast = 8;
  const auto kind = text_of(hit, "kind");
  const auto what = pad(kind, 7) + "  " + local_minute(text_of(hit, "at"), zone);
  const auto id = harmless(text_of(item, "id"));
  auto who = harmless(kind == "contact" ? full_name(item) : other_party(item));
  if (terminal.columns) {
    const auto used = width(what) + kGap + kGap + width(id);
    const auto room = *terminal.columns > used ? *terminal.columns - used : 0;
    who = room < kLeast ? "" : cut(who, room);
  }
  output.line(terminal.bold(what) + (who.empty() ? "" : "  ") + who + "  " + terminal.dim(id));
}

void show_hit(Output& output, const Terminal& terminal, const Json& hit, const std::string& zone) {
  show_head(output, terminal, hit, hit.at(text_of(hit, "kind")), zone);
  for (const auto& match : hit.at("matches")) {
    const auto start = match.find("start_seconds");
    std::string place = "  " + harmless(text_of(match, "field"));
    if (start != match.end() && start->is_number()) place = "  " + clock_of(start->get<double>());
    if (const auto source = text_of(match, "source"); !source.empty()) place += " " + harmless(source);
    show_match(output, terminal, place + ":", excerpt_of(match));
  }
}

Json flat(const Json& hit) {
  const auto kind = text_of(hit, "kind");
  const Json& item = hit.at(kind);
  const Json first = hit.at("matches").empty() ? Json::object() : hit.at("matches").front();
  Json fields = {{"kind", kind}, {"at", hit.at("at")}, {"id", item.at("id")}};
  fields["who"] = kind == "contact" ? full_name(item) : other_party(item);
  for (const char* member : {"field", "source", "start_seconds", "text"}) {
    fields[member] = first.contains(member) ? first.at(member) : Json();
  }
  return fields;
}

int print_hits(const AskFlags& flags, const ApiRequest& request) {
  const auto transport = flags.connect();
  Output output;
  const Terminal terminal = look_at_terminal();
  bool newest_only = false;
  const bool has_more = walk(*transport, request, flags, [&](const Json& page) {
    newest_only = newest_only || page.value("ranked_newest_only", false);
    for (const auto& hit : page.at("data")) show_hit(output, terminal, hit, flags.tz);
    output.flush();
  });
  if (newest_only) std::cerr << "Older results were neither ranked nor listed; use --sort=-at to list all of them\n";
  hint_at_more(has_more, terminal);
  return 0;
}

int run_search(const Flags& flags) {
  ApiRequest request = flags.ask.request("/v1/search");
  std::string q;
  for (const auto& word : flags.words) q += (q.empty() ? "" : " ") + word;
  request.parameters.emplace_back("q", q);
  request.arguments["q"] = "words";
  if (!flags.ask.json && !flags.ask.csv && !flags.ask.count) return print_hits(flags.ask, request);
  RowShape shape;
  shape.fields = flat;
  shape.csv_columns = {{"kind"}, {"at", true}, {"id"}, {"who"}, {"field"}, {"source"}, {"start_seconds"}, {"text"}};
  return print_list(flags.ask, request, shape);
}

}  // namespace

Run add_search(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("search", "Find calls, messages and contacts by what was said and written");
  command->add_option("words", flags->words, "The words to search for")->required()->configurable(false);
  add_filters(*command, flags->ask, kSearchFilters);
  add_list_flags(*command, flags->ask);
  add_format_flags(*command, flags->ask);
  add_zone_flag(*command, flags->ask);
  add_source_flags(*command, flags->ask);
  command->footer(
      "Examples: callarchive search table friday --since 2026-03-01\n"
      "          callarchive search '\"call me back\" -urgent invoi*'\n"
      "All words must match. Quote \"a phrase\" and pre* for the shell; -word excludes a word.\n"
      "Put words that begin with a hyphen after --: callarchive search -- refund -invoice");
  return [flags] { return run_search(*flags); };
}

}  // namespace callarchive::cli
