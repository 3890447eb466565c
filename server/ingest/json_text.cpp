#include "server/ingest/json_text.h"

#include "server/ingest/json_outline.h"
#include "server/ingest/json_repair.h"

#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// In one pass: replaced in place, each NUL would move all that follows it.
void replace_nul(std::string& text) {
  std::size_t at = text.find('\0');
  if (at == std::string::npos) return;
  std::string replaced;
  std::size_t begin = 0;
  for (; at != std::string::npos; at = text.find('\0', begin)) {
    replaced.append(text, begin, at - begin).append(kReplacement);
    begin = at + 1;
  }
  text = replaced.append(text, begin);
}

// Builds the value from the parser's events. The parser itself does not recurse.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(json& root) : root_(root) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  // Called for numbers with a fraction, an exponent or more than 64 bits. They are stored as written: 25000.00 is
  // money. JSON text never gives a value of type binary, so we use that type for the text of a number.
  bool number_float(number_float_t, const string_t& text) override {
    return put(json::binary(json::binary_t::container_type(text.begin(), text.end())));
  }
  bool string(string_t& value) override {
    replace_nul(value);
    return put(std::move(value));
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(json::object()); }
  bool key(string_t& name) override {
    if (dropping_ == 0) {
      replace_nul(name);
      slot_ = &(*open_.back())[name];
    }
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    error_ = json_error_text(error.what());
    return false;
  }

  bool too_deep() const { return too_deep_; }
  bool too_many() const { return values_ > kValueLimit; }
  const std::string& error() const { return error_; }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }

  bool put(json value) {
    if (dropping_ > 0) return true;
    place(std::move(value));
    return ++values_ <= kValueLimit;
  }

  bool open(json container) {
    if (dropping_ > 0) {
      ++dropping_;
    } else if (open_.size() == kDepthLimit) {
      place(nullptr);
      dropping_ = 1;
      too_deep_ = true;
    } else {
      open_.push_back(place(std::move(container)));
      return ++values_ <= kValueLimit;
    }
    return true;
  }

  bool close() {
    if (dropping_ > 0) {
      --dropping_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  json& root_;
  std::vector<json*> open_ = {};  // the containers that have not ended; none of them can move while it is here
  json* slot_ = nullptr;          // where the value of the last key goes
  std::size_t dropping_ = 0;      // open containers beyond the limit
  std::size_t values_ = 0;        // placed so far
  bool too_deep_ = false;
  std::string error_ = {};
};

JsonReport parse_once(std::string_view text, json& value) {
  value = nullptr;
  Builder builder(value);
  const bool valid = json::sax_parse(text.begin(), text.end(), &builder);
  if (builder.too_many()) {
    value = nullptr;
    JsonReport report = read_outline(text, value);
    report.too_many = true;
    return report;
  }
  return {.valid = valid, .too_deep = builder.too_deep(), .error = builder.error()};
}

void append_json_text(const json& value, std::string& out) {
  if (value.is_object()) {
    char separator = '{';
    if (value.empty()) out += separator;
    for (const auto& [key, member] : value.items()) {
      out += separator;
      append_json_text(key, out);
      out += ':';
      append_json_text(member, out);
      separator = ',';
    }
    out += '}';
  } else if (value.is_array()) {
    char separator = '[';
    if (value.empty()) out += separator;
    for (const json& element : value) {
      out += separator;
      append_json_text(element, out);
      separator = ',';
    }
    out += ']';
  } else if (value.is_binary()) {
    out += number_text(value);
  } else {
    out += value.dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

}  // namespace

JsonReport parse_json(std::string_view text, json& value) {
  // The library takes a NUL byte for the end of the text and would not see what follows it.
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    return {.valid = false, .error = "a NUL byte at offset " + std::to_string(at)};
  }
  JsonReport report = parse_once(text, value);
  if (report.valid) return report;
  const std::string repaired = repair_json(text);
  if (repaired == text) return report;
  return parse_once(repaired, value);
}

std::string number_text(const json& value) {
  if (value.is_binary()) return {value.get_binary().begin(), value.get_binary().end()};
  return value.is_number() ? value.dump() : std::string();
}

std::string to_json_text(const json& value) {
  std::string text;
  append_json_text(value, text);
  return text;
}

}  // namespace callarchive::ingest
