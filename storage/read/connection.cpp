#include "storage/read/connection.h"
#include "storage/items/contacts.h"
#include "storage/items/item_key.h"
#include "storage/items/phone.h"
#include "storage/items/reference_rows.h"

#include <algorithm>

namespace callarchive::storage {

void Where::add_one_of(const string& column, const vector<std::int64_t>& ids) {
  if (ids.size() == 1) add(column + " = ?", {ids.front()});
  else add(column + " IN (SELECT value FROM json_each(?))", {key_list(ids)});
}

Count count_rows(Connection& connection, const string& select, const Where& where, bool exact) {
  const string sql = "SELECT count(*) FROM (" + select + where.sql() +
                     (exact ? ")" : " LIMIT " + std::to_string(kCountLimit + 1) + ")");
  auto query = connection.query(sql);
  where.bind(query);
  query.step();
  const auto total = query.integer(0);
  if (exact || total <= kCountLimit) return {total, true};
  return {kCountLimit, false};
}

void add_member(Where& where, const string& key, const string& owner, const string& table, const Member& member) {
  // Their indexes have the first 40 characters of the value.
  const string rows =
      key + " IN (SELECT " + owner + " FROM " + table + " WHERE key = ? AND substr(value, 1, 40) = substr(";
  where.add("(" + rows + "json_quote(?), 1, 40) AND value = json_quote(?)) OR " + rows +
                "?, 1, 40) AND value = ? AND value NOT LIKE '\"%'))",
            {member.key, member.value, member.value, member.key, member.value, member.value});
}

optional<std::int64_t> find_number_id(Connection& connection, const string& number, const string& default_region) {
  const auto find = [&](const string& canonical) -> optional<std::int64_t> {
    auto query = connection.query("SELECT id FROM numbers WHERE number = ?");
    query.bind(canonical);
    if (!query.step()) return {};
    return query.integer(0);
  };
  // Mostly it is written as the archive itself writes it; to learn that from its parts takes longer than to look.
  if (const auto id = find(number)) return id;
  const auto normal = normalize_number(number, default_region);
  return normal ? find(normal->number) : optional<std::int64_t>{};
}

vector<std::int64_t> find_number_ids(Connection& connection, const vector<string>& numbers,
                                     const string& default_region) {
  vector<std::int64_t> ids;
  for (const auto& number : numbers) {
    const auto id = find_number_id(connection, number, default_region);
    if (id && std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

vector<std::int64_t> find_number_ids_of_contact(Connection& connection, const string& contact_id) {
  vector<std::int64_t> ids;
  auto query = connection.query(
      "SELECT DISTINCT number_id FROM contact_numbers WHERE contact_key = (SELECT key FROM contacts WHERE id_key = ?)");
  query.bind(comparable_id(contact_id));
  while (query.step()) ids.push_back(query.integer(0));
  return ids;
}

vector<std::int64_t> find_user_ids(Connection& connection, const string& email) {
  vector<std::int64_t> ids;
  auto query = connection.query("SELECT id FROM users WHERE folded = ?");
  query.bind(folded_address(email));
  while (query.step()) ids.push_back(query.integer(0));
  return ids;
}

optional<Contact> load_contact(Connection& connection, const string& id) {
  auto query = connection.query("SELECT key FROM contacts WHERE id_key = ?");
  query.bind(comparable_id(id));
  if (!query.step()) return {};
  return load_contacts(connection, {query.integer(0)}).front();
}

}  // namespace callarchive::storage
