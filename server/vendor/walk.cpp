#include "server/vendor/walk.h"

#include "server/ingest/fields.h"
#include "server/vendor/days.h"
#include "storage/items/item_key.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callarchive::vendor {
namespace {

constexpr int kAttempts = 3;
constexpr int kMostPages = 1'000'000;  // a list that says without end that there is more

string id_of(const string& body) {
  const auto item = nlohmann::json::parse(body, nullptr, false);
  if (!item.is_object()) return {};
  const auto id = item.find("id");
  return id != item.end() && id->is_string() ? storage::comparable_id(id->get<string>()) : string();
}

}  // namespace

Extent find_extent(Api& api, Search search) {
  search.first_day = search.last_day = std::nullopt;
  const auto page = api.find_items(search, 1, 1);
  Extent extent{.total = page.total.value_or(static_cast<std::int64_t>(page.items.size()))};
  if (page.items.empty()) return extent;
  const auto item = nlohmann::json::parse(page.items.front(), nullptr, false);
  if (const auto at = ingest::Fields(item).instant({"date"})) extent.oldest_day = day_of(*at);
  return extent;
}

vector<Search> months_of(const Search& search, std::int64_t first, std::int64_t last) {
  vector<Search> months;
  while (first <= last) {
    Search month = search;
    month.first_day = first;
    month.last_day = std::min(last, last_of_month(first));
    first = *month.last_day + 1;
    months.push_back(std::move(month));
  }
  return months;
}

bool can_be_halved(const Search& search) { return search.first_day && *search.first_day < *search.last_day; }

std::pair<Search, Search> halves_of(const Search& search) {
  auto halves = std::pair(search, search);
  halves.first.last_day = *search.first_day + (*search.last_day - *search.first_day) / 2;
  halves.second.first_day = *halves.first.last_day + 1;
  return halves;
}

bool is_too_wide(const VendorError& error) { return error.reply.code == "DATE_RANGE_TOO_WIDE"; }

Walked walk_pages(Api& api, const Search& search, const std::function<Millis()>& now,
                  const std::function<void(vector<string> items, Millis asked_at)>& take) {
  Walked walked;
  std::int64_t seen_before = -1;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    walked = {};
    for (int page = 1; page <= kMostPages; ++page) {
      const Millis asked_at = now();
      auto items = api.find_items(search, page);
      for (const auto& item : items.items) walked.ids.insert(id_of(item));
      const bool is_last = !items.has_more || items.items.empty();
      take(std::move(items.items), asked_at);
      if (is_last) break;
    }
    walked.ids.erase("");
    walked.total = api.count(search);
    // What is counted and never shown is hidden from the key: then the second walk shows the same as the first.
    walked.is_settled = walked.hidden() == 0 || seen_before == static_cast<std::int64_t>(walked.ids.size());
    if (walked.is_settled) break;
    seen_before = static_cast<std::int64_t>(walked.ids.size());
  }
  return walked;
}

}  // namespace callarchive::vendor
