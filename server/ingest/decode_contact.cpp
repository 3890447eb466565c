#include "server/ingest/json_text.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::ingest {
namespace {

using nlohmann::json;

// Text in webhooks, an object with id and name elsewhere. Nothing if it is absent, null or empty.
optional<Company> read_company(const Fields& fields) {
  const json* value = fields.find({"company"});
  if (value == nullptr) return std::nullopt;
  Company company{.id = fields.within(*value, "company").text({"id"}), .name = fields.name_of(*value, {"name"})};
  return company == Company{} ? std::nullopt : std::optional(std::move(company));
}

optional<vector<string>> read_list(const Fields& fields, const char* key) {
  const json* value = fields.find({key});
  return value != nullptr && value->is_array() ? std::optional(fields.texts({key})) : std::nullopt;
}

// The main address has a field of its own, and may be missing in the list.
optional<vector<string>> read_emails(const Fields& person) {
  auto emails = read_list(person, "emails");
  if (const auto main = person.text({"email"})) {
    if (!emails) emails.emplace();
    if (std::find(emails->begin(), emails->end(), *main) == emails->end()) emails->insert(emails->begin(), *main);
  }
  return emails;
}

// Custom properties are members of the person itself.
vector<JsonMember> read_properties(const Fields& person) {
  return person.members_except({"id", "name", "last_name", "company", "job_title", "email", "emails", "numbers"});
}

ContactChanged read_v1(const Fields& data) {
  ContactChanged contact{
      .name = data.text({"name"}),
      .last_name = data.text({"last_name"}),
      .company = read_company(data),
      .emails = read_emails(data),
      .numbers = read_list(data, "numbers"),
  };
  // Absent and null say the same in every dialect: nothing, for a field that the dialect does not have.
  if (auto title = data.text({"job_title"})) contact.job_title = std::move(title);
  if (auto properties = read_properties(data); !properties.empty()) contact.properties = std::move(properties);
  return contact;
}

// The data is the person, or has it beside its company and deals.
ContactChanged read_v2(const Fields& data, const Fields& person) {
  ContactChanged contact{
      .name = person.text({"name"}),
      .last_name = person.text({"last_name"}),
      .job_title = person.text({"job_title"}),
      .emails = read_emails(person),
      .numbers = read_list(person, "numbers"),
      .properties = read_properties(person),
  };
  // The person of v2 has no company, and the vendor has not published which contact events carry one beside it.
  for (const Fields* place : {&person, &data}) {
    if (auto company = read_company(*place); company && !contact.company) contact.company = std::move(company);
  }
  if (const json* deals = data.find({"deals"}); deals != nullptr && !person.has({"deals"})) {
    auto& properties = *contact.properties;
    const auto place = std::ranges::lower_bound(properties, "deals", {}, &JsonMember::key);
    properties.insert(place, {.key = "deals", .value_json = to_json_text(*deals)});
  }
  return contact;
}

}  // namespace

Event decode_contact(const Fields& data, const Envelope& envelope) {
  const json* wrapped = data.find({"person"});
  const bool is_wrapped = wrapped != nullptr && wrapped->is_object() && !data.has({"id"});
  const Fields person = is_wrapped ? data.within(*wrapped, "person") : data;
  ContactChanged contact = envelope.dialect == Dialect::v2 ? read_v2(data, person) : read_v1(person);
  contact.id = person.text({"id"}).value_or("");
  if (contact.id.empty()) throw DecodeError("a contact without an id");
  return contact;
}

}  // namespace callarchive::ingest
