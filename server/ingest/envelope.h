#pragma once

#include "server/ingest/fields.h"
#include "storage/records.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

// The envelope around the data of a webhook: dialect, topic and time.

namespace callarchive::ingest {

// The vendor's formats for the same events, oldest first. tests/deliveries/ has a recorded body of each topic.
enum class Dialect {
  body,      // {topic, body}: no ids
  mobile,    // {event, timestamp, call}: set up in the phone app
  v1_camel,  // {topic, data}: camelCase
  v1,        // {topic, data}: snake_case
  v2,        // {topic, version, timestamp, data}: signed
};

// The name in the ledger.
std::string_view dialect_name(Dialect dialect);

struct Envelope {
  Dialect dialect = Dialect::v1;
  std::string topic = {};
  optional<Millis> event_time = {};
  int event_micros = 0;  // of event_time, past the millisecond: 0 to 999
  // The object that the topic is about; null if there is none. Part of the document.
  const nlohmann::json* data = nullptr;
  KeyStyle keys = KeyStyle::snake_case;  // of the data
};

// Recognizes the dialect by the keys that it defines, each on the level where it is defined; keys named by the customer
// do not count. The document must outlive the result; if it is itself the object that the topic is about, the members
// of the envelope are removed from it. Absent if it is not an envelope; then `why_not` says what is missing.
optional<Envelope> open_envelope(nlohmann::json& document, std::string& why_not, UnreadableTimes& unreadable);

}  // namespace callarchive::ingest
