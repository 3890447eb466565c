#include "storage/items/contacts.h"
#include "storage/items/item_key.h"
#include "storage/read/connection.h"
#include "storage/read/search_match.h"
#include "storage/search/names.h"
#include "storage/text/words.h"

namespace callarchive {
namespace {

using namespace storage;

// The words of a filter as names have them in the table, case and accents folded.
string words_of(const char* field, const string& text) {
  string words = folded(text);
  if (words.empty()) throw EmptyFilter(field);
  return words;
}

}  // namespace

Where storage::contact_conditions(ReadConnection& reader, const ContactFilter& filter) {
  Where where;
  if (filter.q) {
    const auto match = match_contacts(reader.sqlite, *filter.q);
    if (match.wanted.empty()) {
      where.add("c.key NOT IN (SELECT rowid FROM " + match.index + " WHERE " + match.index + " MATCH ?)",
                {match.unwanted});
    } else {
      where.add("c.key IN (SELECT rowid FROM " + match.index + " WHERE " + match.index + " MATCH ?)", {match.wanted});
    }
  }
  // The folded name is whole if it is not cut.
  if (filter.name) {
    where.add(
        "instr(CASE WHEN length(c.folded_name) < ? THEN c.folded_name"
        " ELSE folded(coalesce(c.name, '') || ' ' || coalesce(c.last_name, '')) END, ?) > 0",
        {kFoldedNameLength, words_of("name", *filter.name)});
  }
  if (filter.company) {
    where.add("c.company_id IN (SELECT id FROM companies WHERE instr(folded(coalesce(name, '')), ?) > 0)",
              {words_of("company", *filter.company)});
  }
  where.add_if(filter.email, "c.key IN (SELECT contact_key FROM contact_emails WHERE email = ? COLLATE NOCASE)");
  for (const auto& member : filter.properties) add_member(where, "c.key", "contact_key", "contact_properties", member);
  if (filter.number) {
    where.add("c.key IN (SELECT contact_key FROM contact_numbers WHERE number_id = ?)",
              {find_number_id(reader.sqlite, *filter.number, reader.default_region).value_or(0)});
  }
  return where;
}

Slice<Contact> Reader::find_contacts(const ContactFilter& filter, const Page& page) {
  return ask(*connection_, [&](Connection& connection) {
    auto where = contact_conditions(*connection_, filter);
    if (page.after) where.add("(c.sort_key, c.key) > (?, ?)", {page.after_text, *page.after});
    vector<std::pair<std::int64_t, string>> rows;
    auto query = connection.query("SELECT c.key, c.sort_key FROM contacts c" + where.sql() +
                                  " ORDER BY c.sort_key, c.key LIMIT ?");
    where.bind(query);
    query.bind(page.limit + 1);
    while (query.step()) rows.emplace_back(query.integer(0), query.text(1));
    auto slice = cut(std::move(rows), page.limit, [](const auto& row) { return row.first; });
    vector<std::int64_t> keys;
    for (const auto& row : slice.rows) keys.push_back(row.first);
    string last_name = slice.rows.empty() ? "" : std::move(slice.rows.back().second);
    return Slice<Contact>{load_contacts(connection, keys), slice.has_more, slice.last_key, std::move(last_name)};
  });
}

Count Reader::count_contacts(const ContactFilter& filter, bool exact) {
  return ask(*connection_, [&](Connection& connection) {
    return count_rows(connection, "SELECT 1 FROM contacts c", contact_conditions(*connection_, filter), exact);
  });
}

optional<Contact> Reader::find_contact(const string& id) {
  return ask(*connection_, [&](Connection& connection) { return load_contact(connection, id); });
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
    const auto now = load_contact(connection, id);
    if (!now) return versions;
    Contact state;
    state.key = now->key;
    state.id = now->id;
    state.created_at = now->created_at;
    for (const auto& version : load_contact_versions(connection, now->key)) {
      merge(state, version.said);
      state.updated_at = version.order.at;
      if (!versions.empty() && is_same_state(versions.back().state, state)) continue;
      versions.push_back({state, version.order.at, version.delivery});
    }
    return vector<ContactVersion>(versions.rbegin(), versions.rend());
  });
}

}  // namespace callarchive
