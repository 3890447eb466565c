#pragma once

#include "storage/items/phone.h"
#include "storage/records.h"

#include <unordered_map>

namespace callarchive::storage {

class Connection;

// The spelling of an e-mail address in which addresses are compared: lower case.
string folded_address(const string& email);

// Finds or inserts the rows that calls, messages and contacts share: numbers, users, companies, tags. Remembers the
// rows it has found, so that most calls need no query. For the writer's thread.
class ReferenceRows {
 public:
  ReferenceRows(Connection& connection, string default_region);

  // Each returns the key of the row, or nothing for absent or blank text. A number may have any spelling.
  optional<std::int64_t> number_id(const optional<string>& verbatim);
  optional<std::int64_t> user_id(const optional<string>& email);
  optional<std::int64_t> company_id(const optional<Company>& company);
  std::int64_t tag_id(const string& name);

  // Must be called after a rollback, because inserted rows are gone.
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
