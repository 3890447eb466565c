#include "storage/differences.h"

#include "storage/items/calls.h"
#include "storage/items/contacts.h"
#include "storage/items/messages.h"
#include "storage/items/phone.h"

namespace callarchive {
namespace {

using namespace storage;

optional<string> shown(const optional<string>& text) { return text; }
optional<string> shown(const optional<Millis>& at) { return at ? optional(std::to_string(*at)) : std::nullopt; }
optional<string> shown(const optional<double>& number) {
  if (!number) return {};
  string text = std::to_string(*number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}
optional<string> shown(const optional<Company>& company) {
  return company ? company->name ? company->name : company->id : std::nullopt;
}
optional<string> shown(const vector<string>& texts) {
  if (texts.empty()) return {};
  string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}
optional<string> shown(const vector<JsonMember>& members) {
  if (members.empty()) return {};
  string all;
  for (const auto& [key, value] : members) {
    all += all.empty() ? "" : ", ";
    all += key;
    all += ": ";
    all += value;
  }
  return all;
}

class Comparison {
 public:
  template <typename T>
  void add(const char* field, const T& here, const T& there) {
    if (here != there) found.push_back({field, shown(here), shown(there)});
  }
  // The first entry that differs, or how many there are.
  void add_transcripts(const vector<TranscriptEntry>& here, const vector<TranscriptEntry>& there) {
    if (here == there) return;
    if (here.size() != there.size()) {
      const auto count = [](const auto& entries) { return std::to_string(entries.size()) + " entries"; };
      found.push_back({"transcript", count(here), count(there)});
      return;
    }
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (here[i] == there[i]) continue;
      found.push_back({"transcript", entry(here[i]), entry(there[i])});
      return;
    }
  }

  vector<Difference> found;

 private:
  static string entry(const TranscriptEntry& entry) {
    string text = std::to_string(entry.position) + " " + entry.source.value_or("");
    if (entry.time) text += " at " + std::to_string(*entry.time);
    if (const auto start = shown(entry.start_seconds)) text += " from " + *start + " s";
    if (const auto end = shown(entry.end_seconds)) text += " to " + *end + " s";
    return text + ": " + entry.text;
  }
};

}  // namespace

vector<Difference> find_differences(const Call& known, const CallCompleted& report) {
  CallState state{.said = static_cast<const CallCompleted&>(known)};
  merge(state, report);
  const CallCompleted& there = state.said;
  Comparison all;
  all.add("started_at", known.started_at, there.started_at);
  all.add("direction", known.direction, there.direction);
  all.add("result", known.result, there.result);
  all.add("from_number", known.from_number, there.from_number);
  all.add("from_name", known.from_name, there.from_name);
  all.add("to_number", known.to_number, there.to_number);
  all.add("to_name", known.to_name, there.to_name);
  all.add("original_to_number", known.original_to_number, there.original_to_number);
  all.add("original_to_name", known.original_to_name, there.original_to_name);
  all.add("length_in_minutes", known.length_in_minutes, there.length_in_minutes);
  all.add("length", known.length, there.length);
  all.add("user_email", known.user_email, there.user_email);
  all.add("integration_id", known.integration_id, there.integration_id);
  all.add("tags", known.tags, there.tags);
  all.add("summary", known.summary, there.summary);
  all.add("one_sentence_summary", known.one_sentence_summary, there.one_sentence_summary);
  all.add("data_collected", known.data_collected, there.data_collected);
  all.add_transcripts(known.transcript, there.transcript);
  return all.found;
}

vector<Difference> find_differences(const Message& known, const MessageStored& report) {
  MessageState state{.said = static_cast<const MessageStored&>(known)};
  merge(state, report);
  const MessageStored& there = state.said;
  Comparison all;
  all.add("sent_at", known.sent_at, there.sent_at);
  all.add("direction", known.direction, there.direction);
  all.add("type", known.type, there.type);
  all.add("content", known.content, there.content);
  all.add("from_number", known.from_number, there.from_number);
  all.add("from_name", known.from_name, there.from_name);
  all.add("to_number", known.to_number, there.to_number);
  all.add("to_name", known.to_name, there.to_name);
  all.add("user_email", known.user_email, there.user_email);
  return all.found;
}

vector<Difference> find_differences(const Contact& known, const ContactChanged& report) {
  Contact there = known;
  merge(there, report);
  Comparison all;
  all.add("name", known.name, there.name);
  all.add("last_name", known.last_name, there.last_name);
  if (shown(known.company) != shown(there.company)) all.add("company", known.company, there.company);
  all.add("job_title", known.job_title, there.job_title);
  all.add("emails", known.emails, there.emails);
  all.add("numbers", known.numbers, there.numbers);
  all.add("properties", known.properties, there.properties);
  return all.found;
}

bool is_same_telephone(const string& a, const string& b) {
  if (a == b) return true;
  const auto one = normalize_number(a, ""), other = normalize_number(b, "");
  return one && other && one->number == other->number;
}

}  // namespace callarchive
