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

// Returns whether it is the last page.
bool add_ids(Walked& walked, const PageOfItems& page) {
  if (walked.ids.empty()) walked.before = page.total.value_or(-1);
  for (const auto& item : page.items) walked.ids.insert(id_of(item));
  return !page.has_more || page.items.empty();
}

// Page numbers shift when something comes or goes: then the list is read again.
template <typename Read>
Walked until_settled(const Read& read) {
  Walked walked;
  std::int64_t seen_before = -1;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    walked = read();
    walked.ids.erase("");
    // What is counted and never shown is hidden from the key: then the second walk shows the same as the first. Where
    // one was deleted meanwhile, those that were shown are as many as there are, and one of them is not the right one.
    const auto seen = static_cast<std::int64_t>(walked.ids.size());
    const bool is_still = walked.before < 0 || walked.before == walked.total;
    walked.is_settled = is_still && (walked.hidden() == 0 || seen_before == seen);
    if (walked.is_settled) break;
    seen_before = seen;
  }
  return walked;
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

string changed_text(const string& list) { return "the list of " + list + " changed while it was read; run it again"; }

string hidden_text(const Walked& walked, const string& counted) {
  return "the vendor counts " + std::to_string(walked.total) + ' ' + counted + " and shows " +
         std::to_string(walked.ids.size()) + " of them: the others are hidden from this key";
}

Walked walk_pages(Api& api, const Search& search, const std::function<Millis()>& now,
                  const std::function<void(vector<string> items, Millis asked_at)>& take) {
  return until_settled([&] {
    Walked walked;
    for (int number = 1; number <= kMostPages; ++number) {
      const Millis asked_at = now();
      auto page = api.find_items(search, number);
      const bool is_last = add_ids(walked, page);
      take(std::move(page.items), asked_at);
      if (is_last) break;
    }
    walked.total = api.count(search);
    return walked;
  });
}

Walked walk_people(Api& api, const std::function<Millis()>& now, const TakePeople& take) {
  int attempt = 0;
  return until_settled([&] {
    Walked walked;
    ++attempt;
    for (int number = 1; number <= kMostPages; ++number) {
      const Millis asked_at = now();
      auto page = api.find_people(number);
      const bool is_last = add_ids(walked, page);
      walked.total = page.total.value_or(static_cast<std::int64_t>(walked.ids.size()));
      const bool is_enough = !take(std::move(page.items), asked_at, walked.total);
      if (is_last) break;
      // When it changed while it was read, only all of it shows what was left out.
      if (is_enough && attempt == 1) {
        walked.is_whole = false;
        break;
      }
    }
    return walked;
  });
}

}  // namespace callarchive::vendor
