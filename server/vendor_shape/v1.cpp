#include "server/vendor_shape/shape.h"
#include "storage/text/ascii.h"

namespace callarchive::vendor_shape {
namespace {

using http::Request;

constexpr Version kV1 = Version::v1;
constexpr std::int64_t kRecent = 10;  // calls and messages of a contact's activity

Json page_members(const Keys& all, const PageNumber& page) {
  return {{"total_pages", total_pages(all, page)}, {"current_page", page.page}};
}

Json list_numbers(Shape& shape, const Request&) {
  Reader reader = open_reader(shape);
  Json list = Json::array();
  for (const auto& line : reader.find_lines()) {
    const auto number = reader.find_number(line);
    list.push_back({{"number", line},
                    {"name", nullptr},
                    {"country", number && number->country ? Json(*number->country) : Json()},
                    {"is_shared_number", nullptr}});
  }
  return {{"data", list}};
}

Json list_calls(Shape& shape, const Request& request) {
  ItemListFilter filter;
  filter.messages = false;
  filter.line = required(parameter(request, "allo_number"), "MISSING_PARAMETER", "allo_number");
  filter.contact = parameter(request, "contact_number");
  const auto page = page_of(kV1, request);
  Reader reader = open_reader(shape);
  const auto all = item_keys(shape, reader, filter);
  RecordWriter writer(reader);
  Json results = Json::array();
  for (const auto& item : reader.find_items(keys_of_page(*all, page), true)) {
    if (item.call) results.push_back(writer.call_v1(*item.call));
  }
  return {{"data", {{"results", results}, {"metadata", page_members(*all, page)}}}};
}

Json list_contacts(Shape& shape, const Request& request) {
  const auto page = page_of(kV1, request);
  Reader reader = open_reader(shape);
  const auto all = keys_of(shape, reader, "contacts by name",
                           [&] { return reader.find_contact_keys(ContactFilter(), ContactOrder::name); });
  RecordWriter writer(reader);
  Json results = Json::array();
  for (const auto& contact : reader.load_contacts_of(keys_of_page(*all, page))) {
    results.push_back(writer.contact_v1(contact, false));
  }
  return {{"data", {{"results", results}, {"metadata", {{"pagination", page_members(*all, page)}}}}}};
}

Contact require_contact(Reader& reader, const string& id) {
  auto contact = reader.find_contact(id);
  // Not 404, as the vendor has it.
  if (!contact) throw Refusal(400, "CONTACT_NOT_FOUND", "there is no contact " + id);
  return std::move(*contact);
}

Json show_contact(Shape& shape, const Request& request) {
  Reader reader = open_reader(shape);
  RecordWriter writer(reader);
  const auto contact = require_contact(reader, request.path_parameters.at(0));
  Json record = writer.contact_v1(contact, true);
  if (is_extended(parameter(request, "extend"), "activity")) {
    ItemListFilter filter;
    filter.contact_id = contact.id;
    record["activity"] = Json::array();
    const auto recent = keys_of_page(*item_keys(shape, reader, filter), {.size = kRecent});
    for (const auto& item : reader.find_items(recent, false)) record["activity"].push_back(writer.activity_v1(item));
  }
  return {{"data", record}};
}

Json list_conversation(Shape& shape, const Request& request) {
  ItemListFilter filter;
  filter.contact_id = request.path_parameters.at(0);
  filter.line = parameter(request, "allo_number");
  const auto page = page_of(kV1, request);
  Reader reader = open_reader(shape);
  require_contact(reader, *filter.contact_id);
  const auto all = item_keys(shape, reader, filter);
  RecordWriter writer(reader);
  Json results = Json::array();
  for (const auto& item : reader.find_items(keys_of_page(*all, page), true)) {
    results.push_back(writer.conversation_entry_v1(item));
  }
  return {{"data", {{"results", results}, {"metadata", {{"pagination", page_members(*all, page)}}}}}};
}

}  // namespace

const std::vector<Operation>& operations_v1() {
  static const std::vector<Operation> kOperations = {
      {kV1, "GET", "/v1/api/numbers", "CONVERSATIONS_READ", "The lines", list_numbers},
      {kV1, "GET", "/v1/api/calls", "CONVERSATIONS_READ", "Calls of a line, newest first", list_calls},
      {kV1, "GET", "/v1/api/contacts", "CONTACTS_READ", "Contacts", list_contacts},
      {kV1, "GET", "/v1/api/contact/{id}", "CONTACTS_READ", "One contact", show_contact},
      {kV1, "GET", "/v1/api/contact/{id}/conversation", "CONVERSATIONS_READ", "Calls and messages with a contact",
       list_conversation},
  };
  return kOperations;
}

}  // namespace callarchive::vendor_shape
