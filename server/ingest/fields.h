#pragma once

#include "storage/event.h"

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace callarchive::ingest {

// The data says nothing that could be put into a table; what() says what is missing.
struct DecodeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Typed reading of a JSON object whose types cannot be relied upon. Every function takes the spellings of one
// field, and reads the first of them that is there and not null. What cannot be read as the type is absent.
class Fields {
 public:
  using Keys = std::initializer_list<const char*>;

  // The object must outlive the fields. Any other value reads as an object without members.
  explicit Fields(const nlohmann::json& object);

  // The value as it is, or null.
  const nlohmann::json* find(Keys keys) const;
  // Whether one of the keys is there, be it with null.
  bool has(Keys keys) const;
  // The object under the key, or one without members.
  Fields object(Keys keys) const;
  // The elements of the array under the key; none if there is no array.
  const nlohmann::json& array(Keys keys) const;

  // Strings, numbers as they were written, and booleans. Empty text is absent.
  optional<string> text(Keys keys) const;
  // The same where empty text means something.
  optional<string> text_or_empty(Keys keys) const;
  // Numbers and strings that are numbers, from 0 to 1e9.
  optional<double> number(Keys keys) const;
  // The same without a fraction.
  optional<std::int64_t> integer(Keys keys) const;
  optional<Millis> instant(Keys keys) const;
  // The texts of an array. What is no text or empty is left out.
  vector<string> texts(Keys keys) const;
  // The members of an object, in the order of their keys, null ones left out.
  vector<JsonMember> members(Keys keys) const;
  // All members but the named ones, likewise.
  vector<JsonMember> members_except(Keys keys) const;

 private:
  const nlohmann::json& object_;
};

// The text of a value that stands for a name: text itself, or an object with one of the keys.
optional<string> name_of(const nlohmann::json& value, Fields::Keys keys);

}  // namespace callarchive::ingest
