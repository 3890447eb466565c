#include "server/ingest/fields.h"

#include "server/ingest/json_text.h"
#include "server/text/time_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

constexpr double kGreatestNumber = 1e9;

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

Fields::Fields(const json& object) : object_(object.is_object() ? object : no_members()) {}

const json* Fields::find(Keys keys) const {
  for (const char* key : keys) {
    const auto found = object_.find(key);
    if (found != object_.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

bool Fields::has(Keys keys) const {
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return object_.contains(key); });
}

Fields Fields::object(Keys keys) const {
  const json* value = find(keys);
  return Fields(value != nullptr ? *value : no_members());
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

optional<Millis> Fields::instant(Keys keys) const {
  const json* value = find(keys);
  return value != nullptr && value->is_string() ? parse_instant(value->get_ref<const string&>()) : std::nullopt;
}

vector<string> Fields::texts(Keys keys) const {
  vector<string> texts;
  for (const json& element : array(keys)) {
    if (auto text = without_empty(text_of(element))) texts.push_back(std::move(*text));
  }
  return texts;
}

vector<JsonMember> Fields::members(Keys keys) const { return object(keys).members_except({}); }

vector<JsonMember> Fields::members_except(Keys keys) const {
  vector<JsonMember> members;
  for (const auto& [key, value] : object_.items()) {
    if (value.is_null() || std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    members.push_back({.key = key, .value_json = to_json_text(value)});
  }
  return members;
}

optional<string> name_of(const json& value, Fields::Keys keys) {
  return value.is_object() ? Fields(value).text(keys) : without_empty(text_of(value));
}

}  // namespace callarchive::ingest
