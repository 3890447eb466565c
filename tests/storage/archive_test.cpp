#include "storage/items/item_key.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Millis kNoon = 1'705'312'800'000;  // 2024-01-15T10:00:00Z
constexpr Millis kMinute = 60'000;

CallCompleted call(const std::string& id, Millis at = kNoon) {
  CallCompleted report;
  report.id = id;
  report.started_at = at;
  report.direction = "INBOUND";
  report.result = "ANSWERED";
  report.from_number = "+33612345678";
  report.to_number = "+14155550100";
  report.user_email = "ann@example.com";
  report.length_in_minutes = 5.5;
  report.length = "5m 30s";
  return report;
}

MessageStored message(const std::string& id, Millis at = kNoon) {
  MessageStored report;
  report.id = id;
  report.sent_at = at;
  report.direction = "INBOUND";
  report.type = "SMS";
  report.content = "hello";
  report.from_number = "+33612345678";
  report.to_number = "+14155550100";
  return report;
}

ContactChanged contact(const std::string& id, const std::string& name) {
  ContactChanged said;
  said.id = id;
  said.name = name;
  said.last_name = optional<string>{};
  said.numbers = vector<string>{"+33612345678"};
  said.emails = vector<string>{name + "@example.com"};
  return said;
}

vector<string> ids(const Slice<Call>& slice) {
  vector<string> all;
  for (const auto& row : slice.rows) all.push_back(row.id);
  return all;
}

TEST(Archive, KeepsEveryFieldOfACall) {
  TemporaryArchive archive;
  auto said = call("cll_1");
  said.from_name = "Bob";
  said.to_name = "Line";
  said.original_to_number = "+14155550199";
  said.original_to_name = "Reception";
  said.integration_id = "crm-7";
  said.tags = {"vip", "follow_up"};
  said.summary = "They spoke.";
  said.one_sentence_summary = "Spoke.";
  said.recording_url = "https://example.com/a.mp3";
  said.data_collected = {{"age", "41"}, {"name", "\"Bob\""}};
  said.ivr_result = {{"1", "Sales"}, {{}, "Help"}};
  said.transfer_from = TransferParty{"+14155550111", "eve@example.com", "Eve"};
  said.transfer_to = TransferParty{{}, "dan@example.com", {}};
  said.transfer_original_call_id = "cll_0";
  said.transcript = {{0, "EXTERNAL", kNoon + 1000, 1.0, 2.5, "Bonjour"}, {1, "USER", {}, {}, {}, "Hello"}};
  said.concatenated_transcript = "as the vendor likes it";
  EXPECT_EQ(archive.tell(said).status, Receipt::Status::stored);

  const auto kept = archive.reader().find_call("cll-1", true);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->id, "cll_1");
  EXPECT_EQ(kept->started_at, kNoon);
  EXPECT_EQ(kept->from_name, "Bob");
  EXPECT_EQ(kept->original_to_number, "+14155550199");
  EXPECT_EQ(kept->original_to_name, "Reception");
  EXPECT_EQ(kept->duration_seconds, 330);
  EXPECT_EQ(kept->length_in_minutes, 5.5);
  EXPECT_EQ(kept->length, "5m 30s");
  EXPECT_EQ(kept->user_email, "ann@example.com");
  EXPECT_EQ(kept->integration_id, "crm-7");
  EXPECT_THAT(kept->tags, ElementsAre("follow_up", "vip"));
  EXPECT_EQ(kept->summary, "They spoke.");
  EXPECT_EQ(kept->one_sentence_summary, "Spoke.");
  EXPECT_EQ(kept->recording_url, "https://example.com/a.mp3");
  EXPECT_EQ(kept->data_collected, said.data_collected);
  EXPECT_EQ(kept->ivr_result, said.ivr_result);
  EXPECT_EQ(kept->transfer_from, said.transfer_from);
  EXPECT_EQ(kept->transfer_to, said.transfer_to);
  EXPECT_EQ(kept->transfer_original_call_id, "cll_0");
  EXPECT_EQ(kept->transcript_entry_count, 2);
  EXPECT_EQ(kept->transcript, said.transcript);
  EXPECT_EQ(kept->concatenated_transcript, "as the vendor likes it");
}

TEST(Archive, ARepeatedBodyChangesNothing) {
  TemporaryArchive archive;
  archive.tell(call("cll_1"));
  const auto before = archive.dump();
  const auto receipt = archive.tell_again("said 1");
  EXPECT_EQ(receipt.status, Receipt::Status::duplicate);
  EXPECT_EQ(receipt.delivery, 1);
  EXPECT_EQ(archive.dump(), before);
  EXPECT_EQ(archive.ask("SELECT times_received FROM deliveries"), "2");
}

TEST(Archive, APoorerCallWipesNothing) {
  TemporaryArchive archive;
  auto rich = call("cll_1");
  rich.summary = "long talk";
  rich.tags = {"vip"};
  rich.transcript = {{0, "USER", {}, {}, {}, "hello"}};
  archive.tell(rich);
  CallCompleted poor;
  poor.id = "cll-1";
  poor.result = "VOICEMAIL";
  archive.tell(poor);
  const auto kept = archive.reader().find_call("cll_1", true);
  EXPECT_EQ(kept->id, "cll_1");
  EXPECT_EQ(kept->result, "VOICEMAIL");
  EXPECT_EQ(kept->summary, "long talk");
  EXPECT_THAT(kept->tags, ElementsAre("vip"));
  EXPECT_EQ(kept->transcript.size(), 1u);
  EXPECT_EQ(archive.ask("SELECT count(*) FROM calls"), "1");
}

TEST(Archive, AnOlderEventNeverOverwritesANewerOne) {
  TemporaryArchive archive;
  auto newer = call("cll_1");
  newer.summary = "newer";
  archive.tell(newer, kNoon + 2 * kMinute);
  auto older = call("cll_1");
  older.summary = "older";
  older.from_name = "only the older one knew";
  archive.tell(older, kNoon + kMinute);
  const auto kept = archive.reader().find_call("cll_1", false);
  EXPECT_EQ(kept->summary, "newer");
  EXPECT_EQ(kept->from_name, "only the older one knew");
}

TEST(Archive, TagsMayComeBeforeTheirCall) {
  TemporaryArchive archive;
  archive.tell(TagChanged{"cll_1", "vip", true}, kNoon + kMinute);
  archive.tell(TagChanged{"cll_1", "spam", true}, kNoon + kMinute);
  archive.tell(TagChanged{"cll_1", "spam", false}, kNoon + 2 * kMinute);
  EXPECT_FALSE(archive.reader().find_call("cll_1", false));
  archive.tell(call("cll-1"), kNoon + 3 * kMinute);
  EXPECT_THAT(archive.reader().find_call("cll_1", false)->tags, ElementsAre("vip"));
}

TEST(Archive, ASummaryOfAnOlderVersionIsIgnored) {
  TemporaryArchive archive;
  archive.tell(call("cll_1"), kNoon);
  archive.tell(SummaryChanged{"cll_1", "second", 2}, kNoon + kMinute);
  archive.tell(SummaryChanged{"cll_1", "first", 1}, kNoon + 2 * kMinute);
  EXPECT_EQ(archive.reader().find_call("cll_1", false)->summary, "second");
}

TEST(Archive, AContactEndsWithItsNewestStateAndKeepsAllThree) {
  TemporaryArchive archive;
  archive.tell(contact("con_1", "Ann"), kNoon);
  archive.tell(contact("con_1", "Anna"), kNoon + kMinute);
  archive.tell(contact("con_1", "Ann"), kNoon + 2 * kMinute);
  auto reader = archive.reader();
  EXPECT_EQ(reader.find_contact("con_1")->name, "Ann");
  EXPECT_EQ(reader.find_contact_versions("con_1").size(), 3u);
}

TEST(Archive, TheSameBytesAreNewAgainAfterTheRetryWindow) {
  TemporaryArchive archive;
  archive.tell(contact("con_1", "Ann"));
  archive.tell(contact("con_1", "Anna"));
  EXPECT_EQ(archive.tell_again("said 1").status, Receipt::Status::duplicate);
  EXPECT_EQ(archive.reader().find_contact("con_1")->name, "Anna");
  archive.now += 49 * 3600 * 1000;
  EXPECT_EQ(archive.tell_again("said 1").status, Receipt::Status::stored);
  auto reader = archive.reader();
  EXPECT_EQ(reader.find_contact("con_1")->name, "Ann");
  EXPECT_EQ(reader.find_contact_versions("con_1").size(), 3u);
}

TEST(Archive, AContactWithoutASaidFieldKeepsIt) {
  TemporaryArchive archive;
  auto first = contact("con_1", "Ann");
  first.job_title = "CEO";
  first.company = Company{"com_1", "Acme"};
  first.properties = vector<JsonMember>{{"linkedin", "\"x\""}, {"score", "5.50"}};
  archive.tell(first, kNoon);
  ContactChanged second;
  second.id = "con_1";
  second.company = optional<Company>{};
  archive.tell(second, kNoon + kMinute);
  const auto kept = archive.reader().find_contact("con_1");
  EXPECT_EQ(kept->job_title, "CEO");
  EXPECT_FALSE(kept->company);
  EXPECT_THAT(kept->emails, ElementsAre("Ann@example.com"));
  EXPECT_EQ(kept->properties[1].value_json, "5.50");
}

TEST(Archive, ACorrectedStartMovesTheCall) {
  TemporaryArchive archive;
  archive.tell(call("cll_1", kNoon));
  archive.tell(call("cll_2", kNoon + kMinute));
  EXPECT_THAT(ids(archive.reader().find_calls({}, {})), ElementsAre("cll_2", "cll_1"));
  archive.tell(call("cll_1", kNoon + 2 * kMinute));
  EXPECT_THAT(ids(archive.reader().find_calls({}, {})), ElementsAre("cll_1", "cll_2"));
  const auto number = archive.reader().find_number("+33 6 12 34 56 78");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->call_count, 2);
  EXPECT_EQ(number->first_seen_at, kNoon + kMinute);
  EXPECT_EQ(number->last_seen_at, kNoon + 2 * kMinute);
}

TEST(Archive, RingingJoinsItsCallWhicheverComesFirst) {
  CallRinging ringing;
  ringing.kind = "received";
  ringing.started_at = kNoon - 2000;
  ringing.direction = "INBOUND";
  ringing.from_number = "+33612345678";
  ringing.to_number = "+14155550100";
  ringing.user_email = "ann@example.com";
  for (const bool ringing_first : {true, false}) {
    TemporaryArchive archive;
    if (ringing_first) archive.tell(ringing, kNoon);
    archive.tell(call("cll_far", kNoon + 5 * kMinute), kNoon);
    archive.tell(call("cll_near", kNoon), kNoon);
    if (!ringing_first) archive.tell(ringing, kNoon);
    EXPECT_EQ(archive.ask("SELECT id FROM ringing JOIN calls USING (item)"), "cll_near") << ringing_first;
  }
}

TEST(Archive, WalksPagesWithoutMissingOrRepeating) {
  TemporaryArchive archive;
  vector<string> expected;
  for (int i = 0; i < 25; ++i) {
    archive.tell(call("cll_" + std::to_string(i), kNoon + i * 1000));
    expected.insert(expected.begin(), "cll_" + std::to_string(i));
  }
  for (const bool by_number : {true, false}) {
    CallFilter filter;
    if (by_number) filter.numbers = {"+14155550100", "+33612345678"};
    vector<string> seen;
    Page page{.limit = 4};
    while (true) {
      const auto slice = archive.reader().find_calls(filter, page);
      for (const auto& id : ids(slice)) seen.push_back(id);
      if (!slice.has_more) break;
      page.after = slice.last_key;
    }
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(archive.reader().count_calls(filter, true).total, 25);
  }
}

// Ids whose search for a slot begins at the same or a neighbouring place, so that they push one another aside.
vector<string> crowding_ids() {
  vector<string> crowd;
  const auto home = storage::home_slot("cll-0");
  for (int i = 0; crowd.size() < 12; ++i) {
    const string id = "cll-" + std::to_string(i);
    const auto slot = storage::home_slot(id);
    if (slot >= home && slot < home + 3) crowd.push_back(id);
  }
  return crowd;
}

TEST(Archive, ManyInOnePlaceStandInTheSameOrderWhoeverCameFirst) {
  auto crowd = crowding_ids();
  vector<string> dumps;
  for (const unsigned seed : {0u, 1u, 2u, 3u, 4u}) {
    TemporaryArchive archive;
    std::shuffle(crowd.begin(), crowd.end(), std::mt19937(seed));
    for (const auto& id : crowd) archive.tell(call(id), kNoon);
    // One leaves the crowd, the gap closes.
    archive.tell(call("cll-0", kNoon + kMinute), kNoon + kMinute);
    dumps.push_back(archive.dump());
    EXPECT_EQ(archive.reader().count_calls({}, true).total, 12);
  }
  for (const auto& dump : dumps) EXPECT_EQ(dump, dumps.front());
}

TEST(Archive, MoreOfOneMillisecondThanThereIsRoomForAreKept) {
  TemporaryArchive archive;
  constexpr int kRoom = static_cast<int>(storage::kSlots / 2);
  for (int i = 0; i < kRoom; ++i)
    ASSERT_EQ(archive.tell(call("cll-" + std::to_string(i))).status, Receipt::Status::stored) << i;
  const auto receipt = archive.tell(call("cll-one-more"));
  EXPECT_EQ(receipt.status, Receipt::Status::quarantined);
  EXPECT_THAT(receipt.reason.value_or(""), HasSubstr("same millisecond"));
  EXPECT_EQ(archive.tell(message("msg-1")).status, Receipt::Status::stored);  // messages have their own room
  EXPECT_EQ(archive.tell(call("cll-0"), kNoon + kMinute).status, Receipt::Status::stored);  // who is in stays in
  EXPECT_EQ(archive.tell(call("cll-next", kNoon + 1)).status, Receipt::Status::stored);
  EXPECT_EQ(archive.reader().count_calls({}, true).total, kRoom + 1);
  const auto kept = archive.reader().find_delivery(receipt.delivery);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->outcome, Outcome::quarantined);
}

TEST(Archive, ContactsAreListedByName) {
  TemporaryArchive archive;
  for (const char* name : {"Zoé", "ada", "", "Émile", "Bob"}) archive.tell(contact(string("con-") + name, name));
  const auto names = [&](const std::function<void()>& between) {
    vector<string> names;
    for (optional<Page> page = Page{.limit = 2}; page;) {
      const auto slice = archive.reader().find_contacts({}, *page);
      for (const auto& row : slice.rows) names.push_back(row.name.value_or("?"));
      page = page_behind(slice, *page);
      between();
    }
    return names;
  };
  EXPECT_THAT(names([] {}), ElementsAre("ada", "Bob", "Émile", "Zoé", ""));
  // Who is renamed under the cursor takes nobody along.
  EXPECT_THAT(names([&] { archive.tell(contact("con-Bob", "Yves")); }),
              ElementsAre("ada", "Bob", "Émile", "Yves", "Zoé", ""));
}

TEST(Archive, CountsBeyondTheLimitSaySo) {
  TemporaryArchive archive;
  vector<std::pair<Delivery, Event>> all;
  for (int i = 0; i <= 10'000; ++i) {
    Delivery delivery;
    delivery.body = std::to_string(i);
    delivery.received_at = archive.now;
    all.emplace_back(delivery, message("msg-" + delivery.body, kNoon + i));
  }
  archive.archive().store_all(std::move(all));
  const auto count = [&](bool exact) { return archive.reader().count_messages({}, exact); };
  EXPECT_EQ(count(true).total, 10'001);
  EXPECT_TRUE(count(true).exact);
  EXPECT_EQ(count(false).total, 10'000);
  EXPECT_FALSE(count(false).exact);
}

TEST(Archive, NumbersInAnySpellingFindTheSameCalls) {
  ArchiveOptions options;
  options.default_region = "US";
  TemporaryArchive archive(options);
  archive.tell(call("cll_1"));
  archive.tell(message("msg_1"));
  for (const char* spelling :
       {"+14155550100", "(415) 555-0100", "0014155550100", "tel:+1-415-555-0100", " 14155550100"}) {
    CallFilter filter;
    filter.numbers = {spelling};
    EXPECT_THAT(ids(archive.reader().find_calls(filter, {})), ElementsAre("cll_1")) << spelling;
    EXPECT_EQ(archive.reader().find_timeline({spelling}, {}, {}).rows.size(), 2u) << spelling;
  }
}

}  // namespace
}  // namespace callarchive
