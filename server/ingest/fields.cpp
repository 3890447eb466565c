#include "server/ingest/fields.h"

#include "server/ingest/json_text.h"
#include "server/text/sent_time.h"
#include "server/text/time_text.h"
#include "storage/text/ascii.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

constexpr double kGreatestNumber = 1e9;
constexpr std::size_t kNamedTimes = 3;

const json& no_members() {
  static const json empty = json::object();
  return empty;
}

const json& no_elements() {
  static const json empty = json::array();
  return empty;
}

optional<string> text_of(const json& value) {
  if (value.is_string()) return value.get<string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (string number = number_text(value); !number.empty()) return number;
  return std::nullopt;
}

optional<string> without_empty(optional<string> text) { return text && text->empty() ? std::nullopt : text; }

}  // namespace

string to_camel_case(std::string_view key) {
  string camel;
  bool upper = false;
  for (const char c : key) {
    if (c == '_') {
      upper = true;
    } else {
      camel += upper ? ascii::upper(c) : c;
      upper = false;
    }
  }
  return camel;
}

void UnreadableTimes::note(string field) {
  if (named_.size() < kNamedTimes) named_.push_back(std::move(field));
  ++count_;
}

optional<string> UnreadableTimes::reason() const {
  if (count_ == 0) return std::nullopt;
  string reason = "unreadable time in " + named_.front();
  for (std::size_t i = 1; i < named_.size(); ++i) reason += (i + 1 == count_ ? " and " : ", ") + named_[i];
  if (count_ > named_.size()) reason += " and " + std::to_string(count_ - named_.size()) + " more";
  return reason;
}

Fields::Fields(const json& object, FieldsContext context, string place)
    : object_(object.is_object() ? object : no_members()), context_(context), place_(std::move(place)) {}

Fields Fields::within(const json& value, const string& place) const {
  return Fields(value, context_, place_ + place + '.');
}

string Fields::spelling_of(const char* key) const {
  if (context_.keys == KeyStyle::camel_case) {
    if (string camel = to_camel_case(key); object_.contains(camel)) return camel;
  }
  return key;
}

const json* Fields::find(Keys keys) const {
  for (const char* key : keys) {
    const auto found = object_.find(spelling_of(key));
    if (found != object_.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

bool Fields::has(Keys keys) const {
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return object_.contains(spelling_of(key)); });
}

Fields Fields::object(Keys keys) const {
  const json* value = find(keys);
  return within(value != nullptr ? *value : no_members(), *keys.begin());
}

const json& Fields::array(Keys keys) const {
  const json* value = find(keys);
  return value != nullptr && value->is_array() ? *value : no_elements();
}

optional<string> Fields::text(Keys keys) const { return without_empty(text_or_empty(keys)); }

optional<string> Fields::text_or_empty(Keys keys) const {
  const json* value = find(keys);
  return value != nullptr ? text_of(*value) : std::nullopt;
}

optional<double> Fields::number(Keys keys) const {
  const json* value = find(keys);
  if (value == nullptr || value->is_boolean()) return std::nullopt;
  const string text = text_of(*value).value_or("");
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!whole || !(number >= 0 && number <= kGreatestNumber)) return std::nullopt;
  return number;
}

optional<std::int64_t> Fields::integer(Keys keys) const {
  const auto value = number(keys);
  if (!value || std::floor(*value) != *value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

optional<Micros> Fields::micros(Keys keys) const {
  optional<string> unreadable;
  for (const char* key : keys) {
    const string spelling = spelling_of(key);
    const auto value = object_.find(spelling);
    if (value == object_.end() || value->is_null() || text_of(*value) == "") continue;
    const auto text = value->is_boolean() ? std::nullopt : text_of(*value);
    if (const auto instant = text ? parse_sent_time(*text) : std::nullopt) return instant;
    if (!unreadable) unreadable = place_ + spelling;
  }
  if (unreadable && context_.unreadable != nullptr) context_.unreadable->note(std::move(*unreadable));
  return std::nullopt;
}

optional<Millis> Fields::instant(Keys keys) const {
  const auto time = micros(keys);
  return time ? optional(to_millis(*time)) : std::nullopt;
}

vector<string> Fields::texts(Keys keys) const {
  vector<string> texts;
  for (const json& element : array(keys)) {
    if (auto text = without_empty(text_of(element))) texts.push_back(std::move(*text));
  }
  return texts;
}

vector<JsonMember> Fields::members(Keys keys) const {
  vector<JsonMember> members;
  const json* object = find(keys);
  if (object == nullptr || !object->is_object()) return members;
  for (const auto& [key, value] : object->items()) members.push_back({.key = key, .value_json = to_json_text(value)});
  return members;
}

vector<JsonMember> Fields::members_except(Keys keys) const {
  vector<string> known;
  for (const char* key : keys) known.push_back(spelling_of(key));
  vector<JsonMember> members;
  for (const auto& [key, value] : object_.items()) {
    if (value.is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
    members.push_back({.key = key, .value_json = to_json_text(value)});
  }
  return members;
}

optional<string> Fields::name_of(const json& value, Keys keys) const {
  return value.is_object() ? Fields(value, context_).text(keys) : without_empty(text_of(value));
}

}  // namespace callarchive::ingest
