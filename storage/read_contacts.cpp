#include "storage/contacts.h"
#include "storage/item_key.h"
#include "storage/read_connection.h"

namespace callarchive {
namespace {

using namespace storage;

constexpr const char* kContact =
    "SELECT c.key, c.id, c.name, c.last_name, c.job_title, co.vendor_id, co.name, c.company_id IS NOT NULL,"
    " (SELECT min(coalesce(v.event_time, d.received_at)) FROM contact_versions v JOIN deliveries d"
    "  ON d.id = v.delivery_id WHERE v.contact_key = c.key),"
    " (SELECT max(coalesce(v.event_time, d.received_at)) FROM contact_versions v JOIN deliveries d"
    "  ON d.id = v.delivery_id WHERE v.contact_key = c.key)"
    " FROM contacts c LEFT JOIN companies co ON co.id = c.company_id";

Contact read_contact(Connection& connection, const Query& query) {
  Contact contact;
  contact.key = query.integer(0);
  contact.id = query.text(1);
  contact.name = query.maybe_text(2);
  contact.last_name = query.maybe_text(3);
  contact.job_title = query.maybe_text(4);
  if (query.integer(7) != 0) contact.company = Company{query.maybe_text(5), query.maybe_text(6)};
  contact.created_at = query.integer(8);
  contact.updated_at = query.integer(9);
  auto emails = connection.query("SELECT email FROM contact_emails WHERE contact_key = ? ORDER BY position");
  emails.bind(contact.key);
  while (emails.step()) contact.emails.push_back(emails.text(0));
  auto numbers = connection.query("SELECT number FROM contact_numbers WHERE contact_key = ? ORDER BY position");
  numbers.bind(contact.key);
  while (numbers.step()) contact.numbers.push_back(numbers.text(0));
  auto properties = connection.query("SELECT key, value FROM contact_properties WHERE contact_key = ? ORDER BY key");
  properties.bind(contact.key);
  while (properties.step()) contact.properties.push_back({properties.text(0), properties.text(1)});
  return contact;
}

void add_conditions(Connection& connection, const ContactFilter& filter, const string& region, Where& where) {
  where.add_if(filter.name, "instr(lower(coalesce(c.name, '') || ' ' || coalesce(c.last_name, '')), lower(?)) > 0");
  where.add_if(filter.company,
               "c.company_id IN (SELECT id FROM companies WHERE instr(lower(coalesce(name, '')), lower(?)) > 0)");
  where.add_if(filter.email, "c.key IN (SELECT contact_key FROM contact_emails WHERE email = ? COLLATE NOCASE)");
  if (filter.number) {
    where.add("c.key IN (SELECT contact_key FROM contact_numbers WHERE number_id = ?)",
              {find_number_id(connection, *filter.number, region).value_or(0)});
  }
}

optional<Contact> find_one(Connection& connection, const string& id) {
  auto query = connection.query(string(kContact) + " WHERE c.id_key = ?");
  query.bind(comparable_id(id));
  if (!query.step()) return {};
  return read_contact(connection, query);
}

// Whether two states look the same to a reader.
bool is_same_state(const Contact& a, const Contact& b) {
  return a.name == b.name && a.last_name == b.last_name && a.company == b.company && a.job_title == b.job_title &&
         a.emails == b.emails && a.numbers == b.numbers && a.properties == b.properties;
}

}  // namespace

Slice<Contact> Reader::find_contacts(const ContactFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    if (page.after) where.add("c.key > ?", {*page.after});
    add_conditions(connection, filter, connection_->default_region, where);
    auto query =
        connection.query(kContact + where.sql() + " ORDER BY c.key LIMIT " + std::to_string(page.limit + 1));
    where.bind(query);
    vector<Contact> contacts;
    while (query.step()) contacts.push_back(read_contact(connection, query));
    return cut(std::move(contacts), page.limit, [](const Contact& contact) { return contact.key; });
  });
}

Count Reader::count_contacts(const ContactFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    Where where;
    add_conditions(connection, filter, connection_->default_region, where);
    return count_rows(connection, "SELECT 1 FROM contacts c", where, exact);
  });
}

optional<Contact> Reader::find_contact(const string& id) {
  return ask(*connection_, [&](Connection& connection) { return find_one(connection, id); });
}

vector<string> Reader::find_contact_numbers(const string& id) {
  return ask(*connection_, [&](Connection& connection) {
    vector<string> numbers;
    auto query = connection.query(
        "SELECT DISTINCT n.number FROM contacts c JOIN contact_numbers cn ON cn.contact_key = c.key"
        " JOIN numbers n ON n.id = cn.number_id WHERE c.id_key = ? ORDER BY n.number");
    query.bind(comparable_id(id));
    while (query.step()) numbers.push_back(query.text(0));
    return numbers;
  });
}

vector<ContactVersion> Reader::find_contact_versions(const string& id) {
  return ask(*connection_, [&](Connection& connection) {
    vector<ContactVersion> versions;
    const auto now = find_one(connection, id);
    if (!now) return versions;
    Contact state;
    state.key = now->key;
    state.id = now->id;
    state.created_at = now->created_at;
    for (const auto& version : load_contact_versions(connection, now->key)) {
      merge(state, version.said);
      state.updated_at = version.at;
      if (!versions.empty() && is_same_state(versions.back().state, state)) continue;
      versions.push_back({state, version.at, version.delivery});
    }
    return vector<ContactVersion>(versions.rbegin(), versions.rend());
  });
}

}  // namespace callarchive
