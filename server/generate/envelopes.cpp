#include "server/generate/envelopes.h"

#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace callarchive::generate {
namespace {

using ingest::Dialect;
using nlohmann::ordered_json;

std::string to_camel_case(std::string_view key) {
  std::string camel;
  bool is_start = false;
  for (const char c : key) {
    if (c == '_') {
      is_start = true;
      continue;
    }
    camel += is_start ? static_cast<char>(c - 'a' + 'A') : c;
    is_start = false;
  }
  return camel;
}

ordered_json with_camel_case_keys(const ordered_json& value) {
  if (value.is_array()) {
    ordered_json renamed = ordered_json::array();
    for (const auto& element : value) renamed.push_back(with_camel_case_keys(element));
    return renamed;
  }
  if (!value.is_object()) return value;
  ordered_json renamed = ordered_json::object();
  for (const auto& [key, member] : value.items()) {
    renamed[to_camel_case(key)] = key == "data_collected" ? member : with_camel_case_keys(member);
  }
  return renamed;
}

// The oldest dialect has no ids but those of contacts, another name for the tag, and fewer members.
ordered_json for_body(Kind kind, ordered_json data) {
  if (kind == Kind::contact) return data;
  data.erase("id");
  if (kind == Kind::call) {
    data["call_category"] = std::move(data["tag"]);
    for (const char* key :
         {"tag", "data_collected", "ivr_result", "result", "integration_id", "transfer_from", "transfer_to",
          "transfer_original_call_id", "user_email", "original_to_number", "original_to_name"}) {
      data.erase(key);
    }
  }
  return data;
}

ordered_json for_v2(Kind kind, ordered_json data) {
  if (kind == Kind::call) data["tags"] = data["tag"].is_null() ? ordered_json::array() : ordered_json{data["tag"]};
  if (kind == Kind::contact) {
    data["email"] = data["emails"].empty() ? ordered_json(nullptr) : data["emails"].front();
    if (!data["company"].is_null()) data["company"] = {{"id", nullptr}, {"name", data["company"]}};
  }
  return data;
}

std::string_view v1_topic(Kind kind) {
  constexpr std::array<std::string_view, 3> kTopics = {"CALL_RECEIVED", "SMS_RECEIVED", "CONTACT_UPDATED"};
  return kTopics[static_cast<std::size_t>(kind)];
}

std::string_view v2_topic(Kind kind, const ordered_json& data) {
  if (kind == Kind::call) return "call.completed";
  if (kind == Kind::contact) return "contact.updated";
  return data.at("direction") == "INBOUND" ? "sms.received" : "sms.sent";
}

}  // namespace

std::string tell_v2(std::string_view topic, ordered_json data, Millis sent_at) {
  return ordered_json{
      {"topic", topic}, {"version", "2.0"}, {"timestamp", format_instant(sent_at)}, {"data", std::move(data)}}
      .dump();
}

std::string tell(Kind kind, Dialect dialect, const ordered_json& data, Millis sent_at) {
  // The phone app has no webhooks about contacts.
  if (dialect == Dialect::mobile && kind == Kind::contact) dialect = Dialect::v1_camel;
  switch (dialect) {
    case Dialect::v2: return tell_v2(v2_topic(kind, data), for_v2(kind, data), sent_at);
    case Dialect::mobile:
      return ordered_json{{"event", kind == Kind::call ? "call.received" : "sms.received"},
                          {"timestamp", format_instant(sent_at)},
                          {kind == Kind::call ? "call" : "sms", with_camel_case_keys(data)}}
          .dump();
    case Dialect::body: return ordered_json{{"topic", v1_topic(kind)}, {"body", for_body(kind, data)}}.dump();
    case Dialect::v1_camel: return ordered_json{{"topic", v1_topic(kind)}, {"data", with_camel_case_keys(data)}}.dump();
    case Dialect::v1: break;
  }
  return ordered_json{{"topic", v1_topic(kind)}, {"data", data}}.dump();
}

}  // namespace callarchive::generate
