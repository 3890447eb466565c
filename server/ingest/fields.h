#pragma once

#include "server/text/time_scanner.h"
#include "storage/event.h"

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace callarchive::ingest {

// The data cannot be stored in the tables; what() says what is missing.
struct DecodeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How a dialect spells the keys that it defines.
enum class KeyStyle { snake_case, camel_case };

// start_date -> startDate
string to_camel_case(std::string_view key);

// The fields of a delivery whose value should be a time and could not be read as one.
class UnreadableTimes {
 public:
  void note(string field);
  std::size_t count() const { return count_; }
  // "unreadable time in start_date, transcriptions[0].time and 7 more"; absent when there are none.
  optional<string> reason() const;

 private:
  vector<string> named_ = {};  // the first few
  std::size_t count_ = 0;
};

// What holds for all fields of a delivery.
struct FieldsContext {
  KeyStyle keys = KeyStyle::snake_case;
  UnreadableTimes* unreadable = nullptr;  // null: they are not collected; must outlive the fields
};

// Typed reading of a JSON object whose types cannot be relied upon. Every function takes the names of one field, in
// snake_case, and reads the first that is present and not null. In a dialect with camelCase keys each name is looked up
// in that spelling first. No key of the document is ever rewritten, so names chosen by the customer are preserved. A
// value that cannot be read as the type is absent.
class Fields {
 public:
  using Keys = std::initializer_list<const char*>;

  // The object must outlive the fields. Any other value reads as an object without members. `place` precedes the keys
  // in UnreadableTimes.
  explicit Fields(const nlohmann::json& object, FieldsContext context = {}, string place = {});
  // The fields of a value inside this one, such as an element of an array.
  Fields within(const nlohmann::json& value, const string& place) const;

  // The value as it is, or null.
  const nlohmann::json* find(Keys keys) const;
  // Whether one of the keys is present, even with null.
  bool has(Keys keys) const;
  // The object under the key, or one without members.
  Fields object(Keys keys) const;
  // The elements of the array under the key; none if there is no array.
  const nlohmann::json& array(Keys keys) const;

  // Strings, numbers as they were written, and booleans. Empty text is absent.
  optional<string> text(Keys keys) const;
  // The same, but empty text is present.
  optional<string> text_or_empty(Keys keys) const;
  // Numbers and strings that are numbers, from 0 to 1e9.
  optional<double> number(Keys keys) const;
  // The same without a fraction.
  optional<std::int64_t> integer(Keys keys) const;
  // Text and numbers in any spelling of parse_sent_time. Anything else but null and empty text is noted as unreadable.
  optional<Micros> micros(Keys keys) const;
  optional<Millis> instant(Keys keys) const;
  // The text of a value that is a name: a text, or an object with one of the keys.
  optional<string> name_of(const nlohmann::json& value, Keys keys) const;
  // The texts of an array. Other values and empty texts are left out.
  vector<string> texts(Keys keys) const;
  // The members of an object, in the order of their keys, as they were sent.
  vector<JsonMember> members(Keys keys) const;
  // All members but the named fields and those that are null, likewise.
  vector<JsonMember> members_except(Keys keys) const;

 private:
  // The key under which the field is sent.
  string spelling_of(const char* key) const;

  const nlohmann::json& object_;
  FieldsContext context_;
  string place_;
};

}  // namespace callarchive::ingest
