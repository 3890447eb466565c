#pragma once

#include "storage/items/phone.h"
#include "storage/records.h"

#include <unordered_map>

namespace callarchive::storage {

class Connection;

// The form of an e-mail address that is compared: users are the same in any case.
string folded_address(const string& email);

// The rows that calls, messages and contacts share: numbers, users, companies, tags. Finds or makes them.
// Remembers what it has met, so that most answers cost no query. For the writer's thread.
class ReferenceRows {
 public:
  ReferenceRows(Connection& connection, string default_region);

  // The row of a number in any spelling; nothing for absent or blank text.
  optional<std::int64_t> number_id(const optional<string>& verbatim);
  optional<std::int64_t> user_id(const optional<string>& email);
  optional<std::int64_t> company_id(const optional<Company>& company);
  std::int64_t tag_id(const string& name);

  // Must be called after a rollback: rows that were made are gone.
  void discard();

 private:
  const optional<NormalNumber>& normal(const string& verbatim);

  Connection& connection_;
  string default_region_;
  std::unordered_map<string, optional<NormalNumber>> normal_;  // by verbatim text; survives a rollback
  std::unordered_map<string, std::int64_t> numbers_;           // by canonical text
  std::unordered_map<string, std::int64_t> users_;             // by address as sent
  std::unordered_map<string, std::int64_t> tags_;
};

}  // namespace callarchive::storage
