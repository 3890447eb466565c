#include "server/cli/list.h"
#include "server/cli/local_time.h"
#include "server/cli/record.h"

#include <nlohmann/json.hpp>

// What the tables of calls, messages, contacts and numbers show.

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string way(const Json& item) {
  const auto direction = text_of(item, "direction");
  return direction == "INBOUND" ? "in" : direction == "OUTBOUND" ? "out" : direction;
}

std::string joined(const Json& list) {
  std::string text;
  for (const auto& item : list) {
    if (item.is_string()) text += (text.empty() ? "" : ", ") + item.get<std::string>();
  }
  return text;
}

std::string first_of(const Json& item, std::initializer_list<const char*> members) {
  for (const char* member : members) {
    if (const auto text = text_of(item, member); !text.empty()) return text;
  }
  return "";
}

}  // namespace

std::string full_name(const Json& contact) {
  const auto first = text_of(contact, "name");
  const auto last = text_of(contact, "last_name");
  return first + (first.empty() || last.empty() ? "" : " ") + last;
}

std::string other_party(const Json& item) {
  const bool outbound = text_of(item, "direction") == "OUTBOUND";
  const auto name = text_of(item, outbound ? "to_name" : "from_name");
  const auto number = text_of(item, outbound ? "to_number" : "from_number");
  return name.empty() || name == number ? number : number.empty() ? name : name + " " + number;
}

RowShape call_shape() {
  return {
      {{"STARTED"}, {""}, {"WITH", 13}, {"RESULT", 6}, {"LENGTH", 0, true}, {"ABOUT", 10, false, true}, {"ID"}},
      [](const Json& call, const std::string& zone) -> std::vector<std::string> {
        const auto seconds = call.find("duration_seconds");
        const bool has_length = seconds != call.end() && seconds->is_number();
        return {local_minute(text_of(call, "started_at"), zone),
                way(call),
                other_party(call),
                text_of(call, "result"),
                has_length ? clock_of(seconds->get<double>()) : "",
                first_of(call, {"one_sentence_summary", "summary"}),
                text_of(call, "id")};
      },
      api::columns_of(api::ShownCall{Call{}}),
  };
}

RowShape message_shape() {
  return {
      {{"SENT"}, {""}, {"WITH", 13}, {"TYPE", 0, false, true}, {"TEXT", 10}, {"ID"}},
      [](const Json& message, const std::string& zone) -> std::vector<std::string> {
        return {local_minute(text_of(message, "sent_at"), zone),
                way(message),
                other_party(message),
                text_of(message, "type"),
                text_of(message, "content"),
                text_of(message, "id")};
      },
      api::columns_of(Message{}),
  };
}

RowShape contact_shape() {
  return {
      {{"NAME", 10}, {"COMPANY", 8, false, true}, {"NUMBERS", 13}, {"EMAILS", 10, false, true}, {"ID"}},
      [](const Json& contact, const std::string&) -> std::vector<std::string> {
        return {full_name(contact), text_of(contact, "company"), joined(contact.at("numbers")),
                joined(contact.at("emails")), text_of(contact, "id")};
      },
      api::columns_of(Contact{}),
  };
}

RowShape number_shape() {
  return {
      {{"NUMBER"},
       {"KIND", 0, false, true},
       {"", 0, false, true},
       {"WHO", 10},
       {"CALLS", 0, true},
       {"MESSAGES", 0, true},
       {"LAST SEEN"}},
      [](const Json& number, const std::string& zone) -> std::vector<std::string> {
        std::string who;
        for (const auto& contact : number.at("contacts")) who += (who.empty() ? "" : ", ") + full_name(contact);
        return {text_of(number, "number"),
                text_of(number, "kind"),
                text_of(number, "country"),
                who,
                text_of(number, "call_count"),
                text_of(number, "message_count"),
                local_minute(text_of(number, "last_seen_at"), zone)};
      },
      api::columns_of(Number{}),
  };
}

}  // namespace callarchive::cli
