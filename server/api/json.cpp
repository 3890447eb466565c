#include "server/api/json.h"

#include "server/text/base64.h"

#include <nlohmann/json.hpp>

namespace callarchive::api {
namespace {

void strings_member(JsonWriter& json, std::string_view name, const vector<string>& texts) {
  json.key(name);
  json.begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

void object_member(JsonWriter& json, std::string_view name, const vector<JsonMember>& members) {
  json.key(name);
  json.begin_object();
  for (const auto& member : members) {
    json.key(member.key);
    json.raw(member.value_json);
  }
  json.end_object();
}

void to_json(JsonWriter& json, const IvrChoice& choice) {
  json.begin_object();
  json.member("dtmf_key", choice.dtmf_key);
  json.member("text_key", choice.text_key);
  json.end_object();
}

template <typename T>
void rows_member(JsonWriter& json, std::string_view name, const vector<T>& rows) {
  json.key(name);
  json.begin_array();
  for (const auto& row : rows) to_json(json, row);
  json.end_array();
}

void party_member(JsonWriter& json, std::string_view name, const optional<TransferParty>& party) {
  json.key(name);
  if (!party) return json.null();
  json.begin_object();
  json.member("number", party->number);
  json.member("user_email", party->user_email);
  json.member("user_name", party->user_name);
  json.end_object();
}

// As every webhook of version 1 writes it: the name alone.
void company_member(JsonWriter& json, const optional<Company>& company) {
  json.member("company", company ? company->name : optional<string>());
}

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::webhook: return "webhook";
    case Origin::import: return "import";
    case Origin::backfill: break;
  }
  return "backfill";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied: return "applied";
    case Outcome::noted: return "noted";
    case Outcome::quarantined: break;
  }
  return "quarantined";
}

void delivery_members(JsonWriter& json, const DeliveryRecord& delivery) {
  json.member("delivery", delivery.delivery);
  json.instant_member("received_at", delivery.received_at);
  json.member("times_received", delivery.times_received);
  json.instant_member("last_received_at", delivery.last_received_at);
  json.member("origin", name_of(delivery.origin));
  json.member("dialect", delivery.dialect);
  json.member("topic", delivery.topic);
  json.instant_member("event_time", delivery.event_time);
  json.member("webhook_id", delivery.webhook_id);
  json.member("sha256", delivery.sha256);
  json.member("object_id", delivery.object_id);
  json.member("outcome", name_of(delivery.outcome));
  json.member("reason", delivery.reason);
  json.member("body_size", delivery.body_size);
}

}  // namespace

void to_json(JsonWriter& json, const TranscriptEntry& entry) {
  json.begin_object();
  entry_members(json, entry);
  json.end_object();
}

void entry_members(JsonWriter& json, const TranscriptEntry& entry) {
  json.member("position", entry.position);
  json.member("source", entry.source);
  json.instant_member("time", entry.time);
  json.member("start_seconds", entry.start_seconds);
  json.member("end_seconds", entry.end_seconds);
  json.member("text", entry.text);
}

void to_json(JsonWriter& json, const Call& call, Transcript transcript) {
  json.begin_object();
  json.member("id", call.id);
  json.instant_member("started_at", call.started_at);
  json.member("direction", call.direction);
  json.member("result", call.result);
  json.member("from_number", call.from_number);
  json.member("from_name", call.from_name);
  json.member("to_number", call.to_number);
  json.member("to_name", call.to_name);
  json.member("original_to_number", call.original_to_number);
  json.member("original_to_name", call.original_to_name);
  json.member("duration_seconds", call.duration_seconds);
  json.member("length", call.length);
  json.member("user_email", call.user_email);
  json.member("integration_id", call.integration_id);
  strings_member(json, "tags", call.tags);
  json.member("summary", call.summary);
  json.member("one_sentence_summary", call.one_sentence_summary);
  json.member("recording_url", call.recording_url);
  object_member(json, "data_collected", call.data_collected);
  rows_member(json, "ivr_result", call.ivr_result);
  party_member(json, "transfer_from", call.transfer_from);
  party_member(json, "transfer_to", call.transfer_to);
  json.member("transfer_original_call_id", call.transfer_original_call_id);
  json.member("transcript_entry_count", call.transcript_entry_count);
  if (transcript == Transcript::included) {
    rows_member(json, "transcript", call.transcript);
    json.member("concatenated_transcript", call.concatenated_transcript);
  }
  json.end_object();
}

void to_json(JsonWriter& json, const Message& message) {
  json.begin_object();
  json.member("id", message.id);
  json.instant_member("sent_at", message.sent_at);
  json.member("direction", message.direction);
  json.member("type", message.type);
  json.member("content", message.content);
  json.member("from_number", message.from_number);
  json.member("from_name", message.from_name);
  json.member("to_number", message.to_number);
  json.member("to_name", message.to_name);
  json.member("user_email", message.user_email);
  json.end_object();
}

void to_json(JsonWriter& json, const Contact& contact) {
  json.begin_object();
  json.member("id", contact.id);
  json.member("name", contact.name);
  json.member("last_name", contact.last_name);
  company_member(json, contact.company);
  json.member("job_title", contact.job_title);
  strings_member(json, "emails", contact.emails);
  strings_member(json, "numbers", contact.numbers);
  object_member(json, "properties", contact.properties);
  json.instant_member("created_at", contact.created_at);
  json.instant_member("updated_at", contact.updated_at);
  json.end_object();
}

void to_json(JsonWriter& json, const ContactVersion& version) {
  json.begin_object();
  json.instant_member("at", version.at);
  json.member("delivery", version.delivery);
  json.key("contact");
  to_json(json, version.state);
  json.end_object();
}

void to_json(JsonWriter& json, const Number& number) {
  json.begin_object();
  json.member("number", number.number);
  json.member("kind", number.kind);
  json.member("country", number.country);
  json.key("contacts");
  json.begin_array();
  for (const auto& contact : number.contacts) {
    json.begin_object();
    json.member("id", contact.id);
    json.member("name", contact.name);
    json.member("last_name", contact.last_name);
    company_member(json, contact.company);
    json.end_object();
  }
  json.end_array();
  json.instant_member("first_seen_at", number.first_seen_at);
  json.instant_member("last_seen_at", number.last_seen_at);
  json.member("call_count", number.call_count);
  json.member("message_count", number.message_count);
  json.end_object();
}

void to_json(JsonWriter& json, const TimelineItem& item) {
  const std::string_view kind = item.call ? "call" : "message";
  json.begin_object();
  json.member("kind", kind);
  json.instant_member("at", item.at);
  json.key(kind);
  if (item.call) to_json(json, *item.call);
  else if (item.message) to_json(json, *item.message);
  else json.null();
  json.end_object();
}

void to_json(JsonWriter& json, const DeliveryRecord& delivery) {
  json.begin_object();
  delivery_members(json, delivery);
  json.end_object();
}

void to_json_with_body(JsonWriter& json, const DeliveryRecord& delivery) {
  json.begin_object();
  delivery_members(json, delivery);
  json.member("body_base64", base64(delivery.body));
  json.member("body", nlohmann::json::accept(delivery.body) ? optional<string>(delivery.body) : optional<string>());
  json.end_object();
}

}  // namespace callarchive::api
