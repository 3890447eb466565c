#include "server/cli/record.h"

#include "server/cli/ask.h"
#include "server/cli/local_time.h"
#include "server/cli/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kReadable = 100;  // columns of running text, where there are more

bool says_something(const Json& value) {
  return !(value.is_null() || (value.is_structured() && value.empty()) || (value.is_string() && value == ""));
}

std::string value_text(const std::string& name, const Json& value, const std::string& zone) {
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    return name.ends_with("_at") ? local_minute(text, zone) : text;
  }
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (value.is_array() && std::all_of(value.begin(), value.end(), is_text)) {
    std::string list;
    for (const auto& item : value) list += (list.empty() ? "" : ", ") + item.get<std::string>();
    return list;
  }
  return value.dump();
}

// Lines of text, indented to the right of a label.
void write_hanging(Output& output, const Terminal& terminal, const std::string& label, std::size_t indent,
                   const std::string& text) {
  const auto columns = std::min(terminal.columns.value_or(kReadable), kReadable + indent);
  const auto lines = wrap(text, columns > indent + 10 ? columns - indent : 10);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    output.line((i == 0 ? label : std::string(indent, ' ')) + lines[i]);
  }
}

}  // namespace

void show_record(Output& output, const Terminal& terminal, const Json& record, const std::string& zone) {
  std::size_t indent = 0;
  for (const auto& [name, value] : record.items()) {
    if (says_something(value)) indent = std::max(indent, name.size() + 2);
  }
  for (const auto& [name, value] : record.items()) {
    if (!says_something(value)) continue;
    std::string label = name;
    std::replace(label.begin(), label.end(), '_', ' ');
    write_hanging(output, terminal, terminal.bold(label) + std::string(indent - label.size(), ' '), indent,
                  harmless_lines(value_text(name, value, zone)));
  }
}

void show_transcript(Output& output, const Terminal& terminal, const Json& entries, const std::string& zone) {
  std::size_t speakers = 0;
  for (const auto& entry : entries) speakers = std::max(speakers, width(harmless(text_of(entry, "source"))));
  constexpr std::size_t kClock = 8;
  for (const auto& entry : entries) {
    const auto start = entry.find("start_seconds");
    const bool has_start = start != entry.end() && start->is_number();
    const std::string clock =
        has_start ? clock_of(start->get<double>()) : harmless(local_clock(text_of(entry, "time"), zone));
    const std::string label = terminal.dim(pad(clock, kClock - 1, true)) + " " +
                              terminal.bold(pad(harmless(text_of(entry, "source")), speakers)) + "  ";
    write_hanging(output, terminal, label, kClock + speakers + 2, harmless_lines(text_of(entry, "text")));
  }
}

std::string clock_of(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e9));
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto minutes = whole / 60 % 60;
  const std::string tail = ":" + two(whole % 60);
  if (whole < 3600) return std::to_string(minutes) + tail;
  return std::to_string(whole / 3600) + ":" + two(minutes) + tail;
}

}  // namespace callarchive::cli
