#include "storage/items/contacts.h"

#include "storage/items/item_key.h"
#include "storage/items/merge.h"
#include "storage/items/reference_rows.h"
#include "storage/search/index.h"
#include "storage/search/names.h"
#include "storage/sqlite/connection.h"

#include <algorithm>

namespace callarchive::storage {
namespace {

// In contact_versions, NULL is "not said" and empty text "said to be nothing".
optional<string> said_text(const optional<optional<string>>& said) {
  if (!said) return {};
  return said->value_or("");
}

optional<optional<string>> text_said(const optional<string>& column) {
  if (!column) return {};
  return column->empty() ? optional<string>{} : *column;
}

string quoted(Connection& connection, const string& text) {
  auto query = connection.query("SELECT json_quote(:text)");
  query.bind(text);
  query.step();
  return query.text(0);
}

optional<string> json_list(Connection& connection, const optional<vector<string>>& said) {
  if (!said) return {};
  string json;
  for (const auto& text : *said) json += (json.empty() ? "" : ",") + quoted(connection, text);
  return "[" + json + "]";
}

// A list of pairs of key and the value's JSON as text: SQLite would not give numbers back as they were written.
optional<string> json_members(Connection& connection, const optional<vector<JsonMember>>& said) {
  if (!said) return {};
  string json;
  for (const auto& [key, value] : *said) {
    json += (json.empty() ? "[" : ",[") + quoted(connection, key) + "," + quoted(connection, value) + "]";
  }
  return "[" + json + "]";
}

optional<vector<string>> list_from(Connection& connection, const optional<string>& json) {
  if (!json) return {};
  vector<string> texts;
  auto query = connection.query("SELECT value FROM json_each(:json) ORDER BY id");
  query.bind(*json);
  while (query.step()) texts.push_back(query.text(0));
  return texts;
}

optional<vector<JsonMember>> members_from(Connection& connection, const optional<string>& json) {
  if (!json) return {};
  vector<JsonMember> members;
  auto query = connection.query(
      "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:json) ORDER BY id");
  query.bind(*json);
  while (query.step()) members.push_back({query.text(0), query.text(1)});
  return members;
}

constexpr const char* kContact =
    "SELECT c.key, c.id, c.name, c.last_name, c.job_title, co.vendor_id, co.name, c.company_id IS NOT NULL,"
    " (SELECT at FROM deliveries WHERE id = c.created_by), (SELECT at FROM deliveries WHERE id = c.updated_by)"
    " FROM contacts c LEFT JOIN companies co ON co.id = c.company_id WHERE c.key = :key";

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
  auto emails = connection.query("SELECT email FROM contact_emails WHERE contact_key = :key ORDER BY position");
  emails.bind(contact.key);
  while (emails.step()) contact.emails.push_back(emails.text(0));
  auto numbers = connection.query("SELECT number FROM contact_numbers WHERE contact_key = :key ORDER BY position");
  numbers.bind(contact.key);
  while (numbers.step()) contact.numbers.push_back(numbers.text(0));
  auto properties = connection.query("SELECT key, value FROM contact_properties WHERE contact_key = :key ORDER BY key");
  properties.bind(contact.key);
  while (properties.step()) contact.properties.push_back({properties.text(0), properties.text(1)});
  return contact;
}

// A contact while it is put together, with the first delivery about it and the last one that changed it.
struct ContactFold {
  Contact contact = {};
  optional<std::int64_t> created_by = {};
  optional<std::int64_t> updated_by = {};

  void add(const ContactVersionRow& version) {
    const Contact before = contact;
    merge(contact, version.said);
    if (!created_by) created_by = version.delivery;
    if (!updated_by || !is_same_state(before, contact)) updated_by = version.delivery;
  }
};

void write_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, const ContactFold& fold) {
  const auto& contact = fold.contact;
  const auto key = contact.key;
  index.touch_contact(key);
  for (const char* sql :
       {"DELETE FROM contact_emails WHERE contact_key = :key", "DELETE FROM contact_numbers WHERE contact_key = :key",
        "DELETE FROM contact_properties WHERE contact_key = :key"}) {
    connection.query(sql).bind(key).run();
  }
  connection
      .query(
          "UPDATE contacts SET name = :name, last_name = :last_name, company_id = :company_id,"
          " job_title = :job_title, created_by = :created_by, updated_by = :updated_by WHERE key = :key")
      .bind(contact.name, contact.last_name, rows.company_id(contact.company), contact.job_title, fold.created_by,
            fold.updated_by, key)
      .run();
  write_name_keys(connection, key);
  std::int64_t position = 0;
  for (const auto& email : contact.emails) {
    connection.query("INSERT INTO contact_emails (contact_key, position, email) VALUES (:key, :position, :email)")
        .bind(key, position++, email)
        .run();
  }
  position = 0;
  for (const auto& number : contact.numbers) {
    const auto number_id = rows.number_id(number);
    if (!number_id) continue;  // blank text is not a number
    connection
        .query(
            "INSERT INTO contact_numbers (contact_key, position, number, number_id)"
            " VALUES (:key, :position, :number, :number_id)")
        .bind(key, position++, number, *number_id)
        .run();
  }
  for (const auto& [name, value] : contact.properties) {
    connection
        .query(
            "INSERT INTO contact_properties (contact_key, key, value) VALUES (:contact_key, :key, :value)"
            " ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(key, name, value)
        .run();
  }
}

}  // namespace

void merge(Contact& state, const ContactChanged& said) {
  if (said.name) state.name = *said.name;
  if (said.last_name) state.last_name = *said.last_name;
  if (said.company) state.company = *said.company;
  if (state.company && !state.company->id && !state.company->name) state.company.reset();
  if (said.job_title) state.job_title = *said.job_title;
  if (said.emails) state.emails = *said.emails;
  if (said.numbers) state.numbers = *said.numbers;
  if (said.properties) state.properties = *said.properties;
  sort_members(state.properties);
}

bool is_same_state(const Contact& a, const Contact& b) {
  const auto name_of = [](const optional<Company>& company) { return company ? company->name : optional<string>{}; };
  return a.name == b.name && a.last_name == b.last_name && name_of(a.company) == name_of(b.company) &&
         a.job_title == b.job_title && a.emails == b.emails && a.numbers == b.numbers && a.properties == b.properties;
}

vector<Contact> load_contacts(Connection& connection, const vector<std::int64_t>& keys) {
  vector<Contact> contacts;
  contacts.reserve(keys.size());
  for (const auto key : keys) {
    auto query = connection.query(kContact);
    query.bind(key);
    if (query.step()) contacts.push_back(read_contact(connection, query));
  }
  return contacts;
}

void insert_contact_version(Connection& connection, std::int64_t key, const ContactVersionRow& version) {
  const auto& said = version.said;
  optional<Millis> event_time;
  optional<int> event_micros;
  if (!version.order.untimed) {
    event_time = version.order.at;
    event_micros = version.order.micros;
  }
  optional<string> company_id, company_name;
  if (said.company) {
    company_id = *said.company ? (*said.company)->id.value_or("") : "";
    company_name = *said.company ? (*said.company)->name.value_or("") : "";
  }
  const auto emails = json_list(connection, said.emails);
  const auto numbers = json_list(connection, said.numbers);
  const auto properties = json_members(connection, said.properties);
  connection
      .query(
          "INSERT INTO contact_versions (contact_key, delivery_id, event_time, event_micros, name, last_name, "
          "company_id,"
          " company_name, job_title, emails, numbers, properties)"
          " VALUES (:contact_key, :delivery_id, :event_time, :event_micros, :name, :last_name, :company_id, "
          ":company_name,"
          " :job_title, :emails, :numbers, :properties)")
      .bind(key, version.delivery, event_time, event_micros, said_text(said.name), said_text(said.last_name),
            company_id, company_name, said_text(said.job_title), emails, numbers, properties)
      .run();
}

std::int64_t require_contact(Connection& connection, SearchIndex& index, const string& id) {
  const string comparable = comparable_id(id);
  {
    // Of two spellings the smaller one is shown, whichever came first.
    auto query = connection.query("UPDATE contacts SET id = min(id, :id) WHERE id_key = :id_key RETURNING key");
    query.bind(id, comparable);
    if (query.step()) {
      const auto key = query.integer(0);
      query.run();
      return key;
    }
  }
  for (std::int64_t key = row_key("contact:" + comparable);; key += 2) {
    index.touch_contact(key);
    auto query = connection.query(
        "INSERT INTO contacts (key, id) VALUES (:key, :id) ON CONFLICT (key) DO NOTHING"
        " RETURNING key");
    query.bind(key, id);
    if (!query.step()) continue;
    query.run();
    return key;
  }
}

void apply_to_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key,
                      const ContactVersionRow& version) {
  ContactFold fold{load_contacts(connection, {key}).front()};
  {
    auto query = connection.query("SELECT created_by, updated_by FROM contacts WHERE key = :key");
    query.bind(key);
    query.step();
    fold.created_by = query.maybe_integer(0);
    fold.updated_by = query.maybe_integer(1);
  }
  fold.add(version);
  write_contact(connection, rows, index, fold);
}

void refold_contact(Connection& connection, ReferenceRows& rows, SearchIndex& index, std::int64_t key) {
  ContactFold fold;
  fold.contact.key = key;
  for (const auto& version : load_contact_versions(connection, key)) fold.add(version);
  write_contact(connection, rows, index, fold);
}

vector<ContactVersionRow> load_contact_versions(Connection& connection, std::int64_t key) {
  vector<ContactVersionRow> versions;
  auto query = connection.query(
      "SELECT v.delivery_id, coalesce(d.arrived_at, d.received_at), v.event_time, d.webhook_id, d.sha256, v.name, "
      "v.last_name, v.company_id,"
      " v.company_name, v.job_title, v.emails, v.numbers, v.properties, coalesce(v.event_micros, 0)"
      " FROM contact_versions v JOIN deliveries d ON d.id = v.delivery_id WHERE v.contact_key = :contact_key"
      " ORDER BY v.delivery_id");
  query.bind(key);
  while (query.step()) {
    auto& version = versions.emplace_back();
    version.delivery = query.integer(0);
    version.order = order_of_row(query, static_cast<int>(query.integer(13)));
    auto& said = version.said;
    said.name = text_said(query.maybe_text(5));
    said.last_name = text_said(query.maybe_text(6));
    if (!query.is_null(7)) {
      const auto or_nothing = [](const string& text) { return text.empty() ? optional<string>{} : text; };
      const Company company{or_nothing(query.text(7)), or_nothing(query.text(8))};
      said.company = company.id || company.name ? optional<Company>(company) : optional<Company>{};
    }
    said.job_title = text_said(query.maybe_text(9));
    said.emails = list_from(connection, query.maybe_text(10));
    said.numbers = list_from(connection, query.maybe_text(11));
    said.properties = members_from(connection, query.maybe_text(12));
  }
  std::sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  return versions;
}

}  // namespace callarchive::storage
