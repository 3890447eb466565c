#include "server/vendor/backfill.h"
#include "server/vendor/days.h"
#include "storage/items/item_key.h"
#include "tests/vendor/beside_vendor.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <sstream>

// An archive beside a vendor of our own: after backfill it holds what the vendor holds, and verify says exactly what it
// does not.

namespace callarchive::vendor::testing {
namespace {

using ::testing::HasSubstr;

class BackfillTest : public BesideVendor {};

TEST_F(BackfillTest, FromEmptyEverythingComesOnceAndVerbatim) {
  const auto first = run();
  EXPECT_TRUE(first.is_complete) << ::testing::PrintToString(first.notes);
  expect_equal_to_seed();
  EXPECT_EQ(first.run.complete_until, kNow);
  EXPECT_EQ(first.run.missing, static_cast<std::int64_t>(vendor.items.size() + vendor.people.size()));
  EXPECT_EQ(first.run.only_by_backfill, first.run.missing);

  {
    auto reader = archive->reader();  // is lent: it is given back before the archive is closed
    const auto rows = reader.find_deliveries({.topic = "item"}, {.limit = 500}).rows;
    ASSERT_EQ(rows.size(), 500u);
    const auto row = reader.find_delivery(rows.front().delivery);
    EXPECT_EQ(row->origin, Origin::backfill);
    EXPECT_EQ(row->dialect, "rest_v2");
    EXPECT_EQ(row->body, v2_item(vendor.item(*row->object_id), true).dump());
    EXPECT_EQ(reader.count_deliveries({.topic = "user"}, true).total, 1);
    EXPECT_EQ(reader.count_deliveries({.topic = "number"}, true).total, 3);
  }

  const auto report = check();
  EXPECT_TRUE(report.is_complete());
  EXPECT_THAT(report.missing_there, ::testing::IsEmpty());
  expect_rebuild_changes_nothing();
}

// 2 lines and a sender's name; 2 kinds; the months from January, in which the vendor's days may have begun, to May.
TEST_F(BackfillTest, ASecondRunCostsOneRequestForEachWindow) {
  run();
  const auto newest = archive->reader().find_newest_delivery();
  ++now;
  const auto second = run();
  const std::int64_t windows = 2 * 2 * 5, extents = 3 * 2, lists = 5;  // me, numbers, users, tags, people
  EXPECT_LE(second.run.windows, windows);
  EXPECT_GE(second.run.windows, windows - 4);
  EXPECT_EQ(second.run.requests, second.run.windows + extents + lists);
  EXPECT_EQ(second.run.stored, 0);
  EXPECT_EQ(archive->reader().find_newest_delivery(), newest);
}

TEST_F(BackfillTest, WithheldWebhooksAreFound) {
  std::mt19937 random(3);
  std::int64_t withheld = 0;
  receive_webhooks([&](const SeedItem&) {
    const bool is_sent = random() % 20 != 0;
    withheld += is_sent ? 0 : 1;
    return is_sent;
  });
  for (const auto& person : vendor.people) receive(webhook_of(person));
  const auto result = run();
  EXPECT_GT(withheld, 10);
  EXPECT_EQ(result.run.missing, withheld);
  EXPECT_EQ(result.run.only_by_backfill, withheld);
  expect_equal_to_seed();
  EXPECT_TRUE(check().is_complete());
  expect_rebuild_changes_nothing();
}

// What only webhooks know stays, whatever comes first.
TEST_F(BackfillTest, WebhooksAfterBackfillAndBeforeItGiveTheSame) {
  vendor.items.resize(80);
  std::vector<Delivery> all;
  for (const auto& item : vendor.items) {
    all.push_back({.body = webhook_of(item)});
    all.push_back(make_fetched("rest_v2", "item", v2_item(item, true).dump(), 0));
    if (item.is_call) all.push_back(make_fetched("rest_v1", "call", v1_call(item).dump(), 0));
  }
  for (const auto& person : vendor.people) {
    all.push_back({.body = webhook_of(person)});
    all.push_back(make_fetched("rest_v2", "person", v2_person(person).dump(), 0));
  }
  string expected;
  for (unsigned order = 0; order < 4; ++order) {
    if (order > 0) std::shuffle(all.begin(), all.end(), std::mt19937(order));
    begin_again();
    // All of them come after the last event: a clock that runs backwards is another matter.
    for (auto delivery : all) {
      delivery.received_at = now += 10;
      Event event = decode(delivery);
      archive->store(std::move(delivery), std::move(event));
    }
    if (order == 0) expected = dump();
    else EXPECT_EQ(dump(), expected) << "order " << order;
  }
  expect_equal_to_seed();
  const auto& call = *std::find_if(vendor.items.begin(), vendor.items.end(),
                                   [](const auto& item) { return item.is_call && !item.transcript.empty(); });
  const auto stored = archive->reader().find_call(call.id, true);
  EXPECT_EQ(stored->started_at, call.at) << "the milliseconds";
  EXPECT_EQ(stored->result, call.result) << "TRANSFERRED says less";
  EXPECT_EQ(stored->one_sentence_summary, "In one sentence.");
  EXPECT_EQ(stored->length, std::to_string(call.seconds) + "s");
  EXPECT_EQ(stored->transcript.front().start_seconds, 1.0) << "of version 1";
  EXPECT_EQ(stored->transcript.front().time, call.transcript.front().time);
  EXPECT_EQ(call.direction == "OUTBOUND" ? stored->to_name : stored->from_name, "Anna of the webhook");
  const auto contact = archive->reader().find_contact(vendor.people.front().id);
  EXPECT_EQ(contact->properties.size(), 1u) << "custom properties are in webhooks alone";
  expect_rebuild_changes_nothing();
}

TEST_F(BackfillTest, VerifyNamesEveryPlantedDifferenceAndNoOther) {
  receive_webhooks([](const SeedItem&) { return true; });
  for (const auto& person : vendor.people) receive(webhook_of(person));
  ASSERT_TRUE(check().is_complete());

  std::vector<SeedItem*> calls, texts;
  for (auto& item : vendor.items) (item.is_call ? calls : texts).push_back(&item);
  std::map<string, string> different;  // id to field
  const auto plant = [&](SeedItem& item, const char* field) { different[item.id] = field; };
  calls[0]->summary = "Another summary";
  plant(*calls[0], "summary");
  calls[1]->tags = {"new_tag"};
  plant(*calls[1], "tags");
  calls[2]->result = "BLOCKED";
  plant(*calls[2], "result");
  calls[3]->seconds += 60;
  plant(*calls[3], "length_in_minutes");
  calls[4]->transcript.push_back({"USER", calls[4]->at, "said later"});
  plant(*calls[4], "transcript");
  calls[5]->at += 86'400'000;  // moved
  for (auto& entry : calls[5]->transcript) entry.time += 0;
  plant(*calls[5], "started_at");
  texts[0]->content = "Other words";
  plant(*texts[0], "content");
  vendor.people[0].name = "Berta";
  different[vendor.people[0].id] = "name";
  vendor.people[1].emails = {"new@example.com"};
  different[vendor.people[1].id] = "emails";
  const string gone_call = calls[6]->id, gone_text = texts[1]->id, late = "cll-999999";
  vendor.odd.hidden = {calls[7]->id};
  SeedItem fresh = *calls[8];
  fresh.id = late;
  std::erase_if(vendor.items, [&](const SeedItem& item) { return item.id == gone_call || item.id == gone_text; });
  vendor.items.push_back(fresh);
  vendor.people.push_back({.id = "per-9999", .name = "New"});

  const auto ids = [](const std::vector<Finding>& findings) {
    std::set<string> all;
    for (const auto& finding : findings) all.insert(storage::comparable_id(finding.id));
    return all;
  };
  const auto report = check();
  EXPECT_FALSE(report.is_complete());
  EXPECT_EQ(ids(report.missing_here), (std::set<string>{late, "per-9999"}));
  EXPECT_EQ(ids(report.missing_there), (std::set<string>{gone_call, gone_text, *vendor.odd.hidden.begin()}));
  std::map<string, string> found;
  for (const auto& finding : report.different) {
    ASSERT_EQ(finding.differences.size(), 1u) << finding.id;
    found[finding.id] = finding.differences.front().field;
  }
  EXPECT_EQ(found, different);
  const auto json_report = json::parse(report_as_json(report));
  EXPECT_EQ(json_report["complete"], false);
  EXPECT_EQ(json_report["missing_there"].size(), 3u);
  EXPECT_THAT(report_as_text(report), HasSubstr("summary: here "));
  EXPECT_THAT(report_as_text(report), HasSubstr("there Another summary"));

  // Where the counts agree, only reading everything finds what has changed.
  const auto deep = run({.reads_all = true});
  EXPECT_EQ(deep.run.missing, 2);
  EXPECT_EQ(deep.run.stored, 2 + static_cast<std::int64_t>(different.size()));
  const auto after = check();
  EXPECT_THAT(ids(after.missing_here), ::testing::IsEmpty()) << report_as_text(after);
  EXPECT_THAT(ids(after.different), ::testing::IsEmpty()) << report_as_text(after);
  EXPECT_EQ(ids(after.missing_there), ids(report.missing_there)) << "an archive keeps what the vendor deletes";
  EXPECT_FALSE(after.is_complete()) << "missing there is missing, too";
  expect_rebuild_changes_nothing();
}

TEST_F(BackfillTest, OdditiesOfTheVendorCostRequestsAndNothingElse) {
  vendor.odd = {.wants_text_message = true, .wants_oldest = true, .most_days = 20, .fails_every = 7};
  const string hidden = vendor.items[5].id;
  vendor.odd.hidden = {hidden};
  // Pages shift: while the first ones are read, an item appears on an earlier page and one moves behind.
  vendor.before_page = [&](int pages) {
    if (pages == 1 || pages == 4) {
      SeedItem late = vendor.items[static_cast<std::size_t>(pages)];
      late.id = (late.is_call ? "cll-9000" : "msg-9000") + std::to_string(pages);
      late.at -= 3'600'000;
      if (!late.is_call) late.content += " late";
      vendor.items.push_back(late);
    }
    if (pages == 2) vendor.items[20].at += 2 * 86'400'000;
  };
  auto result = run();
  const auto notes = ::testing::PrintToString(result.notes);
  // What moved between two windows is found by the next run, which costs little.
  vendor.before_page = {};
  if (!result.is_complete) result = run();
  run({.reads_all = true});
  std::erase_if(vendor.items, [&](const SeedItem& item) { return item.id == hidden; });
  vendor.odd.hidden.clear();
  expect_equal_to_seed();
  EXPECT_THAT(notes, HasSubstr("hidden from this key"));
  EXPECT_TRUE(check().is_complete());
}

// One is deleted while the second page is asked for, so that another one is on neither.
TEST_F(BackfillTest, PagesOfContactsThatShiftAreReadAgain) {
  SeededVendor many(3, 20, 250);
  const auto at_the_edge = many.people[100];
  const auto delete_one = [&, is_done = false](int page) mutable {
    if (page == 2 && !std::exchange(is_done, true)) many.people.erase(many.people.begin());
  };
  Client client(many.client_options());
  many.before_people = delete_one;
  EXPECT_TRUE(backfill(*archive, client, {.now = [this] { return now; }}).is_complete);
  EXPECT_TRUE(archive->reader().find_contact(at_the_edge.id));
  many.before_people = delete_one;
  const auto report = verify(*archive, client, {.now = [this] { return now; }});
  EXPECT_TRUE(report.is_read_whole);
  // The second one was there when it was read.
  EXPECT_EQ(report.missing_there.size(), 1u) << report_as_text(report) << "the one that was deleted before";
}

TEST_F(BackfillTest, GoesOnWhereItWasInterrupted) {
  const int whole = [&] {
    run();
    return vendor.requests();
  }();
  begin_again();
  auto stops = vendor.client_options();
  const int stop_at = vendor.requests() + whole / 2;
  stops.may_go_on = [&] { return vendor.requests() < stop_at; };
  EXPECT_THROW(run({}, stops), Stopped);
  const auto kept = archive->reader().count_deliveries({}, true).total;
  EXPECT_GT(kept, 50);
  EXPECT_FALSE(archive->reader().find_backfill_state().last_run->ended_at);
  ++now;
  const int before = vendor.requests();
  const auto rest = run();
  EXPECT_TRUE(rest.is_complete);
  EXPECT_LT(vendor.requests() - before, whole - whole / 4);
  expect_equal_to_seed();
  EXPECT_EQ(rest.run.missing, static_cast<std::int64_t>(vendor.items.size() + vendor.people.size()));
}

TEST_F(BackfillTest, AFailureIsToldAndTheNextRunGoesOn) {
  vendor.odd.fails_every = 1;
  auto impatient = vendor.client_options();
  impatient.tries = 2;
  EXPECT_THROW(run({}, impatient), VendorError);
  const auto state = archive->reader().find_backfill_state();
  EXPECT_THAT(state.last_run->error.value_or(""), HasSubstr("the vendor answers 429"));
  EXPECT_FALSE(state.complete_until);
  vendor.odd.fails_every = 0;
  EXPECT_TRUE(run().is_complete);
  EXPECT_FALSE(archive->reader().find_backfill_state().last_run->error);
  EXPECT_TRUE(archive->reader().find_backfill_state().complete_until);
}

// A key of version 1: calls have fewer gaps, contacts no e-mails, texts no ids.
TEST_F(BackfillTest, WorksWithVersion1Alone) {
  vendor.odd.scopes.clear();
  vendor.odd.wraps_twice = true;
  for (auto& person : vendor.people) {
    person.emails.clear();
    person.job_title.clear();
  }
  // Each text belongs to somebody, or no list shows it.
  for (std::size_t i = 0; i < vendor.people.size(); ++i)
    vendor.people[i].numbers = {"+336123400" + std::to_string(10 + i)};
  for (auto& item : vendor.items)
    item.contact = vendor.people[static_cast<std::size_t>(item.id.back() - '0')].numbers[0];
  std::int64_t texts = 0;
  for (const auto& item : vendor.items) texts += item.is_call ? 0 : 1;

  const auto first = run();
  EXPECT_TRUE(first.is_complete) << ::testing::PrintToString(first.notes);
  EXPECT_EQ(archive->reader().count_messages({}, true).total, texts);
  EXPECT_EQ(run().run.stored, 0);
  EXPECT_TRUE(check().is_complete()) << report_as_text(check());

  // Their webhooks come late, and take the places of those without ids.
  receive_webhooks([](const SeedItem& item) { return !item.is_call; });
  {
    auto reader = archive->reader();
    EXPECT_EQ(reader.count_messages({}, true).total, texts);
    for (const auto& item : vendor.items) {
      if (!item.is_call) EXPECT_TRUE(reader.find_message(item.id)) << item.id;
      else EXPECT_EQ(reader.find_call(item.id, false)->result, item.result) << item.id;
    }
  }
  EXPECT_EQ(run().run.stored, 0);
  expect_rebuild_changes_nothing();
}

TEST_F(BackfillTest, SaysSoWhereATextWithoutIdIsNotSure) {
  vendor.odd.scopes.clear();
  vendor.items.resize(2);
  for (auto& item : vendor.items) {
    item = vendor.items[0];
    item.is_call = false;
    item.content = "OK";
    item.contact = vendor.people[0].numbers[0];
  }
  vendor.items[0].id = "msg-1";
  vendor.items[1].id = "msg-2";
  vendor.items[1].at += 1000;
  receive_webhooks([](const SeedItem&) { return true; });
  const auto result = run();
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("it is not sure which one it is"));
  EXPECT_EQ(archive->reader().count_messages({}, true).total, 2);
}

TEST_F(BackfillTest, ATextWithoutIdComesBackWhenTheOtherOneIsCorrected) {
  const auto store = [&](const char* dialect, const char* topic, const json& body, Millis at) {
    Delivery delivery{
        .body = body.dump(), .received_at = at, .origin = Origin::backfill, .dialect = dialect, .topic = topic};
    Event event = decode(delivery);
    archive->store(std::move(delivery), std::move(event));
  };
  auto text = *std::find_if(vendor.items.begin(), vendor.items.end(), [](const auto& item) { return !item.is_call; });
  const json words = {{"from_number", text.from()},
                      {"to_number", text.to()},
                      {"type", text.direction},
                      {"content", text.content},
                      {"start_date", v2_item(text, false)["date"]}};
  store("rest_v1", "message", words, kNow);
  EXPECT_EQ(archive->reader().count_messages({}, true).total, 1);
  store("rest_v2", "item", v2_item(text, false), kNow);
  EXPECT_EQ(archive->reader().count_messages({}, true).total, 1);
  text.at += 3'600'000;
  store("rest_v2", "item", v2_item(text, false), kNow + 1);
  EXPECT_EQ(archive->reader().count_messages({}, true).total, 2);
  expect_rebuild_changes_nothing();
}

TEST_F(BackfillTest, SaysAsFarAsTheKeySees) {
  vendor.odd.scopes = {"CONVERSATIONS_READ", "PHONE_NUMBERS_READ"};
  vendor.odd.has_v1 = false;
  const auto result = run();
  EXPECT_FALSE(result.is_complete);
  EXPECT_THAT(::testing::PrintToString(result.notes), HasSubstr("the key may not read contacts"));
  EXPECT_FALSE(result.run.complete_until);
  const auto report = check();
  EXPECT_FALSE(report.is_complete());
  EXPECT_THAT(report_as_text(report),
              HasSubstr("scopes: CONVERSATIONS_READ, PHONE_NUMBERS_READ\nlines: ALLO, +33184800001, "));
}

TEST_F(BackfillTest, TheLastDaysMakeCompleteWhatWasCompleteBefore) {
  BackfillOptions last_days{.kind = "reconcile", .since_day = day_of(kNow) - 7, .reads_all = true};
  EXPECT_FALSE(run(last_days).run.complete_until) << "nothing before them was compared";
  run();
  now += 86'400'000;
  vendor.items[0].at = now - 3'600'000;
  last_days.since_day = day_of(now) - 7;
  const auto result = run(last_days);
  EXPECT_EQ(result.run.complete_until, now);
  EXPECT_EQ(result.run.stored, 1);
}

// The table of docs/backfill.md: what counts is the number of windows.
TEST_F(BackfillTest, TenLinesAndFiveYears) {
  SeededVendor large(11, 4000, 150, 10, 5 * 365);
  Client client(large.client_options());
  const auto requests_of_a_run = [&] {
    ++now;
    const BackfillOptions options{.now = [this] { return now; }};
    const auto result = backfill(*archive, client, options);
    EXPECT_TRUE(result.is_complete);
    return result.run.requests;
  };
  const auto first = requests_of_a_run(), second = requests_of_a_run();
  // 10 lines, 2 kinds, 60 to 62 months; one for each line (and the sender's name) and kind; lists.
  EXPECT_GE(second, 10 * 2 * 60);
  EXPECT_LE(second, 10 * 2 * 62 + 22 + 5);
  SeedItem late = large.items[0];
  late.id += "9";
  late.at += 1000;
  large.items.push_back(late);
  const auto with_one_missing = requests_of_a_run();
  EXPECT_LE(with_one_missing, second + 10) << "its stretch is counted in smaller ones, then its page, then the count";
  std::cout << "10 lines, 5 years, " << large.items.size() << " items: from empty " << first << ", complete " << second
            << ", one missing " << with_one_missing << " requests\n";
}

TEST_F(BackfillTest, VerifiesAgainstAList) {
  receive_webhooks([](const SeedItem&) { return true; });
  std::stringstream list;
  std::set<string> left_out = {vendor.items[3].id, vendor.items[4].id};
  auto changed = vendor.items[7];
  changed.user = "somebody@example.com";
  for (const auto& item : vendor.items) {
    if (!left_out.contains(item.id)) list << v2_item(item.id == changed.id ? changed : item, true).dump() << '\n';
  }
  auto fresh = vendor.items[8];
  fresh.id = "cll-777777";
  fresh.is_call = true;
  list << v2_item(fresh, true).dump() << '\n';
  const auto report = verify_against(*archive, list, {.now = [] { return kNow; }});
  EXPECT_FALSE(report.is_complete());
  ASSERT_EQ(report.missing_here.size(), 1u);
  EXPECT_EQ(report.missing_here.front().id, fresh.id);
  EXPECT_EQ(report.missing_there.size(), left_out.size());
  for (const auto& finding : report.missing_there) {
    EXPECT_TRUE(left_out.contains(storage::comparable_id(finding.id))) << finding.id;
  }
  ASSERT_EQ(report.different.size(), 1u);
  EXPECT_EQ(report.different.front().differences,
            (std::vector<Difference>{{"user_email", vendor.items[7].user, "somebody@example.com"}}));
  EXPECT_EQ(report.requests, 0);
}

}  // namespace
}  // namespace callarchive::vendor::testing
