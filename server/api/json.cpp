#include "server/api/json.h"

#include "server/text/base64.h"

#include <nlohmann/json.hpp>

namespace callarchive::api {

void write_value(JsonWriter& json, const Instant& instant) { json.instant(instant.at); }

void write_value(JsonWriter& json, const optional<Company>& company) {
  json.value(company ? company->name : optional<string>());
}

void write_value(JsonWriter& json, const vector<JsonMember>& members) {
  json.begin_object();
  for (const auto& member : members) {
    json.key(member.key);
    json.raw(member.value_json);
  }
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

void to_json_with_body(JsonWriter& json, const DeliveryRecord& delivery) {
  json.begin_object();
  visit_members(delivery, [&](std::string_view name, const auto& value) {
    json.key(name);
    write_value(json, value);
  });
  json.member("body_base64", base64(delivery.body));
  json.member("body", nlohmann::json::accept(delivery.body) ? optional<string>(delivery.body) : optional<string>());
  json.end_object();
}

}  // namespace callarchive::api
