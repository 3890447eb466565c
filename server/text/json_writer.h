#pragma once

#include "storage/records.h"

#include <concepts>
#include <string_view>

// Writes JSON by appending to a string: an answer of many rows costs one buffer and no tree.

namespace callarchive {

// Writes commas as needed. The caller must match begin and end, and write members only in objects. Strings may contain
// any bytes: invalid UTF-8 becomes U+FFFD.
class JsonWriter {
 public:
  explicit JsonWriter(string& out) : out_(out) {}  // out must outlive the writer

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const string& text) { value(std::string_view(text)); }
  void value(std::int64_t number);
  void value(double number);  // the shortest text that reads back the same; null if not finite
  void value(std::same_as<bool> auto truth) { raw(truth ? "true" : "false"); }
  void null() { raw("null"); }
  void instant(Millis at);          // "2024-01-15T10:30:00.000Z"
  void raw(std::string_view json);  // a value that is already JSON

  template <typename T>
  void value(const optional<T>& maybe) {
    if (maybe) value(*maybe);
    else null();
  }
  void instant(const optional<Millis>& at) {
    if (at) instant(*at);
    else null();
  }

  // "name": value
  template <typename T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  template <typename T>
  void instant_member(std::string_view name, const T& at) {
    key(name);
    instant(at);
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  string& out_;
  bool needs_comma_ = false;
};

// What write(JsonWriter&) writes.
template <typename Write>
string written(const Write& write) {
  string text;
  JsonWriter json(text);
  write(json);
  return text;
}

}  // namespace callarchive
