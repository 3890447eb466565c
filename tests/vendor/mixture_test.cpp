#include "server/vendor/days.h"
#include "storage/items/item_key.h"
#include "tests/vendor/beside_vendor.h"

#include <gmock/gmock.h>

#include <random>

// Whatever happens in whatever order, with everything that is odd at the vendor: in the end the archive equals the
// vendor, and verify names what was planted and nothing else.

namespace callarchive::vendor::testing {
namespace {

using ::testing::IsEmpty;
using Ids = std::set<string>;

Ids ids_of(const std::vector<Finding>& findings) {
  Ids ids;
  for (const auto& finding : findings) {
    EXPECT_TRUE(ids.insert(storage::comparable_id(finding.id)).second) << finding.id << " is named twice";
  }
  return ids;
}

class Mixture : public BesideVendor, public ::testing::WithParamInterface<unsigned> {
 protected:
  Mixture() : BesideVendor(100 + GetParam(), 200, 24), random_(GetParam()) {}

  std::size_t pick(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  bool one_in(std::size_t count) { return pick(count) == 0; }
  SeedItem& any_item() { return vendor.items[pick(vendor.items.size())]; }
  SeedItem& any_call() {
    for (;;) {
      if (auto& item = any_item(); item.is_call) return item;
    }
  }

  void make_odd() {
    vendor.odd = {.tells_scopes = one_in(2),
                  .wants_text_message = one_in(2),
                  .wants_oldest = one_in(2),
                  .most_days = one_in(2) ? 0 : static_cast<std::int64_t>(12 + pick(30)),
                  .fails_every = one_in(3) ? 0 : static_cast<int>(5 + pick(9)),
                  .wraps_twice = one_in(2)};
  }

  // A call or text of long ago that the vendor did not show before.
  SeedItem late_item() {
    SeedItem late = any_item();
    late.id = (late.is_call ? "cll-8000" : "msg-8000") + std::to_string(++late_);
    late.at -= 3'600'000 + static_cast<Millis>(pick(50)) * 1000;
    if (!late.is_call) late.content = "Late words " + std::to_string(late_);
    return late;
  }

  void change_the_vendor() {
    switch (pick(5)) {
      case 0: vendor.items.push_back(late_item()); return;
      case 1: any_call().summary = "Summary that was written later " + std::to_string(++late_); return;
      case 2: any_call().tags = {"tag" + std::to_string(pick(4)), "vip"}; return;
      case 3: any_call().at -= static_cast<Millis>(1 + pick(3)) * kDay; return;  // moved
      default: vendor.people[pick(vendor.people.size())].job_title = "Job " + std::to_string(++late_);
    }
  }

  void receive_some_webhooks() {
    receive_webhooks([&](const SeedItem&) { return one_in(4); });
    for (const auto& person : vendor.people) {
      if (one_in(4)) receive(webhook_of(person));
    }
  }

  // Is complete, incomplete or broken off; whatever it has learned is stored.
  void run_somehow() {
    BackfillOptions options{.reads_all = one_in(2), .v1 = one_in(3) ? UseV1::always : UseV1::when_needed};
    if (one_in(3)) {
      options.kind = "reconcile";
      options.since_day = day_of(kNow) - 30;
    }
    auto client_options = vendor.client_options();
    if (one_in(2)) {
      client_options.may_go_on = [this, end = vendor.requests() + static_cast<int>(20 + pick(60))] {
        return vendor.requests() < end;
      };
    }
    // Pages shift while they are read.
    if (one_in(2)) {
      vendor.before_page = [this, at = pick(12), page = std::size_t{0}](int) mutable {
        if (page++ == at) vendor.items.push_back(late_item());
      };
    }
    try {
      run(options, client_options);
    } catch (const Stopped&) {}
    vendor.before_page = {};
  }

  void do_something() {
    now += 1000;
    switch (pick(6)) {
      case 0:
      case 1: return receive_some_webhooks();
      case 2:
      case 3: return change_the_vendor();
      case 4: return run_somehow();
      default: return make_odd();
    }
  }

  void expect_the_same() {
    expect_equal_to_seed();
    const auto report = check();
    EXPECT_TRUE(report.is_complete()) << report_as_text(report);
    EXPECT_THAT(report.missing_there, IsEmpty()) << report_as_text(report);
  }

  struct Planted {
    Ids missing_here = {};
    Ids missing_there = {};
    std::map<string, string> different = {};  // id to field
  };

  void change_a_field(SeedItem& item, Planted& planted) {
    auto& field = planted.different[item.id];
    const auto set = [&](const char* name) { field = name; };
    if (!item.is_call) {
      switch (pick(3)) {
        case 0: item.content += " or not"; return set("content");
        case 1: item.at += kDay; return set("sent_at");
        default: item.user = "other@example.com"; return set("user_email");
      }
    }
    switch (pick(7)) {
      case 0: item.summary += " and more"; return set("summary");
      case 1: item.tags = {"planted"}; return set("tags");
      case 2: item.result = "BLOCKED"; return set("result");
      case 3: item.seconds += 60; return set("length_in_minutes");
      case 4: item.transcript.push_back({"USER", item.at, "said later"}); return set("transcript");
      case 5: item.at += kDay; return set("started_at");
      default: item.user = "other@example.com"; return set("user_email");
    }
  }

  Planted plant() {
    Planted planted;
    std::shuffle(vendor.items.begin(), vendor.items.end(), random_);
    std::shuffle(vendor.people.begin(), vendor.people.end(), random_);
    const std::size_t changed = 5 + pick(10), gone = 1 + pick(6), hidden = 1 + pick(3), fresh = 1 + pick(6);
    for (std::size_t i = 0; i < changed; ++i) change_a_field(vendor.items[i], planted);
    for (std::size_t i = 0; i < hidden; ++i) {
      const auto& id = vendor.items[changed + i].id;
      vendor.odd.hidden.insert(id);
      planted.missing_there.insert(id);
    }
    for (std::size_t i = 0; i < gone; ++i) {
      planted.missing_there.insert(vendor.items.back().id);
      vendor.items.pop_back();
    }
    for (std::size_t i = 0; i < fresh; ++i) {
      auto item = late_item();
      planted.missing_here.insert(item.id);
      vendor.items.push_back(std::move(item));
    }
    vendor.people[0].name += " the second";
    planted.different[vendor.people[0].id] = "name";
    vendor.people[1].emails = {"planted@example.com"};
    planted.different[vendor.people[1].id] = "emails";
    planted.missing_there.insert(vendor.people.back().id);
    vendor.people.pop_back();
    planted.missing_here.insert("per-9999");
    vendor.people.push_back({.id = "per-9999", .name = "New"});
    return planted;
  }

  std::mt19937 random_;
  int late_ = 0;
};

TEST_P(Mixture, EndsAsTheVendorAndVerifyNamesExactlyWhatWasPlanted) {
  for (int i = 0; i < 25; ++i) do_something();

  vendor.odd = {};
  now += 2 * kDay;  // an interrupted run is not continued
  EXPECT_TRUE(run({.reads_all = true}).is_complete);
  expect_the_same();
  const auto newest = archive->reader().find_newest_delivery();
  ++now;
  EXPECT_EQ(run().run.stored, 0);
  EXPECT_EQ(archive->reader().find_newest_delivery(), newest) << "the ledger does not grow with each comparison";
  expect_rebuild_changes_nothing();

  const auto planted = plant();
  const auto report = check();
  EXPECT_FALSE(report.is_complete());
  EXPECT_EQ(ids_of(report.missing_here), planted.missing_here);
  EXPECT_EQ(ids_of(report.missing_there), planted.missing_there);
  std::map<string, string> different;
  for (const auto& finding : report.different) {
    ASSERT_EQ(finding.differences.size(), 1u) << report_as_text(report);
    different[finding.id] = finding.differences.front().field;
  }
  EXPECT_EQ(different, planted.different);

  ++now;
  EXPECT_TRUE(run({.reads_all = true}).is_complete);
  const auto after = check();
  EXPECT_THAT(ids_of(after.missing_here), IsEmpty());
  EXPECT_THAT(ids_of(after.different), IsEmpty()) << report_as_text(after);
  EXPECT_EQ(ids_of(after.missing_there), planted.missing_there);
  expect_rebuild_changes_nothing();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mixture, ::testing::Range(1u, 5u));

}  // namespace
}  // namespace callarchive::vendor::testing
