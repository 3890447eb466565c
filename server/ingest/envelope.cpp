#include "server/ingest/envelope.h"

#include "server/ingest/fields.h"
#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_camel_case(const std::string& key) {
  return !key.empty() && !is_upper(key.front()) && std::any_of(key.begin(), key.end(), is_upper);
}

// oneSentenceSummary -> one_sentence_summary
std::string to_snake_case(const std::string& key) {
  std::string snake;
  for (const char c : key) {
    if (is_upper(c)) {
      snake += '_';
      snake += static_cast<char>(c - 'A' + 'a');
    } else {
      snake += c;
    }
  }
  return snake;
}

void rename_keys(json& value) {
  if (value.is_array()) {
    for (json& element : value) rename_keys(element);
  } else if (value.is_object()) {
    json renamed = json::object();
    for (auto& [key, member] : value.items()) {
      std::string name = is_camel_case(key) ? to_snake_case(key) : key;
      // The keys of collected data are the customer's own words.
      if (name != "data_collected") rename_keys(member);
      renamed[std::move(name)] = std::move(member);
    }
    value = std::move(renamed);
  }
}

bool has_camel_case_keys(const json& object) {
  for (const auto& [key, member] : object.items()) {
    if (is_camel_case(key)) return true;
  }
  return false;
}

// A topic is shown, filtered and counted by: the first 100 bytes of it, whole characters only, will do.
std::string shortened(std::string topic) {
  std::size_t length = 100;
  if (topic.size() <= length) return topic;
  while ((topic[length] & 0xC0) == 0x80) --length;
  return topic.substr(0, length);
}

json* find_object(json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_object() ? &*found : nullptr;
}

// Only the beginning of this dialect's documentation survives: the third key of the envelope starts with a c.
json& mobile_data(json& document) {
  for (const char* key : {"call", "sms", "message", "data", "body"}) {
    if (json* object = find_object(document, key)) return *object;
  }
  for (auto& [key, member] : document.items()) {
    if (key.starts_with('c') && member.is_object()) return member;
  }
  return document;
}

// The fourth to sixth digit of the fraction of a written time of day, which Millis have no room for.
int micros_past_the_millisecond(std::string_view time) {
  const auto colon = time.find(':');
  const auto mark = colon == time.npos ? time.npos : time.find_first_of(".,", colon);
  if (mark == time.npos) return 0;
  std::string fraction(time.substr(mark + 1));
  fraction.resize(std::min(fraction.find_first_not_of("0123456789"), fraction.size()));
  fraction.resize(6, '0');
  return std::stoi(fraction.substr(3));
}

// A topic that is null is none.
bool has_topic(const json& document) {
  const auto topic = document.find("topic");
  return topic != document.end() && !topic->is_null();
}

Dialect identify(json& document, const std::string& topic, const json* data) {
  if (!has_topic(document)) return Dialect::mobile;
  if (data == nullptr && find_object(document, "call") != nullptr && !document.contains("version")) {
    return Dialect::mobile;
  }
  if (document.contains("version") || topic.find('.') != std::string::npos) return Dialect::v2;
  if (!document.contains("data") && document.contains("body")) return Dialect::body;
  return data != nullptr && has_camel_case_keys(*data) ? Dialect::v1_camel : Dialect::v1;
}

}  // namespace

std::string_view dialect_name(Dialect dialect) {
  switch (dialect) {
    case Dialect::body: return "body";
    case Dialect::mobile: return "mobile";
    case Dialect::v1_camel: return "v1_camel";
    case Dialect::v1: return "v1";
    case Dialect::v2: return "v2";
  }
  return "unknown";
}

optional<Envelope> open_envelope(json& document, std::string& why_not) {
  if (!document.is_object()) {
    why_not = "the body is JSON, but not an object";
    return std::nullopt;
  }
  const char* key = has_topic(document) || !document.contains("event") ? "topic" : "event";
  const auto topic = document.find(key);
  if (topic == document.end() || !topic->is_string() || topic->get_ref<const std::string&>().empty()) {
    why_not =
        topic == document.end() ? "the object has neither a topic nor an event" : std::string(key) + " is not a name";
    return std::nullopt;
  }

  Envelope envelope{.topic = shortened(topic->get<std::string>())};
  json* data = find_object(document, "data");
  if (data == nullptr) data = find_object(document, "body");
  envelope.dialect = identify(document, envelope.topic, data);
  if (envelope.dialect == Dialect::mobile) data = &mobile_data(document);
  if (envelope.dialect == Dialect::mobile || envelope.dialect == Dialect::v2) {
    envelope.event_time = Fields(document).instant({"timestamp"});
    const auto written = Fields(document).text({"timestamp"});
    if (envelope.event_time && written) envelope.event_micros = micros_past_the_millisecond(*written);
  }
  if (envelope.dialect == Dialect::mobile || envelope.dialect == Dialect::v1_camel) rename_keys(*data);
  envelope.data = data;
  return envelope;
}

}  // namespace callarchive::ingest
