#include "server/ingest/decode_fetched.h"

#include "server/ingest/derived_id.h"
#include "server/ingest/parts.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

// A text that the vendor's AI puts where it found nothing.
optional<string> found_text(const optional<string>& text) {
  const bool is_nothing = text && (*text == "null" || *text == "NOT AVAILABLE" || *text == "N/A");
  return is_nothing ? std::nullopt : text;
}

// The line and the other party, put where the direction has them.
template <typename Report>
void set_parties(const Fields& item, Report& report) {
  auto line = item.text({"allo_number"});
  auto other = item.text({"contact_number"});
  optional<string> name;
  const json& contacts = item.array({"contacts"});
  if (!contacts.empty()) {
    const Fields contact = item.within(contacts.front(), "contacts[0]");
    name = contact.text({"name"});
    if (const auto last = contact.text({"last_name"})) name = name ? *name + ' ' + *last : *last;
  }
  const bool is_outbound = report.direction == "OUTBOUND";
  if (!is_outbound) std::swap(line, other);
  report.from_number = std::move(line);
  report.to_number = std::move(other);
  (is_outbound ? report.to_name : report.from_name) = std::move(name);
}

optional<string> read_user(const Fields& item) {
  const json* user = item.find({"user"});
  return user != nullptr ? item.name_of(*user, {"email"}) : item.text({"user_email"});
}

CallCompleted read_call(const Fields& item) {
  CallCompleted call{
      .id = item.text({"id"}).value_or(""),
      .started_at = item.instant({"date"}),
      .direction = read_direction(item, {"direction"}),
      .result = item.text({"result"}),
      .user_email = read_user(item),
      .tags = read_call_tags(item),
      .summary = found_text(item.text({"summary"})),
      .recording_url = item.text({"recording_url", "recording_download_url"}),
      .data_collected = item.members({"data_collected"}),
      .is_fetched = true,
  };
  const json* tags = item.find({"tags"});
  call.has_all_tags = tags != nullptr && tags->is_array();
  if (const auto seconds = item.number({"duration"})) call.length_in_minutes = *seconds / 60;
  set_parties(item, call);
  read_call_transcript(item, call);
  return call;
}

MessageStored read_message(const Fields& item) {
  MessageStored message{
      .id = item.text({"id"}).value_or(""),
      .sent_at = item.instant({"date"}),
      .direction = read_direction(item, {"direction"}),
      .type = item.text({"message_type"}),
      .content = item.text_or_empty({"content"}),
      .user_email = read_user(item),
      .is_fetched = true,
  };
  set_parties(item, message);
  return message;
}

// "type" is CALL, or SMS or TEXT_MESSAGE; the id tells as well.
Event decode_item(const Fields& item) {
  const string id = item.text({"id"}).value_or("");
  if (id.empty()) throw DecodeError("an item without an id");
  const string type = item.text({"type"}).value_or(id.starts_with("cll") ? "CALL" : "SMS");
  if (type == "CALL") return read_call(item);
  return read_message(item);
}

Event decode_v1_call(const Fields& data) {
  Event event = decode_call(data, {});
  auto& call = std::get<CallCompleted>(event);
  call.summary = found_text(call.summary);
  call.is_fetched = true;
  return event;
}

// Its "type" is the direction. Without an id it is known by its time, numbers and words.
Event decode_v1_message(const Fields& data) {
  MessageStored message{
      .sent_at = data.instant({"start_date"}),
      .direction = read_direction(data, {"type"}),
      .content = data.text_or_empty({"content"}),
      .from_number = data.text({"from_number", "sender_id"}),
      .to_number = data.text({"to_number"}),
      .is_fetched = true,
  };
  if (!message.sent_at) throw DecodeError("a message without a time");
  message.id = derive_id(kIdOfWords, {instant_part(message.sent_at), number_part(message.from_number),
                                      number_part(message.to_number), message.direction, message.content});
  return message;
}

// What is null or missing is not said: in one of the two lists e-mails are missing altogether, and custom properties
// are in none.
Event decode_person(const Fields& data, bool says_all_lists) {
  ContactChanged contact{.id = data.text({"id"}).value_or("")};
  if (contact.id.empty()) throw DecodeError("a contact without an id");
  const auto say = [&](optional<optional<string>>& field, const char* key) {
    if (auto text = data.text({key})) field = std::move(text);
  };
  say(contact.name, "name");
  say(contact.last_name, "last_name");
  say(contact.job_title, "job_title");
  if (const json* company = data.find({"company"})) {
    Company known{.id = data.within(*company, "company").text({"id"}), .name = data.name_of(*company, {"name"})};
    if (known != Company{}) contact.company = std::move(known);
  }
  const auto say_list = [&](optional<vector<string>>& field, const char* key) {
    const json* list = data.find({key});
    if (list == nullptr || !list->is_array() || (list->empty() && !says_all_lists)) return;
    field = data.texts({key});
  };
  say_list(contact.emails, "emails");
  say_list(contact.numbers, "numbers");
  return contact;
}

}  // namespace

Event decode_fetched(const Fields& data, const string& dialect, const string& topic) {
  const bool is_v1 = dialect == "rest_v1";
  if (topic == "item") return decode_item(data);
  if (topic == "call") return decode_v1_call(data);
  if (topic == "message") return decode_v1_message(data);
  if (topic == "person" || topic == "contact") return decode_person(data, !is_v1);
  if (topic == "user" || topic == "tag" || topic == "number") {
    return Noted{"a " + topic + " of the vendor's account"};
  }
  return Noted{"unknown topic " + topic};
}

}  // namespace callarchive::ingest
