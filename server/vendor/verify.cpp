#include "server/vendor/verify.h"

#include "server/ingest/decode.h"
#include "server/ingest/import.h"
#include "server/ingest/topics.h"
#include "server/vendor/days.h"
#include "server/vendor/json_pieces.h"
#include "server/vendor/walk.h"
#include "storage/items/item_key.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace callarchive::vendor {
namespace {

using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr std::int64_t kRowsAtOnce = 500;
constexpr std::size_t kIdsAtOnce = 50;  // each in up to two spellings, of which the vendor takes 100

// What both ways of verifying have in common: each thing of the other side is compared once, and then those of the
// archive are looked for among them.
class Comparison {
 public:
  Comparison(Archive& archive, const VerifyOptions& options) : archive_(archive), options_(options) {}

  VerifyReport report;

  Reader reader() { return archive_.reader(kPatience); }

  void add(const Event& event, const string& line) {
    auto lent = reader();
    auto standing = find_standing(lent, event);
    using State = Standing::State;
    if (standing.state == State::other) return;
    if (standing.state == State::unreadable) {
      note("something could not be read: " + standing.reason);
      return;
    }
    if (is_outside(standing.at) || !seen_.insert(standing.kind + storage::comparable_id(standing.id)).second) return;
    ++report.compared;
    prefixes_.insert(prefix_of(standing.id));
    auto& counts = counts_of(standing.kind, line, standing.at);
    ++counts.there;
    Finding finding{standing.kind, standing.id, line, standing.at, std::move(standing.differences)};
    if (standing.state == State::missing) {
      ++counts.missing_here;
      report.missing_here.push_back(std::move(finding));
    } else if (standing.state == State::different) {
      ++counts.different;
      report.different.push_back(std::move(finding));
    } else if (standing.state == State::unsure) {
      note("text " + standing.id + " is one of several, and it is not sure which: " + standing.reason, true);
    }
  }

  void note(string sentence, bool is_read = false) {
    if (!is_read) report.is_read_whole = false;
    report.notes.push_back(std::move(sentence));
  }

  bool has_seen(const char* kind, const string& id) const { return seen_.contains(kind + storage::comparable_id(id)); }

  MonthCounts& counts_of(const string& kind, const string& line, const optional<Millis>& at) {
    return report.months[{line, kind, at ? month_text(day_of(*at)) : ""}];
  }

  // The archive's own of a line, or of all if it is empty, which the other side does not have.
  vector<Finding> find_unseen(const char* kind, const string& line, const optional<Millis>& since,
                              const optional<Millis>& until) {
    vector<Finding> unseen;
    const auto look_at = [&](const auto& row, const optional<Millis>& at) {
      if (!counted_.insert(kind + line + storage::comparable_id(row.id)).second) return;
      ++counts_of(kind, line, at).here;
      if (has_seen(kind, row.id)) return;
      if (row.id.find("-derived-") != string::npos || row.id.starts_with(kIdOfWords)) {
        ++without_id_;
        return;
      }
      unseen.push_back({kind, row.id, line, at, {}});
    };
    ItemFilter filter;
    if (!line.empty()) filter.numbers = {line};
    filter.since = since;
    filter.until = until;
    optional<Page> page = Page{.limit = kRowsAtOnce};
    while (page) {
      attend("the archive's own");
      if (string(kind) == "CALL") {
        const auto slice = reader().find_calls({filter}, *page);
        for (const auto& call : slice.rows) look_at(call, call.started_at);
        page = page_behind(slice, *page);
      } else {
        const auto slice = reader().find_messages({filter}, *page);
        for (const auto& message : slice.rows) look_at(message, message.sent_at);
        page = page_behind(slice, *page);
      }
    }
    return unseen;
  }

  // Those of a kind of id that the other side uses: its two lists of contacts have ids of their own.
  void add_missing_people() {
    optional<Page> page = Page{.limit = kRowsAtOnce};
    while (page) {
      attend("the archive's own");
      const auto slice = reader().find_contacts({}, *page);
      for (const auto& contact : slice.rows) {
        ++counts_of("PERSON", "", {}).here;
        if (has_seen("PERSON", contact.id) || !prefixes_.contains(prefix_of(contact.id))) continue;
        add_missing_there({"PERSON", contact.id, "", {}, {}});
      }
      page = page_behind(slice, *page);
    }
  }

  void add_missing_there(Finding finding) {
    ++counts_of(finding.kind, finding.line, finding.at).missing_there;
    report.missing_there.push_back(std::move(finding));
  }

  void finish() {
    if (without_id_ > 0) {
      note(std::to_string(without_id_) +
               " calls and texts here have no id of the vendor; they were not looked for there",
           true);
    }
    const auto by_time = [](const Finding& a, const Finding& b) {
      return std::tie(a.kind, a.line, a.at, a.id) < std::tie(b.kind, b.line, b.at, b.id);
    };
    for (auto* list : {&report.missing_here, &report.missing_there, &report.different}) {
      std::sort(list->begin(), list->end(), by_time);
    }
  }

  void attend(const char* phase) {
    if (options_.report) options_.report(phase, report.compared, requests ? requests() : 0);
  }

  std::function<std::int64_t()> requests = {};

 private:
  bool is_outside(const optional<Millis>& at) const {
    if (!at) return false;
    return (options_.since_day && *at < begin_of(*options_.since_day)) ||
           (options_.until_day && *at >= begin_of(*options_.until_day));
  }
  static string prefix_of(const string& id) { return id.substr(0, id.find_first_of("_-")); }

  Archive& archive_;
  const VerifyOptions& options_;
  std::set<string> seen_;     // kind and id
  std::set<string> counted_;  // kind, line and id of the archive's own
  std::set<string> prefixes_;
  std::int64_t without_id_ = 0;
};

class Verification {
 public:
  Verification(Archive& archive, Client& client, const VerifyOptions& options)
      : options_(options), api_(client), all_(archive, options) {
    all_.requests = [&client, before = client.requests()] { return client.requests() - before; };
  }

  VerifyReport run() {
    auto& report = all_.report;
    report.me = api_.find_me();
    find_lines();
    has_items_ = report.me.may("CONVERSATIONS_READ") && is_allowed([&] { read_items(); });
    const bool has_people = report.me.may("CRM_READ") && is_allowed([&] { read_people(); });
    if (!has_items_) read_v1_calls();
    if (!has_items_ || !has_people) read_v1_contacts(!has_items_, !has_people);
    for (const auto& line : report.lines) {
      for (const char* kind : {"CALL", "SMS"}) find_missing_there(line.number, kind);
    }
    all_.add_missing_people();
    all_.finish();
    report.requests = all_.requests();
    return std::move(report);
  }

 private:
  template <typename Work>
  bool is_allowed(const Work& work) {
    try {
      work();
      return true;
    } catch (const VendorError& error) {
      if (error.reply.status != 403) throw;
      return false;
    }
  }

  void find_lines() {
    vector<string> bodies;
    if (!all_.report.me.may("PHONE_NUMBERS_READ") || !is_allowed([&] { bodies = api_.find_all("numbers"); })) {
      bodies = api_.find_v1_numbers();
    }
    all_.report.lines = lines_of(bodies);
    if (all_.report.lines.empty()) all_.note("the key sees no lines");
  }

  void add(const char* dialect, const char* topic, vector<string> bodies, const string& line) {
    for (auto& body : bodies) {
      auto delivery = make_fetched(dialect, topic, std::move(body), options_.now());
      all_.add(decode(delivery), line);
    }
    all_.attend("comparing");
  }

  void read_items() {
    for (const auto& line : all_.report.lines) {
      for (const bool calls : {true, false}) {
        try {
          read_items({.line = line.number, .is_about_calls = calls});
        } catch (const VendorError& error) {
          if (line.number.starts_with('+') || !error.is_refusal() || error.is_denied()) throw;
          if (!calls) all_.note("texts under the name " + line.number + " cannot be listed by it", true);
        }
      }
    }
  }

  void read_items(const Search& search) {
    const auto extent = find_extent(api_, search);
    auto first = options_.since_day;
    if (!first && extent.oldest_day) first = first_of_month(*extent.oldest_day - 1);
    const auto last = options_.until_day.value_or(day_of(options_.now()) + 1);
    std::int64_t shown = 0;
    if (first) {
      for (const auto& month : months_of(search, *first, last)) shown += read_window(month);
    }
    if (!options_.since_day && !options_.until_day && shown < extent.total) read_window(search);
  }

  // Returns the vendor's count.
  std::int64_t read_window(const Search& window) {
    try {
      const auto walked = walk_pages(api_, window, options_.now, [&](vector<string> items, Millis) {
        add("rest_v2", "item", std::move(items), window.line);
      });
      const string days =
          window.first_day ? " from " + day_text(*window.first_day) + " to " + day_text(*window.last_day) : "";
      if (!walked.is_settled) all_.note(changed_text(window.line + days));
      else if (walked.hidden() != 0) {
        all_.note(hidden_text(walked, "for " + window.line + days), true);
      }
      return walked.total;
    } catch (const VendorError& error) {
      if (!is_too_wide(error) || !can_be_halved(window)) throw;
      const auto [earlier, later] = halves_of(window);
      const auto total = read_window(earlier);
      return total + read_window(later);
    }
  }

  void read_people() {
    const auto walked = walk_people(api_, options_.now, [&](vector<string> people, Millis, std::int64_t) {
      add("rest_v2", "person", std::move(people), "");
      return true;
    });
    if (!walked.is_settled) all_.note(changed_text("contacts"));
    else if (walked.hidden() != 0) {
      all_.note(hidden_text(walked, "contacts"), true);
    }
  }

  void read_v1_calls() {
    for (const auto& line : all_.report.lines) {
      const bool is_read = is_allowed([&] {
        for (int number = 0;; ++number) {
          auto page = api_.find_v1_calls(line.number, number);
          add("rest_v1", "call", std::move(page.items), line.number);
          if (!page.has_more) return;
        }
      });
      if (!is_read) return all_.note("the key may not read calls");
    }
  }

  void read_v1_contacts(bool with_texts, bool with_contacts) {
    const bool is_read = is_allowed([&] {
      for (int number = 0;; ++number) {
        auto page = api_.find_v1_contacts(number);
        if (with_texts) {
          for (const auto& contact : page.items) read_conversation(contact);
        }
        if (with_contacts) add("rest_v1", "contact", std::move(page.items), "");
        if (!page.has_more) return;
      }
    });
    if (!is_read) all_.note(with_texts ? "the key may not read texts and contacts" : "the key may not read contacts");
  }

  void read_conversation(const string& body) {
    const auto contact = json::parse(body, nullptr, false);
    if (!contact.is_object() || !contact.contains("id") || !contact["id"].is_string()) return;
    for (int number = 0;; ++number) {
      const auto page = api_.find_v1_conversation(contact["id"].get<string>(), number);
      vector<string> texts;
      for (const auto& entry : page.items) {
        if (const auto text = member_of(entry, "message"); !text.empty() && text != "null") texts.emplace_back(text);
      }
      add("rest_v1", "message", std::move(texts), "");
      if (!page.has_more) return;
    }
  }

  // What was in no list may still be there, under another line or on another day.
  void find_missing_there(const string& line, const char* kind) {
    const auto begin = [](const optional<std::int64_t>& day) { return day ? optional(begin_of(*day)) : std::nullopt; };
    auto unseen = all_.find_unseen(kind, line, begin(options_.since_day), begin(options_.until_day));
    for (std::size_t at = 0; has_items_ && at < unseen.size(); at += kIdsAtOnce) {
      vector<string> ids;
      for (std::size_t i = at; i < std::min(at + kIdsAtOnce, unseen.size()); ++i) {
        // A webhook may have written cll_1 for what is cll-1 there.
        ids.push_back(storage::comparable_id(unseen[i].id));
        if (ids.back() != unseen[i].id) ids.push_back(unseen[i].id);
      }
      try {
        add("rest_v2", "item", api_.find_by_id(ids), line);
      } catch (const VendorError& error) {
        if (!error.is_refusal() || error.is_denied()) throw;
        all_.note(string("some ids here have a form that the vendor refuses: ") + error.what(), true);
      }
    }
    for (auto& finding : unseen) {
      if (!all_.has_seen(kind, finding.id)) all_.add_missing_there(std::move(finding));
    }
  }

  const VerifyOptions& options_;
  Api api_;
  Comparison all_;
  bool has_items_ = false;
};

// What a line of a list says.
Event event_of(const string& body, string& line) {
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return Quarantined{"a line of the list is not a JSON object"};
  const auto has = [&](const char* key) { return object.contains(key) && !object[key].is_null(); };
  if (has("allo_number") && object["allo_number"].is_string()) line = object["allo_number"].get<string>();
  if (has("manifest")) return Noted{};
  const auto fetched = [&](const char* dialect, const char* topic) {
    auto delivery = make_fetched(dialect, topic, body, 0);
    return decode(delivery);
  };
  if (has("topic") || has("event")) {
    Delivery webhook{.body = body, .origin = Origin::import};
    return decode(webhook);
  }
  if (has("date") || has("allo_number")) return fetched("rest_v2", "item");
  if (has("start_date") && has("content") && !has("id")) return fetched("rest_v1", "message");
  if (has("start_date") || has("started_at")) return fetched("rest_v1", "call");
  if (has("sent_at")) {
    try {
      return ingest::decode_message(ingest::Fields(object), {.topic = "message"});
    } catch (const ingest::DecodeError& error) {
      return Quarantined{error.what()};
    }
  }
  if (has("id") && (has("numbers") || has("name") || has("emails"))) return fetched("rest_v2", "person");
  return Quarantined{"a line of the list is no call, text or contact"};
}

optional<Millis> time_of(const Event& event) {
  if (const auto* call = std::get_if<CallCompleted>(&event)) return call->started_at;
  if (const auto* message = std::get_if<MessageStored>(&event)) return message->sent_at;
  return {};
}

}  // namespace

VerifyReport verify(Archive& archive, Client& client, const VerifyOptions& options) {
  return Verification(archive, client, options).run();
}

VerifyReport verify_against(Archive& archive, std::istream& list, const VerifyOptions& options) {
  struct Span {
    Millis first = INT64_MAX, last = INT64_MIN;
  };
  Comparison all(archive, options);
  std::map<string, Span> calls, texts;  // by line
  bool has_people = false;
  for_each_envelope(
      list,
      [&](string body, std::size_t) {
        string line;
        const Event event = event_of(body, line);
        has_people |= std::holds_alternative<ContactChanged>(event);
        if (const auto at = time_of(event)) {
          auto& span = (std::holds_alternative<CallCompleted>(event) ? calls : texts)[line];
          span.first = std::min(span.first, *at);
          span.last = std::max(span.last, *at);
        }
        all.add(event, line);
        all.attend("comparing");
      },
      Beginning::any);
  for (const auto& [kind, spans] : {std::pair("CALL", &calls), {"SMS", &texts}}) {
    for (const auto& [line, span] : *spans) {
      for (auto& finding : all.find_unseen(kind, line, span.first, span.last + 1)) {
        all.add_missing_there(std::move(finding));
      }
    }
  }
  if (has_people) all.add_missing_people();
  all.finish();
  return std::move(all.report);
}

}  // namespace callarchive::vendor
