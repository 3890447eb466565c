#pragma once

#include "storage/records.h"

#include <variant>

// What a delivery says, in plain structs that are the same for all dialects. CallCompleted and MessageStored are in
// storage/records.h, since calls and messages are stored as they are reported.
//
// In reports about calls and messages an absent optional means that the field was not sent, or was null: it never
// clears a known value. Empty text counts as absent, except as the text of a message.

namespace callarchive {

// An event of a call that has not ended yet: it rings, was placed, or was picked up. It carries no call id.
struct CallRinging {
  string kind = {};  // received, triggered, answered
  optional<Millis> started_at = {};
  optional<Millis> answered_at = {};
  optional<string> direction = {};
  optional<string> from_number = {};
  optional<string> to_number = {};
  optional<string> user_email = {};
  optional<string> contact_id = {};  // of the person the vendor matched
  optional<string> contact_name = {};
  vector<string> contact_numbers = {};
  optional<Company> company = {};
  bool operator==(const CallRinging&) const = default;
};

// The beginning of the id of a message that has none at the vendor. It is known by its numbers, time and words alone,
// and gives way to a message with an id that has the same.
constexpr const char* kIdOfWords = "msg-words-";

// The whole new state of a contact, as far as the dialect can express it. If the outer optional is absent, the field
// was not sent and keeps its value; if only the inner one is, the field is cleared.
struct ContactChanged {
  string id = {};
  optional<optional<string>> name = {};
  optional<optional<string>> last_name = {};
  optional<optional<Company>> company = {};
  optional<optional<string>> job_title = {};
  optional<vector<string>> emails = {};
  optional<vector<string>> numbers = {};
  optional<vector<JsonMember>> properties = {};
  bool operator==(const ContactChanged&) const = default;
};

struct TagChanged {
  string call_id = {};
  string tag = {};
  bool added = true;
  bool operator==(const TagChanged&) const = default;
};

struct SummaryChanged {
  string call_id = {};
  optional<string> summary = {};
  optional<std::int64_t> version = {};  // rises by one at each change
  bool operator==(const SummaryChanged&) const = default;
};

// Stored, but it says nothing for the tables: PING, or an unknown topic.
struct Noted {
  string reason = {};
  bool operator==(const Noted&) const = default;
};

// Stored, but it cannot be decoded: not JSON, no envelope, no id.
struct Quarantined {
  string reason = {};
  bool operator==(const Quarantined&) const = default;
};

using Event = std::variant<CallCompleted, CallRinging, MessageStored, ContactChanged, TagChanged, SummaryChanged, Noted,
                           Quarantined>;

// An authenticated body and what its envelope says, before it is stored in the ledger.
struct Delivery {
  string body = {};  // verbatim bytes
  Millis received_at = 0;
  Origin origin = Origin::webhook;
  // When it arrived as far as the order is concerned, where that is not received_at: the clock was ahead then.
  optional<Millis> arrived_at = {};
  // Of one that is taken over from another archive: when, and how often it had come there, and when last.
  optional<Millis> merged_at = {};
  std::int64_t times_received = 1;
  optional<Millis> last_received_at = {};  // absent: received_at
  string dialect = "unknown";              // v2, v1, v1_camel, body, mobile, rest_v2, rest_v1, unknown
  optional<string> topic = {};
  optional<Millis> event_time = {};  // the event's own time, if the dialect has one
  int event_micros = 0;              // of event_time, past the millisecond: 0 to 999; only for the order
  optional<string> webhook_id = {};
  optional<string> remark = {};  // if it is applied, the reason in the ledger: what could not be read
};

}  // namespace callarchive
