#include "server/ingest/envelope.h"

#include "server/text/time_text.h"
#include "storage/text/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

using namespace std::string_view_literals;

// The keys of several words that calls, messages and contacts have in v1. The dialects are recognized by these.
constexpr std::string_view kCallKeys[] = {
    "start_date"sv,         "recording_url"sv, "from_number"sv,    "from_name"sv,
    "to_number"sv,          "to_name"sv,       "call_category"sv,  "length_in_minutes"sv,
    "data_collected"sv,     "ivr_result"sv,    "integration_id"sv, "one_sentence_summary"sv,
    "transfer_from"sv,      "transfer_to"sv,   "user_email"sv,     "concatenated_transcript"sv,
    "original_to_name"sv,   "started_at"sv,    "answered_at"sv,    "transfer_original_call_id"sv,
    "original_to_number"sv,
};
constexpr std::string_view kMessageKeys[] = {"sent_at"sv,   "from_number"sv, "to_number"sv,
                                             "from_name"sv, "to_name"sv,     "user_email"sv};
constexpr std::string_view kContactKeys[] = {"last_name"sv};

// Topics are shown, filtered by and counted, so the first 100 bytes are enough; whole characters only.
std::string shortened(std::string topic) {
  std::size_t length = 100;
  if (topic.size() <= length) return topic;
  while (is_continuation(topic[length])) --length;
  return topic.substr(0, length);
}

json* find_object(json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_object() ? &*found : nullptr;
}

// Only the beginning of this dialect's documentation is known: the third key of the envelope starts with a c.
json& mobile_data(json& document) {
  for (const char* key : {"call", "sms", "message", "data", "body"}) {
    if (json* object = find_object(document, key)) return *object;
  }
  for (auto& [key, member] : document.items()) {
    if (key.starts_with('c') && member.is_object()) return member;
  }
  return document;
}

// A key in camelCase counts unless the same key is also there in snake_case: then the customer has named it.
bool has_camel_case_key(const json& data, std::span<const std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
    return !data.contains(std::string(key)) && data.contains(to_camel_case(key));
  });
}

bool is_camel_case(const json& data, const std::string& topic) {
  if (topic.starts_with("CONTACT_")) return has_camel_case_key(data, kContactKeys);
  if (topic.starts_with("SMS_")) return has_camel_case_key(data, kMessageKeys);
  if (topic.starts_with("CALL_")) return has_camel_case_key(data, kCallKeys);
  return has_camel_case_key(data, kCallKeys) || has_camel_case_key(data, kMessageKeys);
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
  return data != nullptr && is_camel_case(*data, topic) ? Dialect::v1_camel : Dialect::v1;
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

optional<Envelope> open_envelope(json& document, std::string& why_not, UnreadableTimes& unreadable) {
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
    if (const auto time = Fields(document, {.unreadable = &unreadable}).micros({"timestamp"})) {
      envelope.event_time = to_millis(*time);
      envelope.event_micros = static_cast<int>(*time - *envelope.event_time * 1000);
    }
  }
  if (envelope.dialect == Dialect::mobile || envelope.dialect == Dialect::v1_camel) {
    envelope.keys = KeyStyle::camel_case;
  }
  if (data == &document) {
    for (const char* key_of_envelope : {"topic", "event", "timestamp"}) document.erase(key_of_envelope);
  }
  envelope.data = data;
  return envelope;
}

}  // namespace callarchive::ingest
