#pragma once

#include "server/vendor_shape/companies.h"
#include "storage/reader.h"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

// Calls, messages and contacts as the vendor's REST API writes them. What the archive never heard is null, and never
// made up. Members that nobody here knows are taken from the stored deliveries, so that fields which the vendor adds
// later are there, too.

namespace callarchive::vendor_shape {

using Json = nlohmann::ordered_json;

// Writes the records of one answer; remembers who has which number meanwhile.
class RecordWriter {
 public:
  explicit RecordWriter(Reader& reader) : reader_(reader) {}

  // Version 2. `transcript`: with it, else it is null.
  Json item(const TimelineItem& item, bool transcript);
  Json person(const Contact& contact);
  static Json company(const CompanyRecord& company);
  // An entry of the list of conversations.
  Json conversation(const TimelineItem& newest);

  // Version 1.
  Json call_v1(const Call& call);
  Json message_v1(const Message& message);
  Json conversation_entry_v1(const TimelineItem& item);
  Json contact_v1(const Contact& contact, bool with_context);
  static Json activity_v1(const TimelineItem& item);  // an entry of a contact's activity

 private:
  Json contacts_of(const optional<string>& number);
  void add_unknown_members(Json& record, ObjectKind kind, const string& id);

  Reader& reader_;
  std::map<string, Json> contacts_;  // by number as sent
};

// Seconds, with Z or without a zone.
string instant_v2(Millis at);
string instant_v1(Millis at);

}  // namespace callarchive::vendor_shape
