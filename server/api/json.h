#pragma once

#include "server/api/members.h"
#include "server/text/json_writer.h"

#include <string_view>

// Records as JSON, with the members listed in server/api/members.h.

namespace callarchive::api {

struct IgnoreMember {
  template <typename T>
  void operator()(std::string_view, const T&) const {}
};
template <typename Record>
concept HasMembers = requires(const Record& record) {
  visit_members(record, IgnoreMember());
};

// One value of a member, of any of the types that visit_members() passes.
template <typename T>
void write_value(JsonWriter& json, const T& value);
template <typename T>
void write_value(JsonWriter& json, const optional<T>& value);
template <typename T>
void write_value(JsonWriter& json, const vector<T>& values);
void write_value(JsonWriter& json, const Instant& instant);
void write_value(JsonWriter& json, const optional<Company>& company);   // the name alone, as webhooks of version 1 do
void write_value(JsonWriter& json, const vector<JsonMember>& members);  // an object

template <typename T>
void write_value(JsonWriter& json, const T& value) {
  if constexpr (HasMembers<T>) {
    json.begin_object();
    visit_members(value, [&](std::string_view name, const auto& member) {
      json.key(name);
      write_value(json, member);
    });
    json.end_object();
  } else {
    json.value(value);
  }
}

template <typename T>
void write_value(JsonWriter& json, const optional<T>& value) {
  if (value) write_value(json, *value);
  else json.null();
}

template <typename T>
void write_value(JsonWriter& json, const vector<T>& values) {
  json.begin_array();
  for (const auto& value : values) write_value(json, value);
  json.end_array();
}

template <HasMembers Record>
void to_json(JsonWriter& json, const Record& record) {
  write_value(json, record);
}
inline void to_json(JsonWriter& json, const Call& call, Transcript transcript = Transcript::left_out) {
  write_value(json, ShownCall{call, transcript});
}
void to_json(JsonWriter& json, const TimelineItem& item);

// A delivery with its body: always as base64, and also as text if it is JSON.
void to_json_with_body(JsonWriter& json, const DeliveryRecord& delivery);

}  // namespace callarchive::api
