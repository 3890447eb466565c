#include "server/vendor_shape/records.h"

#include "server/ingest/json_text.h"
#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <set>

namespace callarchive::vendor_shape {
namespace {

// "2024-01-15T10:30:00"
constexpr std::size_t kToTheSecond = 19;

// Every member that the vendor is known to send for calls and messages, in any of its dialects and APIs. What is none
// of them is new. status, message_type and extracted_data are not listed: only the vendor's REST API has them, and the
// archive keeps them nowhere but in the delivery.
const std::set<std::string_view> kKnownMembers = {"id",
                                                  "type",
                                                  "direction",
                                                  "start_date",
                                                  "startDate",
                                                  "from_number",
                                                  "fromNumber",
                                                  "from_name",
                                                  "fromName",
                                                  "to",
                                                  "to_number",
                                                  "toNumber",
                                                  "to_name",
                                                  "toName",
                                                  "length_in_minutes",
                                                  "lengthInMinutes",
                                                  "length",
                                                  "call_category",
                                                  "tag",
                                                  "tags",
                                                  "summary",
                                                  "one_sentence_summary",
                                                  "oneSentenceSummary",
                                                  "transcriptions",
                                                  "transcript",
                                                  "concatenated_transcript",
                                                  "concatenatedTranscript",
                                                  "data_collected",
                                                  "ivr_result",
                                                  "result",
                                                  "integration_id",
                                                  "transfer_from",
                                                  "transfer_to",
                                                  "transfer_original_call_id",
                                                  "user_email",
                                                  "original_to_number",
                                                  "original_to_name",
                                                  "recording_url",
                                                  "recordingUrl",
                                                  "recording_download_url",
                                                  "content",
                                                  "sent_at",
                                                  "sentAt",
                                                  "date",
                                                  "duration",
                                                  "allo_number",
                                                  "contact_number",
                                                  "contacts",
                                                  "user",
                                                  "person",
                                                  "company",
                                                  "deals"};

template <typename T>
Json value_of(const optional<T>& value) {
  return value ? Json(*value) : Json();
}
template <typename Write>
Json instant_of(const optional<Millis>& at, Write write) {
  return at ? Json(write(*at)) : Json();
}

bool is_outbound(const optional<string>& direction) {
  return direction && ascii::equals_ignoring_case(*direction, "OUTBOUND");
}

// Numbers by side: the line's and the other party's.
template <typename Record>
std::pair<optional<string>, optional<string>> sides(const Record& record) {
  if (is_outbound(record.direction)) return {record.from_number, record.to_number};
  return {record.to_number, record.from_number};
}

// The REST API of version 2 has one word for what webhooks tell apart.
Json result_v2(const optional<string>& result) {
  if (result == "TRANSFERRED_AI") return "TRANSFERRED";
  return value_of(result);
}

// The archive knows users by their e-mail address alone; it is what ids of users are here.
Json user_of(const optional<string>& email) {
  if (!email) return nullptr;
  return {{"id", *email}, {"name", nullptr}, {"email", *email}};
}

Json parsed(const string& json) { return Json::parse(json, nullptr, false); }

Json object_of(const vector<JsonMember>& members) {
  Json object = Json::object();
  for (const auto& member : members) object[member.key] = parsed(member.value_json);
  return object;
}

Json company_of(const optional<Company>& company) {
  if (!company) return nullptr;
  return {{"id", value_of(company->id)}, {"name", value_of(company->name)}};
}

Json whole_name(const Contact& contact) {
  if (!contact.name || !contact.last_name) return value_of(contact.name ? contact.name : contact.last_name);
  return *contact.name + " " + *contact.last_name;
}

Json transcript_v2(const Call& call) {
  Json entries = Json::array();
  for (const auto& entry : call.transcript) {
    entries.push_back(
        {{"source", value_of(entry.source)}, {"time", instant_of(entry.time, instant_v2)}, {"text", entry.text}});
  }
  return entries;
}

Json transcript_v1(const Call& call) {
  Json entries = Json::array();
  for (const auto& entry : call.transcript) {
    entries.push_back({{"source", value_of(entry.source)},
                       {"text", entry.text},
                       {"time", instant_of(entry.time, instant_v1)},
                       {"start_seconds", value_of(entry.start_seconds)},
                       {"end_seconds", value_of(entry.end_seconds)}});
  }
  return entries;
}

// What a body says of its call or message: the object itself, as REST has it, or in an envelope.
const nlohmann::json& said(const nlohmann::json& body) {
  for (const char* envelope : {"data", "body", "call"}) {
    const auto inner = body.find(envelope);
    if (inner != body.end() && inner->is_object()) return *inner;
  }
  return body;
}

bool is_same_id(const nlohmann::json& object, const string& id) {
  const auto found = object.find("id");
  if (found == object.end() || !found->is_string()) return false;
  auto given = found->get<string>(), wanted = id;
  std::replace(given.begin(), given.end(), '_', '-');
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  return given == wanted;
}

}  // namespace

string instant_v2(Millis at) { return instant_v1(at) + "Z"; }
string instant_v1(Millis at) { return format_instant(at).substr(0, kToTheSecond); }

void RecordWriter::add_unknown_members(Json& record, ObjectKind kind, const string& id) {
  for (const auto& kept : reader_.find_bodies_about(kind, id)) {
    nlohmann::json body;
    if (!ingest::parse_json(kept.body, body).valid || !body.is_object()) continue;
    const auto& object = said(body);
    if (!is_same_id(object, id)) continue;
    for (const auto& [name, value] : object.items()) {
      if (!value.is_null() && !kKnownMembers.contains(name)) record[name] = parsed(ingest::to_json_text(value));
    }
  }
}

Json RecordWriter::contacts_of(const optional<string>& number) {
  if (!number) return Json::array();
  const auto known = contacts_.find(*number);
  if (known != contacts_.end()) return known->second;
  Json list = Json::array();
  if (const auto found = reader_.find_number(*number)) {
    for (const auto& contact : found->contacts) {
      Json entry = {{"id", contact.id}, {"name", whole_name(contact)}};
      if (contact.company) entry["company"] = company_of(contact.company);
      list.push_back(std::move(entry));
    }
  }
  return contacts_[*number] = list;
}

Json RecordWriter::item(const TimelineItem& item, bool transcript) {
  Json record;
  if (item.call) {
    const Call& call = *item.call;
    const auto [line, contact] = sides(call);
    record = {{"id", call.id},
              {"type", "CALL"},
              {"direction", value_of(call.direction)},
              {"allo_number", value_of(line)},
              {"contact_number", value_of(contact)},
              {"contacts", contacts_of(contact)},
              {"user", user_of(call.user_email)},
              {"date", instant_of(call.started_at, instant_v2)},
              {"duration", value_of(call.duration_seconds)},
              {"result", result_v2(call.result)},
              {"recording_url", value_of(call.recording_url)},
              {"summary", value_of(call.summary)},
              {"tags", call.tags},
              {"transcript", transcript ? transcript_v2(call) : Json()},
              {"content", nullptr},
              {"status", nullptr},
              {"message_type", nullptr}};
    if (!call.data_collected.empty()) record["data_collected"] = object_of(call.data_collected);
    add_unknown_members(record, ObjectKind::call, call.id);
  } else if (item.message) {
    const Message& message = *item.message;
    const auto [line, contact] = sides(message);
    record = {{"id", message.id},
              {"type", "SMS"},
              {"direction", value_of(message.direction)},
              {"allo_number", value_of(line)},
              {"contact_number", value_of(contact)},
              {"contacts", contacts_of(contact)},
              {"user", user_of(message.user_email)},
              {"date", instant_of(message.sent_at, instant_v2)},
              {"duration", nullptr},
              {"result", nullptr},
              {"recording_url", nullptr},
              {"summary", nullptr},
              {"tags", nullptr},
              {"transcript", nullptr},
              {"content", value_of(message.content)},
              {"status", nullptr},
              {"message_type", value_of(message.type)}};
    add_unknown_members(record, ObjectKind::message, message.id);
  }
  return record;
}

Json RecordWriter::conversation(const TimelineItem& newest) {
  Json last = item(newest, false);
  return {{"contact_number", last.at("contact_number")},
          {"contacts", last.at("contacts")},
          {"last_activity", last.at("date")},
          {"last_item", last}};
}

Json RecordWriter::person(const Contact& contact) {
  return {{"id", contact.id},
          {"name", value_of(contact.name)},
          {"last_name", value_of(contact.last_name)},
          {"job_title", value_of(contact.job_title)},
          {"website", nullptr},
          {"address", nullptr},
          {"numbers", contact.numbers},
          {"emails", contact.emails},
          {"company", company_of(contact.company)},
          {"interactions", nullptr},
          {"last_activity_at", nullptr},
          {"created_at", instant_v1(contact.created_at)},
          {"updated_at", instant_v1(contact.updated_at)}};
}

Json RecordWriter::company(const CompanyRecord& company) {
  return {{"id", company.id},
          {"name", value_of(company.name)},
          {"website", nullptr},
          {"industry", nullptr},
          {"person_count", company.person_count},
          {"interactions", nullptr},
          {"last_activity_at", nullptr},
          {"created_at", instant_v1(company.created_at)},
          {"updated_at", instant_v1(company.updated_at)}};
}

Json RecordWriter::call_v1(const Call& call) {
  Json record = {{"id", call.id},
                 {"from_number", value_of(call.from_number)},
                 {"to_number", value_of(call.to_number)},
                 {"length_in_minutes", value_of(call.length_in_minutes)},
                 {"type", value_of(call.direction)},
                 {"result", value_of(call.result)},
                 {"summary", value_of(call.summary)},
                 {"tag", call.tags.empty() ? Json() : Json(call.tags.front())},
                 {"tags", call.tags},
                 {"recording_url", value_of(call.recording_url)},
                 {"start_date", instant_of(call.started_at, instant_v1)},
                 {"transcript", transcript_v1(call)}};
  add_unknown_members(record, ObjectKind::call, call.id);
  return record;
}

Json RecordWriter::message_v1(const Message& message) {
  return {{"from_number", value_of(message.from_number)}, {"sender_id", nullptr},
          {"to_number", value_of(message.to_number)},     {"type", value_of(message.direction)},
          {"content", value_of(message.content)},         {"start_date", instant_of(message.sent_at, instant_v1)}};
}

Json RecordWriter::conversation_entry_v1(const TimelineItem& item) {
  if (item.call) return {{"type", "CALL"}, {"call", call_v1(*item.call)}, {"message", nullptr}};
  return {{"type", "TEXT_MESSAGE"}, {"call", nullptr}, {"message", message_v1(item.message.value())}};
}

Json RecordWriter::contact_v1(const Contact& contact, bool with_context) {
  Json record = {{"id", contact.id},
                 {"name", value_of(contact.name)},
                 {"last_name", value_of(contact.last_name)},
                 {"company", company_of(contact.company)},
                 {"job_title", value_of(contact.job_title)},
                 {"website", nullptr},
                 {"status", nullptr},
                 {"is_archived", nullptr},
                 {"created_at", instant_v1(contact.created_at)},
                 {"updated_at", instant_v1(contact.updated_at)},
                 {"numbers", contact.numbers},
                 {"is_whitelisted", nullptr},
                 {"last_activity_date", nullptr},
                 {"engagement", nullptr}};
  if (!with_context) return record;
  record["emails"] = contact.emails;
  record["integration_data"] = Json::object();
  record["custom_properties"] = object_of(contact.properties);
  record["activity"] = nullptr;
  record["conversation_url"] = "/v1/api/contact/" + contact.id + "/conversation";
  return record;
}

Json RecordWriter::activity_v1(const TimelineItem& item) {
  const auto& direction = item.call ? item.call->direction : item.message->direction;
  const bool is_outbound = direction == "OUTBOUND";
  const auto& from = item.call ? item.call->from_number : item.message->from_number;
  const auto& to = item.call ? item.call->to_number : item.message->to_number;
  return {{"type", string(is_outbound ? "OUTBOUND" : "INBOUND") + (item.call ? "_CALL" : "_SMS")},
          {"made_by", nullptr},
          {"made_at", instant_v1(item.at)},
          {"allo_number", value_of(is_outbound ? from : to)},
          {"content", item.call ? Json() : value_of(item.message->content)}};
}

}  // namespace callarchive::vendor_shape
