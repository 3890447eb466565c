#include "server/mcp/arguments.h"

#include "server/ingest/json_text.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <charconv>

namespace callarchive::mcp {
namespace {

std::string names_of(const Json& properties) {
  std::vector<std::string> names;
  for (const auto& [name, schema] : properties.items()) names.push_back(name);
  return ascii::join(names, ", ");
}

std::optional<std::int64_t> whole_number(const nlohmann::json& value) {
  // 20.0 is a whole number, too, and comes as it was written.
  const std::string written = ingest::number_text(value);
  const auto point = std::min(written.find('.'), written.size());
  if (written.find_first_not_of('0', std::min(point + 1, written.size())) != std::string::npos) return {};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + point, number);
  if (error != std::errc() || end != written.data() + point || point == 0) return {};
  return number;
}

void check_choice(const std::string& name, const std::string& text, const Json& schema) {
  const auto choices = schema.find("enum");
  if (choices == schema.end() || std::find(choices->begin(), choices->end(), text) != choices->end()) return;
  std::vector<std::string> names = *choices;
  throw Mistake(name + ": expected one of " + ascii::join(names, ", "));
}

std::string text_of(const std::string& name, const nlohmann::json& value, const Json& schema) {
  const auto& type = schema.at("type");
  if (type == "string" && value.is_string()) {
    auto text = value.get<std::string>();
    check_choice(name, text, schema);
    return text;
  }
  if (type == "boolean" && value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (type == "integer") {
    const auto number = whole_number(value);
    const auto least = schema.at("minimum").get<std::int64_t>(), most = schema.at("maximum").get<std::int64_t>();
    if (number && *number >= least && *number <= most) return std::to_string(*number);
    throw Mistake(name + ": expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  throw Mistake(name + ": expected a value of type " + type.get<std::string>());
}

}  // namespace

Arguments::Arguments(const nlohmann::json& given, const Json& schema) {
  if (!given.is_object()) throw Mistake("arguments: expected an object");
  const auto& properties = schema.at("properties");
  for (const auto& [name, value] : given.items()) {
    const auto property = properties.find(name);
    if (property == properties.end()) {
      throw Mistake(name + ": there is no such argument; there are " + names_of(properties));
    }
    if (value.is_null()) continue;
    if (property->at("type") != "array") {
      values_.emplace_back(name, text_of(name, value, *property));
      continue;
    }
    const auto& items = property->at("items");
    if (!value.is_array()) {
      values_.emplace_back(name, text_of(name, value, items));
      continue;
    }
    for (const auto& element : value) values_.emplace_back(name, text_of(name, element, items));
  }
  for (const auto& required : schema.value("required", Json::array())) {
    const auto name = required.get<std::string>();
    if (!has(name)) throw Mistake(name + ": this argument is required");
  }
}

std::optional<std::string> Arguments::text(std::string_view name) const {
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const auto& value) { return value.first == name; });
  if (found == values_.end()) return {};
  return found->second;
}

std::int64_t Arguments::whole(std::string_view name, std::int64_t otherwise) const {
  const auto written = text(name);
  return written ? std::stoll(*written) : otherwise;
}

http::Parameters Arguments::parameters_without(std::initializer_list<std::string_view> names) const {
  http::Parameters rest;
  for (const auto& value : values_) {
    if (std::find(names.begin(), names.end(), value.first) == names.end()) rest.push_back(value);
  }
  return rest;
}

}  // namespace callarchive::mcp
