#include "server/text/time_text.h"
#include "tests/vendor/beside_vendor.h"

#include <gtest/gtest.h>

#include <random>

// docs/ordering.md for what was fetched: webhooks may be as late as they like, and pages of the vendor's lists may
// take their time. What holds is decided by the time of each event and the moment of each request.

namespace callarchive::vendor::testing {
namespace {

constexpr Millis kMinute = 60'000;

struct Told {
  Delivery delivery = {};
  Millis at = 0;      // of the event, or of the request
  Millis latest = 0;  // how long after that it may arrive
};

// The same few calls, texts and people, of which webhooks, items of version 2, calls and texts of version 1 and people
// speak again and again, with contradictions and poorer reports.
class Log {
 public:
  explicit Log(unsigned seed) : random_(seed), vendor_(seed, 12, 4) {
    for (int i = 0; i < 240; ++i) {
      at_ += 1 + pick(4 * kMinute);
      add();
    }
  }
  const std::vector<Told>& all() const { return all_; }

 private:
  std::int64_t pick(std::int64_t bound) { return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random_); }
  bool maybe() { return pick(2) == 0; }
  template <typename T>
  T& any(std::vector<T>& all) {
    return all[static_cast<std::size_t>(pick(static_cast<std::int64_t>(all.size())))];
  }

  void change(SeedItem& item) {
    if (!item.is_call) {
      // Its words and its time are all that a text without an id is known by.
      item.user = "user" + std::to_string(pick(3)) + "@example.com";
      return;
    }
    switch (pick(6)) {
      case 0: item.summary = "Summary " + std::to_string(pick(4)); return;
      case 1: item.tags = {"tag" + std::to_string(pick(3))}; return;
      case 2: item.result = maybe() ? "TRANSFERRED_AI" : "ANSWERED"; return;
      case 3: item.at += (pick(3) - 1) * 1000; return;
      case 4: item.seconds += pick(3); return;
      default: item.transcript.push_back({"USER", item.at + 7250, "words " + std::to_string(pick(5))});
    }
  }
  void change(SeedPerson& person) {
    switch (pick(3)) {
      case 0: person.name = "Anna " + std::to_string(pick(5)); return;
      case 1: person.emails = {"anna" + std::to_string(pick(3)) + "@example.com"}; return;
      default: person.company = "Acme " + std::to_string(pick(3));
    }
  }

  // Without some of its fields, and never with the bytes of another one: the vendor's state at another moment.
  string body_of(json object) {
    for (const char* field : {"result", "summary", "tags", "transcript", "contacts", "user", "recording_url",
                              "duration", "length_in_minutes", "emails", "company", "last_name"}) {
      if (pick(8) == 0) object.erase(field);
    }
    object["moment"] = ++moment_;
    return object.dump();
  }

  void fetched(const char* dialect, const char* topic, json object) {
    all_.push_back({make_fetched(dialect, topic, body_of(std::move(object)), at_), at_, 2 * kMinute});
  }

  void webhook(const string& text) {
    auto envelope = json::parse(text);
    envelope["timestamp"] = format_instant(at_);
    envelope["data"] = json::parse(body_of(envelope["data"]));
    Told told{{.body = envelope.dump()}, at_, maybe() ? kMinute : 600 * kMinute};
    told.delivery.webhook_id = "msg_" + std::to_string(moment_);
    all_.push_back(std::move(told));
  }

  void add() {
    auto& item = any(vendor_.items);
    auto& person = any(vendor_.people);
    if (maybe()) change(item);
    if (maybe()) change(person);
    switch (pick(8)) {
      case 0:
      case 1: return webhook(webhook_of(item));
      case 2:
      case 3: return fetched("rest_v2", "item", v2_item(item, true));
      case 4:
        if (item.is_call) return fetched("rest_v1", "call", v1_call(item));
        return fetched("rest_v1", "message", v1_message(item));
      case 5: return webhook(webhook_of(person));
      case 6: return fetched("rest_v2", "person", v2_person(person));
      default:
        if (!item.is_call) return webhook(webhook_of(item));
        if (maybe()) {
          return webhook(json{{"topic", maybe() ? "tag.added" : "tag.removed"},
                              {"version", "2.0"},
                              {"data", {{"call_id", item.id}, {"tag", "tag" + std::to_string(pick(3))}}}}
                             .dump());
        }
        webhook(json{{"topic", "summary.updated"},
                     {"version", "2.0"},
                     {"data", {{"call_id", item.id}, {"content", "Changed " + std::to_string(pick(4))}}}}
                    .dump());
    }
  }

  std::mt19937_64 random_;
  SeededVendor vendor_;
  std::vector<Told> all_;
  Millis at_ = kNow;
  int moment_ = 0;
};

class FetchedInAnyOrder : public BesideVendor, public ::testing::WithParamInterface<unsigned> {
 protected:
  // Every delivery arrives at once, or so much later as may be. Those of one request come together.
  string tables_of(const Log& log, std::mt19937* random) {
    begin_again();
    std::vector<std::pair<Millis, const Told*>> arrivals;
    Millis last_page = 0;
    for (const auto& told : log.all()) {
      Millis arrival = told.at;
      if (random != nullptr) arrival += std::uniform_int_distribution<Millis>(0, told.latest)(*random);
      // One page is asked for after the other.
      if (told.delivery.origin == Origin::backfill) arrival = last_page = std::max(arrival, last_page);
      arrivals.emplace_back(arrival, &told);
    }
    std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [arrival, told] : arrivals) {
      auto delivery = told->delivery;
      if (delivery.origin != Origin::backfill) delivery.received_at = arrival;
      Event event = decode(delivery);
      archive->store(std::move(delivery), std::move(event));
    }
    return dump();
  }
};

TEST_P(FetchedInAnyOrder, AndWebhooksGiveTheSameTables) {
  const Log log(GetParam());
  const string expected = tables_of(log, nullptr);
  EXPECT_GT(archive->reader().count_calls({}, true).total, 3);
  EXPECT_GT(archive->reader().count_messages({}, true).total, 3);
  EXPECT_EQ(archive->reader().count_deliveries({.outcome = "quarantined"}, true).total, 0);
  expect_rebuild_changes_nothing();
  for (unsigned order = 1; order <= 4; ++order) {
    std::mt19937 random(order);
    ASSERT_EQ(tables_of(log, &random), expected) << "order " << order;
    expect_rebuild_changes_nothing();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FetchedInAnyOrder, ::testing::Range(1u, 7u));

// A page that takes long is no clock that was ahead: what arrived meanwhile keeps its time.
TEST_F(BesideVendor, APageThatTakesLongLeavesTheTimesOfWhatArrivesMeanwhile) {
  auto& item = vendor.items.front();
  const auto page = make_fetched("rest_v2", "item", v2_item(item, true).dump(), now);
  now += 5 * kMinute;
  auto person = vendor.people.front();
  receive(webhook_of(person));
  Delivery late = page;
  Event event = decode(late);
  archive->store(std::move(late), std::move(event));
  EXPECT_EQ(archive->reader().count_deliveries_after(now - 1), 1) << "the webhook counts from its own arrival";
  const auto rows = archive->reader().find_deliveries({}, {.limit = 2}).rows;
  ASSERT_EQ(rows.size(), 2u);
  for (const auto& row : rows) {
    EXPECT_EQ(archive->reader().find_delivery(row.delivery)->received_at, row.topic == "item" ? kNow : now);
  }
  // Also after the archive was opened again.
  archive.reset();
  open();
  now += 1000;
  receive(webhook_of(vendor.people.back()));
  EXPECT_EQ(archive->reader().count_deliveries_after(now - 1), 1);
  expect_rebuild_changes_nothing();
}

}  // namespace
}  // namespace callarchive::vendor::testing
