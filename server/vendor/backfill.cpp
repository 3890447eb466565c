#include "server/vendor/backfill.h"

#include "server/ingest/decode.h"
#include "server/ingest/fields.h"
#include "server/vendor/days.h"
#include "server/vendor/json_pieces.h"
#include "server/vendor/standing.h"
#include "server/vendor/walk.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace callarchive::vendor {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);  // for a query of this work
constexpr auto kBetweenSaves = std::chrono::seconds(1);
constexpr auto kCounting = std::chrono::minutes(10);
constexpr Millis kGoesOnFor = kDay;  // after that, what was compared may have changed
// Whether it costs fewer requests to count the halves of a window, their halves and so on, until the days are found
// that differ, than to read its pages. Each missing item costs two counts a step, and a page with the count after it.
bool is_cheaper_halved(std::int64_t there, std::int64_t here) {
  const auto pages = (there + Api::kPageSize - 1) / Api::kPageSize;
  std::int64_t steps = 0;
  while ((std::int64_t{1} << steps) < pages) ++steps;
  return std::abs(there - here) * (2 * steps + 2) < pages;
}

// The lists that have no days are remembered as windows, too.
constexpr const char* kPeople = "PEOPLE";
constexpr const char* kV1Calls = "V1_CALL";
constexpr const char* kV1Contacts = "V1_CONTACT";

const char* kind_of(const Search& search) { return search.is_about_calls ? "CALL" : "SMS"; }

class Backfill {
 public:
  Backfill(Archive& archive, Client& client, const BackfillOptions& options)
      : archive_(archive), api_(client), options_(options), requests_before_(client.requests()) {}

  BackfillResult run() {
    begin();
    try {
      walk();
      end();
    } catch (const Stopped&) {
      save();
      throw;
    } catch (const std::exception& error) {
      result_.run.error = error.what();
      save();
      throw;
    }
    return std::move(result_);
  }

 private:
  // A list of one line and kind, with the windows that it is compared in.
  struct Plan {
    Search search = {};
    optional<std::int64_t> total = {};  // of the whole list
    vector<Search> windows = {};
  };

  BackfillRun& counters() { return result_.run; }
  Reader reader() { return archive_.reader(kPatience); }

  void begin() {
    state_ = reader().find_backfill_state();
    const auto& last = state_.last_run;
    // One that reads everything does not rely on what one that only counts has found to be the same.
    const string kind = options_.reads_all && options_.kind == "backfill" ? "deep" : options_.kind;
    const bool goes_on = last && !last->ended_at && last->kind == kind && last->since_day == options_.since_day &&
                         options_.now() - last->begun_at < kGoesOnFor;
    if (goes_on) {
      counters() = *last;
      counters().error.reset();
    } else {
      counters() = {.kind = kind, .since_day = options_.since_day, .begun_at = options_.now()};
    }
    requests_of_run_ = counters().requests;
    counters().complete_until.reset();
    counters().windows = counters().windows_done = 0;
    counters().id = archive_.change_backfill(counters());
  }

  void save() {
    counters().requests = requests_of_run_ + api_.client().requests() - requests_before_;
    archive_.change_backfill(counters());
  }

  void end() {
    auto& run = counters();
    run.ended_at = options_.now();
    // The last days make complete only what was complete up to them.
    const bool follows =
        options_.since_day && state_.complete_until && begin_of(*options_.since_day) <= *state_.complete_until;
    if (result_.is_complete && (!options_.since_day || follows)) run.complete_until = run.begun_at;
    run.only_by_backfill = archive_.reader(kCounting).count_only_by_backfill();
    save();
    result_.run = run;
  }

  void note(string sentence, bool is_incomplete = true) {
    if (is_incomplete) result_.is_complete = false;
    result_.notes.push_back(std::move(sentence));
  }

  void report(const char* phase) {
    phase_ = phase;
    // For whoever follows it by the file.
    if (const auto now = std::chrono::steady_clock::now(); now - saved_at_ >= kBetweenSaves) {
      saved_at_ = now;
      save();
    }
    if (!options_.report) return;
    options_.report({.phase = phase_,
                     .requests = api_.client().requests() - requests_before_,
                     .windows_done = counters().windows_done,
                     .windows = counters().windows,
                     .items = counters().items,
                     .stored = counters().stored});
  }

  // Runs a request that the key may not be allowed. Returns whether it was.
  template <typename Work>
  bool is_allowed(const Work& work) {
    try {
      work();
      return true;
    } catch (const VendorError& error) {
      if (!error.is_denied() || error.reply.status == 401) throw;
      return false;
    }
  }

  void walk() {
    report("asking");
    result_.me = api_.find_me();
    find_lines();
    store_list("users", "user", "USERS_READ");
    store_list("tags", "tag", "TAGS_READ");
    bool has_items = result_.me.may("CONVERSATIONS_READ");
    if (has_items) has_items = is_allowed([&] { walk_items(); });
    bool has_people = result_.me.may("CRM_READ");
    if (has_people) has_people = is_allowed([&] { walk_people(); });
    const bool needs_v1 = !has_items || !has_people;
    if (options_.v1 == UseV1::always || (needs_v1 && options_.v1 == UseV1::when_needed)) {
      walk_v1(has_items, has_people);
    } else if (needs_v1) {
      note(!has_items ? "the key may not read calls and texts with version 2"
                      : "the key may not read contacts with version 2");
    }
  }

  void find_lines() {
    vector<string> bodies;
    const char* dialect = "rest_v2";
    const bool is_read = result_.me.may("PHONE_NUMBERS_READ") && is_allowed([&] { bodies = api_.find_all("numbers"); });
    if (!is_read && options_.v1 != UseV1::never) {
      dialect = "rest_v1";
      bodies = api_.find_v1_numbers();
    }
    result_.lines = lines_of(bodies);
    if (result_.lines.empty()) note("the key sees no lines");
    store_noted(dialect, "number", std::move(bodies), options_.now());
  }

  void store_list(const char* list, const char* topic, const char* scope) {
    const Millis asked_at = options_.now();
    vector<string> bodies;
    if (!result_.me.may(scope) || !is_allowed([&] { bodies = api_.find_all(list); })) {
      return note(string("the key may not read the ") + list, false);
    }
    store_noted("rest_v2", topic, std::move(bodies), asked_at);
  }

  // What says nothing for the tables is stored when it is new.
  void store_noted(const char* dialect, const char* topic, vector<string> bodies, Millis asked_at) {
    std::erase_if(bodies, [&](const string& body) { return reader().has_backfilled(body); });
    store(dialect, topic, std::move(bodies), asked_at);
  }

  // Stores those that say something new. Returns how many did.
  std::int64_t store(const char* dialect, const char* topic, vector<string> bodies, Millis asked_at) {
    vector<std::pair<Delivery, Event>> news;
    std::int64_t count = 0;
    {
      auto lent = reader();
      for (auto& body : bodies) {
        ++counters().items;
        auto delivery = make_fetched(dialect, topic, std::move(body), asked_at);
        Event event = decode(delivery);
        const auto standing = find_standing(lent, event);
        using State = Standing::State;
        if (standing.state == State::same) continue;
        if (standing.state == State::unsure) {
          note("a text of " + (standing.at ? day_text(day_of(*standing.at)) : "an unknown day") +
                   " has no id, and it is not sure which one it is: " + standing.reason,
               false);
          continue;
        }
        if (standing.state == State::unreadable && lent.has_backfilled(delivery.body)) continue;
        if (standing.state == State::missing) ++counters().missing;
        if (standing.state == State::missing || standing.state == State::different) ++count;
        news.emplace_back(std::move(delivery), std::move(event));
      }
    }
    if (!news.empty()) archive_.store_all(std::move(news));
    counters().stored += count;
    report(phase_);
    return count;
  }

  // --- Calls and texts of version 2 ---

  void walk_items() {
    vector<Plan> plans;
    for (const auto& line : result_.lines) {
      for (const bool calls : {true, false}) {
        try {
          plans.push_back(plan_of({.line = line.number, .is_about_calls = calls}));
        } catch (const VendorError& error) {
          // A name under which texts are sent is not a number, and may not be a line for this route.
          if (line.number.starts_with('+') || !error.is_refusal() || error.is_denied()) throw;
          if (!calls) note("texts under the name " + line.number + " cannot be listed by it", false);
          continue;
        }
        counters().windows += static_cast<std::int64_t>(plans.back().windows.size());
        report("counting");
      }
    }
    for (const auto& plan : plans) walk(plan);
  }

  Plan plan_of(const Search& search) {
    Plan plan{.search = search};
    auto first = options_.since_day;
    if (!first) {
      const auto extent = find_extent(api_, search);
      plan.total = extent.total;
      // The vendor's days may begin in another zone.
      if (extent.oldest_day) first = first_of_month(*extent.oldest_day - 1);
    }
    if (first) plan.windows = months_of(search, *first, last_day());
    return plan;
  }

  void walk(const Plan& plan) {
    std::int64_t counted = 0;
    for (const auto& window : plan.windows) {
      counted += compare(window);
      ++counters().windows_done;
      report("comparing");
    }
    // Then its days do not hold everything: it has no dates, or its words for them are others than ours.
    if (plan.total && counted < *plan.total) compare(plan.search);
  }

  std::int64_t count_here(const Search& search) {
    ItemFilter filter;
    filter.numbers = {search.line};
    if (search.first_day) {
      filter.since = begin_of(*search.first_day);
      filter.until = begin_of(*search.last_day + 1);
    }
    return search.is_about_calls ? reader().count_calls({filter}, true).total
                                 : reader().count_messages({filter}, true).total;
  }

  // What ends with the last day that there is is remembered by the end of the month, which does not move.
  BackfillWindow row_of(const Search& search) const {
    const auto last = search.last_day.value_or(0);
    return {.line = search.line,
            .kind = kind_of(search),
            .first_day = search.first_day.value_or(0),
            .last_day = search.last_day && last == last_day() ? last_of_month(last) : last};
  }
  std::int64_t last_day() const { return today_ + 1; }  // the vendor's days may begin earlier than ours

  void remember(const Search& search, std::int64_t vendor_count) {
    auto row = row_of(search);
    row.vendor_count = vendor_count;
    row.archive_count = count_here(search);
    row.checked_at = options_.now();
    archive_.change_backfill(row);
  }

  // Compares the counts of a window and reads what differs. Returns the vendor's count.
  std::int64_t compare(const Search& window) {
    const auto known = reader().find_backfill_window(row_of(window));
    // In the part of this walk that was interrupted.
    if (known && known->checked_at >= counters().begun_at) return known->vendor_count;
    if (can_be_halved(window) && *window.last_day - *window.first_day + 1 > widest_) return compare_halves(window);
    std::int64_t there = 0;
    try {
      there = api_.count(window);
    } catch (const VendorError& error) {
      if (!is_too_wide(error) || !can_be_halved(window)) throw;
      widest_ = (*window.last_day - *window.first_day + 1) / 2;
      return compare_halves(window);
    }
    const auto here = count_here(window);
    const bool is_as_before = known && known->vendor_count == there && known->archive_count == here;
    if (!options_.reads_all && (there == here || is_as_before)) {
      remember(window, there);
      return there;
    }
    if (!options_.reads_all && can_be_halved(window) && is_cheaper_halved(there, here)) {
      compare_halves(window);
      remember(window, there);
      return there;
    }
    read(window);
    return there;
  }

  std::int64_t compare_halves(const Search& window) {
    const auto [earlier, later] = halves_of(window);
    const auto there = compare(earlier);
    return there + compare(later);
  }

  void read(const Search& window) {
    const auto walked = walk_pages(api_, window, options_.now, [&](vector<string> items, Millis asked_at) {
      store("rest_v2", "item", std::move(items), asked_at);
    });
    const string what = window.first_day ? " from " + day_text(*window.first_day) + " to " + day_text(*window.last_day)
                                         : string(" of all time");
    if (!walked.is_settled) {
      return note(changed_text(kind_of(window) + what));
    }
    if (walked.hidden() != 0) {
      note(hidden_text(walked, kind_of(window) + what), false);
    }
    remember(window, walked.total);
  }

  // --- Lists without days ---

  optional<BackfillWindow> find_list(const string& line, const char* kind) {
    return reader().find_backfill_window({.line = line, .kind = kind});
  }
  void remember_list(const string& line, const char* kind, std::int64_t count) {
    archive_.change_backfill(BackfillWindow{
        .line = line, .kind = kind, .vendor_count = count, .archive_count = 0, .checked_at = options_.now()});
  }

  // Those changed last come first: a page without news ends it, if there are as many as before.
  void walk_people() {
    report("contacts");
    const auto known = find_list("", kPeople);
    const auto walked =
        vendor::walk_people(api_, options_.now, [&](vector<string> people, Millis asked_at, std::int64_t total) {
          const auto news = store("rest_v2", "person", std::move(people), asked_at);
          const bool is_as_before = known && known->vendor_count == total && !reads_whole_lists();
          return news != 0 || !is_as_before;
        });
    if (!walked.is_settled) return note(changed_text("contacts"));
    if (walked.hidden() != 0) {
      note(hidden_text(walked, "contacts"), false);
    }
    remember_list("", kPeople, walked.total);
  }

  bool reads_whole_lists() const { return options_.reads_all && !options_.since_day; }

  void walk_v1(bool has_items, bool has_people) {
    if (!has_items || options_.v1 == UseV1::always) {
      for (const auto& line : result_.lines) {
        if (!is_allowed([&] { walk_v1_calls(line.number); })) return note("the key may not read calls");
      }
    }
    const bool wants_texts = !has_items || options_.v1 == UseV1::always;
    if (!is_allowed([&] { walk_v1_contacts(wants_texts, !has_people); })) {
      if (!has_people) note("the key may not read contacts");
      if (!has_items) note("the key may not read texts: version 1 shows them with the contacts alone");
    }
  }

  void walk_v1_calls(const string& line) {
    report("calls of version 1");
    const auto known = find_list(line, kV1Calls);
    std::int64_t count = 0;
    for (int number = 0;; ++number) {
      const Millis asked_at = options_.now();
      auto page = api_.find_v1_calls(line, number);
      count += static_cast<std::int64_t>(page.items.size());
      const auto news = store("rest_v1", "call", std::move(page.items), asked_at);
      if (!page.has_more || (news == 0 && known && !reads_whole_lists())) break;
    }
    remember_list(line, kV1Calls, count);
  }

  // The contacts, and with each of them the texts, which have no list of their own.
  void walk_v1_contacts(bool with_texts, bool with_contacts) {
    report("contacts of version 1");
    const auto known = find_list("", kV1Contacts);
    const Millis begun_at = options_.now();
    std::int64_t count = 0;
    for (int number = 0;; ++number) {
      const Millis asked_at = options_.now();
      auto page = api_.find_v1_contacts(number);
      count += static_cast<std::int64_t>(page.items.size());
      if (with_texts) {
        for (const auto& contact : page.items) walk_conversation(contact, known);
      }
      if (with_contacts) store("rest_v1", "contact", std::move(page.items), asked_at);
      if (!page.has_more) break;
    }
    archive_.change_backfill(
        BackfillWindow{.kind = kV1Contacts, .vendor_count = count, .archive_count = 0, .checked_at = begun_at});
  }

  void walk_conversation(const string& body, const optional<BackfillWindow>& known) {
    const auto contact = nlohmann::json::parse(body, nullptr, false);
    if (!contact.is_object() || !contact.contains("id") || !contact["id"].is_string()) return;
    const auto active = ingest::Fields(contact).instant({"last_activity_date"});
    if (known && active && *active < known->checked_at - kDay && !reads_whole_lists()) return;
    for (int number = 0;; ++number) {
      const Millis asked_at = options_.now();
      PageOfItems page;
      try {
        page = api_.find_v1_conversation(contact["id"].get<string>(), number);
      } catch (const VendorError& error) {
        if (error.reply.code != "CONTACT_NOT_FOUND") throw;
        return;  // deleted since the list was read
      }
      vector<string> texts;
      for (const auto& entry : page.items) {
        if (const auto text = member_of(entry, "message"); !text.empty() && text != "null") texts.emplace_back(text);
      }
      store("rest_v1", "message", std::move(texts), asked_at);
      if (!page.has_more) return;
    }
  }

  Archive& archive_;
  Api api_;
  const BackfillOptions& options_;
  const std::int64_t requests_before_;
  const std::int64_t today_ = day_of(options_.now());
  std::int64_t requests_of_run_ = 0;  // by the part of the run that was interrupted
  BackfillState state_;
  BackfillResult result_;
  std::int64_t widest_ = INT64_MAX;  // days in one search
  std::chrono::steady_clock::time_point saved_at_ = {};
  const char* phase_ = "";
};

}  // namespace

BackfillResult backfill(Archive& archive, Client& client, const BackfillOptions& options) {
  return Backfill(archive, client, options).run();
}

}  // namespace callarchive::vendor
