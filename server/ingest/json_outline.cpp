#include "server/ingest/json_outline.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

constexpr std::string_view kWords[] = {"topic", "event", "version", "timestamp"};
constexpr std::string_view kObjects[] = {"data", "body", "call"};

class Outline : public nlohmann::json_sax<json> {
 public:
  explicit Outline(json& root) : root_(root) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t, const string_t& text) override { return put(text); }
  bool string(string_t& value) override { return put(value); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (depth_ == 0) root_ = json::object();
    if (is_member() && is_in(kObjects)) root_[key_] = json::object();
    return ++depth_, true;
  }
  bool key(string_t& name) override {
    if (is_member()) key_ = name.substr(0, 32);
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override {
    if (is_member() && is_in(kObjects)) root_[key_] = nullptr;  // it is there, but not an object
    return ++depth_, true;
  }
  bool end_array() override { return --depth_, true; }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    error_ = json_error_text(error.what());
    return false;
  }

  const std::string& error() const { return error_; }

 private:
  // Whether what comes is a member of the outermost object.
  bool is_member() const { return depth_ == 1 && root_.is_object(); }

  template <std::size_t count>
  bool is_in(const std::string_view (&keys)[count]) const {
    return std::find(std::begin(keys), std::end(keys), key_) != std::end(keys);
  }

  bool put(json value) {
    if (is_member() && is_in(kWords)) root_[key_] = std::move(value);
    return true;
  }

  json& root_;
  std::string key_ = {};
  std::size_t depth_ = 0;
  std::string error_ = {};
};

}  // namespace

JsonReport read_outline(std::string_view text, json& value) {
  value = nullptr;
  Outline outline(value);
  const bool valid = json::sax_parse(text.begin(), text.end(), &outline);
  return {.valid = valid, .error = outline.error()};
}

std::string json_error_text(std::string_view message) {
  if (const auto end = message.find("] "); end != std::string_view::npos) message.remove_prefix(end + 2);
  message = message.substr(0, message.find("; last read:"));
  return std::string(message.substr(0, 200));
}

}  // namespace callarchive::ingest
