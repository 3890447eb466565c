#pragma once

#include "server/ingest/fields.h"
#include "storage/records.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

// What is wrapped around the data of a webhook: who speaks, about what, when.

namespace callarchive::ingest {

// The vendor's ways of saying the same things, oldest first. tests/deliveries/ has a recorded body of each topic.
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

// Tells the dialects apart by the keys that they define, each on the level where it is defined: what the customer has
// named tells nothing. The document must outlive the result; where it is itself what the topic is about, the members of
// the envelope are taken out of it. Absent if it is not an envelope; then `why_not` says what is missing.
optional<Envelope> open_envelope(nlohmann::json& document, std::string& why_not, UnreadableTimes& unreadable);

}  // namespace callarchive::ingest
