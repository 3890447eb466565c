#include "storage/items/reference_rows.h"

#include "storage/items/phone_text.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"

namespace callarchive::storage {
namespace {

constexpr std::size_t kRemembered = 65536;  // entries in each map; about 10 MB when all are full

template <typename Map>
void keep_small(Map& map) {
  if (map.size() >= kRemembered) map.clear();
}

// Finds the row with this text or makes it. The key is a digest of the text; should another text have the
// same digest, the next free key is taken. `insert` is run with a key and says whether the row was made.
template <typename Insert>
std::int64_t intern(Connection& connection, const char* find, const string& text, const string& key_text,
                    const Insert& insert) {
  {
    auto query = connection.query(find);
    query.bind(text);
    if (query.step()) return query.integer(0);
  }
  std::int64_t key = row_key(key_text);
  while (!insert(key)) key += 2;
  return key;
}

}  // namespace

string folded_address(const string& email) { return folded_case(plain_text(email)); }

ReferenceRows::ReferenceRows(Connection& connection, string default_region)
    : connection_(connection), default_region_(std::move(default_region)) {}

const optional<NormalNumber>& ReferenceRows::normal(const string& verbatim) {
  const auto found = normal_.find(verbatim);
  if (found != normal_.end()) return found->second;
  keep_small(normal_);
  return normal_.emplace(verbatim, normalize_number(verbatim, default_region_)).first->second;
}

optional<std::int64_t> ReferenceRows::number_id(const optional<string>& verbatim) {
  if (!verbatim) return {};
  const auto& number = normal(*verbatim);
  if (!number) return {};
  if (const auto found = numbers_.find(number->number); found != numbers_.end()) return found->second;
  const auto id = intern(connection_, "SELECT id FROM numbers WHERE number = :number", number->number, number->number,
                         [&](std::int64_t key) {
                           auto query = connection_.query(
                               "INSERT INTO numbers (id, number, kind, country, call_count, message_count)"
                               " VALUES (:id, :number, :kind, :country, 0, 0)"
                               " ON CONFLICT (id) DO NOTHING RETURNING id");
                           query.bind(key, number->number, number->kind, number->country);
                           return query.step();
                         });
  keep_small(numbers_);
  numbers_.emplace(number->number, id);
  return id;
}

optional<std::int64_t> ReferenceRows::user_id(const optional<string>& email) {
  if (!email || email->empty()) return {};
  if (const auto found = users_.find(*email); found != users_.end()) return found->second;
  const string folded = folded_address(*email);
  const auto id =
      intern(connection_, "SELECT id FROM users WHERE folded = :folded", folded, folded, [&](std::int64_t key) {
        auto query = connection_.query(
            "INSERT INTO users (id, email, folded) VALUES (:id, :email, :folded)"
            " ON CONFLICT (id) DO NOTHING RETURNING id");
        query.bind(key, *email, folded);
        return query.step();
      });
  // Of several spellings the smallest one is shown, whichever came first.
  connection_.query("UPDATE users SET email = :email WHERE id = :id AND email > :email").bind(*email, id).run();
  keep_small(users_);
  users_.emplace(*email, id);
  return id;
}

optional<std::int64_t> ReferenceRows::company_id(const optional<Company>& company) {
  if (!company || (!company->id && !company->name)) return {};
  // A company of one id may be renamed: each pair of id and name that was said is a row of its own, so
  // that what an older state says of its company does not change with a newer one.
  const string text = company->id.value_or("") + '\n' + company->name.value_or("");
  const auto key = row_key("company\n" + text);
  connection_
      .query("INSERT INTO companies (id, vendor_id, name) VALUES (:id, :vendor_id, :name) ON CONFLICT DO NOTHING")
      .bind(key, company->id, company->name)
      .run();
  return key;
}

std::int64_t ReferenceRows::tag_id(const string& name) {
  if (const auto found = tags_.find(name); found != tags_.end()) return found->second;
  const auto id = intern(connection_, "SELECT id FROM tags WHERE name = :name", name, name, [&](std::int64_t key) {
    auto query =
        connection_.query("INSERT INTO tags (id, name) VALUES (:id, :name) ON CONFLICT (id) DO NOTHING RETURNING id");
    query.bind(key, name);
    return query.step();
  });
  keep_small(tags_);
  tags_.emplace(name, id);
  return id;
}

void ReferenceRows::discard() {
  numbers_.clear();
  users_.clear();
  tags_.clear();
}

}  // namespace callarchive::storage
