#pragma once

#include "storage/enum_text.h"
#include "storage/recordings.h"
#include "storage/records.h"

#include <string_view>

// The members of every record that the API returns: their names, their order and their values. JSON, CSV and the names
// of CSV columns are all made from this one list, so a new member has one place. docs/openapi.json describes it. Every
// member is always present; if the vendor never sent a value, it is null.
//
//   visit_members(record, [](std::string_view name, const auto& value) { … });

namespace callarchive::api {

enum class Transcript { left_out, included };

// A value that is an instant, not a number. Absent is null.
struct Instant {
  optional<Millis> at = {};
};

// The part of a contact that is shown with a number.
struct ContactName {
  const Contact& contact;
};

// A call as the API returns it, with or without its transcript.
struct ShownCall {
  const Call& call;
  Transcript transcript = Transcript::left_out;
};

// An entry of a transcript as a row of its own, with the id and the start of its call.
struct ShownEntry {
  const Call& call;
  const TranscriptEntry& entry;
};

template <typename Visit>
void visit_members(const TranscriptEntry& entry, Visit&& visit) {
  visit("position", entry.position);
  visit("source", entry.source);
  visit("time", Instant{entry.time});
  visit("start_seconds", entry.start_seconds);
  visit("end_seconds", entry.end_seconds);
  visit("text", entry.text);
}

template <typename Visit>
void visit_members(const ShownEntry& row, Visit&& visit) {
  visit("call_id", row.call.id);
  visit("started_at", Instant{row.call.started_at});
  visit_members(row.entry, visit);
}

template <typename Visit>
void visit_members(const IvrChoice& choice, Visit&& visit) {
  visit("dtmf_key", choice.dtmf_key);
  visit("text_key", choice.text_key);
}

template <typename Visit>
void visit_members(const TransferParty& party, Visit&& visit) {
  visit("number", party.number);
  visit("user_email", party.user_email);
  visit("user_name", party.user_name);
}

template <typename Visit>
void visit_members(const Recording& recording, Visit&& visit) {
  const auto& sound = recording.sound;
  visit("state", string(to_text(recording.state)));
  visit("bytes", sound ? optional(sound->bytes) : optional<std::int64_t>());
  visit("type", sound ? optional(sound->type) : optional<string>());
  visit("duration_seconds", sound ? optional(static_cast<double>(sound->duration_ms) / 1000) : optional<double>());
  visit("digest", sound ? optional(sound->sha256) : optional<string>());
  visit("reason", recording.reason);
  // 0 means at once, and is not an instant.
  visit("next_try_at", Instant{recording.next_try_at == 0 ? optional<Millis>() : recording.next_try_at});
}

template <typename Visit>
void visit_members(const ShownCall& shown, Visit&& visit) {
  const Call& call = shown.call;
  visit("id", call.id);
  visit("started_at", Instant{call.started_at});
  visit("direction", call.direction);
  visit("result", call.result);
  visit("from_number", call.from_number);
  visit("from_name", call.from_name);
  visit("to_number", call.to_number);
  visit("to_name", call.to_name);
  visit("original_to_number", call.original_to_number);
  visit("original_to_name", call.original_to_name);
  visit("duration_seconds", call.duration_seconds);
  visit("length", call.length);
  visit("user_email", call.user_email);
  visit("integration_id", call.integration_id);
  visit("tags", call.tags);
  visit("summary", call.summary);
  visit("one_sentence_summary", call.one_sentence_summary);
  visit("recording_url", call.recording_url);
  visit("data_collected", call.data_collected);
  visit("ivr_result", call.ivr_result);
  visit("transfer_from", call.transfer_from);
  visit("transfer_to", call.transfer_to);
  visit("transfer_original_call_id", call.transfer_original_call_id);
  visit("transcript_entry_count", call.transcript_entry_count);
  visit("recording", call.recording);
  if (shown.transcript == Transcript::left_out) return;
  visit("transcript", call.transcript);
  visit("concatenated_transcript", call.concatenated_transcript);
}

template <typename Visit>
void visit_members(const Message& message, Visit&& visit) {
  visit("id", message.id);
  visit("sent_at", Instant{message.sent_at});
  visit("direction", message.direction);
  visit("type", message.type);
  visit("content", message.content);
  visit("from_number", message.from_number);
  visit("from_name", message.from_name);
  visit("to_number", message.to_number);
  visit("to_name", message.to_name);
  visit("user_email", message.user_email);
}

template <typename Visit>
void visit_members(const Contact& contact, Visit&& visit) {
  visit("id", contact.id);
  visit("name", contact.name);
  visit("last_name", contact.last_name);
  visit("company", contact.company);
  visit("job_title", contact.job_title);
  visit("emails", contact.emails);
  visit("numbers", contact.numbers);
  visit("properties", contact.properties);
  visit("created_at", Instant{contact.created_at});
  visit("updated_at", Instant{contact.updated_at});
}

template <typename Visit>
void visit_members(const ContactVersion& version, Visit&& visit) {
  visit("at", Instant{version.at});
  visit("delivery", version.delivery);
  visit("contact", version.state);
}

template <typename Visit>
void visit_members(const ContactName& shown, Visit&& visit) {
  visit("id", shown.contact.id);
  visit("name", shown.contact.name);
  visit("last_name", shown.contact.last_name);
  visit("company", shown.contact.company);
}

template <typename Visit>
void visit_members(const Number& number, Visit&& visit) {
  visit("number", number.number);
  visit("kind", number.kind);
  visit("country", number.country);
  vector<ContactName> contacts;
  for (const auto& contact : number.contacts) contacts.push_back({contact});
  visit("contacts", contacts);
  visit("first_seen_at", Instant{number.first_seen_at});
  visit("last_seen_at", Instant{number.last_seen_at});
  visit("call_count", number.call_count);
  visit("message_count", number.message_count);
}

template <typename Visit>
void visit_members(const DeliveryRecord& delivery, Visit&& visit) {
  visit("delivery", delivery.delivery);
  visit("received_at", Instant{delivery.received_at});
  visit("times_received", delivery.times_received);
  visit("last_received_at", Instant{delivery.last_received_at});
  visit("origin", string(to_text(delivery.origin)));
  visit("dialect", delivery.dialect);
  visit("topic", delivery.topic);
  visit("event_time", Instant{delivery.event_time});
  visit("webhook_id", delivery.webhook_id);
  visit("sha256", delivery.sha256);
  visit("object_id", delivery.object_id);
  visit("outcome", string(to_text(delivery.outcome)));
  visit("reason", delivery.reason);
  visit("body_size", delivery.body_size);
}

}  // namespace callarchive::api
