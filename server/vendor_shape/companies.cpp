#include "server/vendor_shape/companies.h"

#include "storage/text/words.h"

#include <algorithm>
#include <map>

namespace callarchive::vendor_shape {
namespace {

constexpr std::size_t kAtOnce = 500;  // contacts in memory

Companies::List companies_of_all(Reader& reader) {
  const auto keys = reader.find_contact_keys({}, ContactOrder::updated);
  std::map<string, CompanyRecord> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kAtOnce) {
    const auto end = std::min(begin + kAtOnce, keys.size());
    const auto at = [&](std::size_t index) { return keys.begin() + static_cast<std::ptrdiff_t>(index); };
    for (const auto& contact : reader.load_contacts_of({at(begin), at(end)})) {
      if (!contact.company) continue;
      const auto id = contact.company->id ? contact.company->id : contact.company->name;
      if (!id) continue;
      const auto [place, is_new] = found.try_emplace(
          *id, CompanyRecord{.id = *id, .created_at = contact.created_at, .updated_at = contact.updated_at});
      auto& company = place->second;
      ++company.person_count;
      // What was said last of its name counts.
      if (contact.company->name && (!company.name || contact.updated_at >= company.updated_at)) {
        company.name = contact.company->name;
      }
      company.created_at = std::min(company.created_at, contact.created_at);
      company.updated_at = std::max(company.updated_at, contact.updated_at);
    }
  }
  Companies::List list;
  for (auto& [id, company] : found) {
    company.folded_name = folded(company.name.value_or(""));
    company.name_key = collation_key(company.name.value_or(""));
    list.push_back(std::move(company));
  }
  return list;
}

}  // namespace

std::shared_ptr<const Companies::List> Companies::find(Reader& reader) {
  const auto newest = reader.find_newest_delivery();
  const std::lock_guard lock(mutex_);
  if (!list_ || newest_ != newest) {
    list_ = std::make_shared<const List>(companies_of_all(reader));
    newest_ = newest;
  }
  return list_;
}

}  // namespace callarchive::vendor_shape
