// What calls, contacts and users are after all that was said of them: the rules of docs/ordering.md, one by one.

#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

namespace callarchive {
namespace {

using test::TemporaryArchive;
using testing::ElementsAre;

constexpr Millis kStart = 1'705'312'800'000;  // 2024-01-15T10:00:00Z

ContactChanged contact(const string& name) {
  ContactChanged said{.id = "con-1"};
  said.name = name;
  return said;
}

TEST(State, AContactIsUpdatedWhenItChanges) {
  TemporaryArchive archive;
  archive.tell(contact("Ann"), kStart);
  archive.tell(contact("Ann"), kStart + 2000);
  const auto same = archive.reader().find_contact("con-1");
  EXPECT_EQ(same->created_at, kStart);
  EXPECT_EQ(same->updated_at, kStart);
  archive.tell(contact("Eve"), kStart + 3000);
  archive.tell(contact("Eve"), kStart + 4000);
  EXPECT_EQ(archive.reader().find_contact("con-1")->updated_at, kStart + 3000);
  // Late news between two equal states: what follows it is a change back.
  archive.tell(contact("Bob"), kStart + 3500);
  EXPECT_EQ(archive.reader().find_contact("con-1")->updated_at, kStart + 4000);
  // Earlier news.
  archive.tell(contact("Zoe"), kStart - 1000);
  const auto now = archive.reader().find_contact("con-1");
  EXPECT_EQ(now->created_at, kStart - 1000);
  EXPECT_EQ(now->updated_at, kStart + 4000);
  EXPECT_EQ(archive.reader().find_contact_versions("con-1").front().at, now->updated_at);
}

// The vendor's id of a company is not shown: states that differ in it alone look the same.
TEST(State, AnotherIdOfTheSameCompanyIsNotAChange) {
  TemporaryArchive archive;
  auto said = contact("Ann");
  said.company = Company{"com_1", "Acme"};
  archive.tell(said, kStart);
  said.company = Company{"com_2", "Acme"};
  archive.tell(said, kStart + 1000);
  EXPECT_EQ(archive.reader().find_contact_versions("con-1").size(), 1u);
  EXPECT_EQ(archive.reader().find_contact("con-1")->updated_at, kStart);
}

TEST(State, BlankTextIsNotANumberInAnyVersion) {
  TemporaryArchive archive;
  auto said = contact("Ann");
  said.numbers = vector<string>{" ", "+33612345678", "\u200b", "tel:"};
  archive.tell(said, kStart);
  EXPECT_THAT(archive.reader().find_contact("con-1")->numbers, ElementsAre("+33612345678"));
  EXPECT_THAT(archive.reader().find_contact_versions("con-1").front().state.numbers, ElementsAre("+33612345678"));
}

TEST(State, NumbersOfAnyKindAreJoinedByTheirCanonicalTextAlone) {
  TemporaryArchive archive({.default_region = "FR"});
  auto said = contact("Oregon Dental");
  said.numbers = vector<string>{"(458) 555-0142"};
  archive.tell(said, kStart);
  archive.tell(CallCompleted{.id = "cll-dk", .started_at = kStart, .from_number = "+4585550142"});
  EXPECT_TRUE(archive.reader().find_number("+4585550142")->contacts.empty());
  EXPECT_EQ(archive.reader().find_number("(458) 555-0142")->contacts.size(), 1u);
}

TEST(State, AnExtensionIsJoinedWithItsNumberAndShownAsSent) {
  TemporaryArchive archive;
  archive.tell(CallCompleted{.id = "cll-1", .started_at = kStart, .from_number = "+1 415 555 0100 ext. 4"});
  EXPECT_EQ(archive.reader().find_number("+14155550100")->call_count, 1);
  EXPECT_EQ(archive.reader().find_call("cll-1", false)->from_number, "+1 415 555 0100 ext. 4");
}

TEST(State, AnAddressInAnyCaseIsOneUser) {
  for (const bool capitals_first : {true, false}) {
    TemporaryArchive archive;
    const char* spellings[] = {"LÉA@Example.org", "léa@example.org"};
    archive.tell(CallCompleted{.id = "cll-1", .started_at = kStart, .user_email = spellings[capitals_first ? 0 : 1]});
    archive.tell(CallCompleted{.id = "cll-2", .started_at = kStart, .user_email = spellings[capitals_first ? 1 : 0]});
    EXPECT_EQ(archive.ask("SELECT count(*) || ' ' || email FROM users"), "1 LÉA@Example.org");
    CallFilter filter;
    filter.user_email = "Léa@example.ORG";
    EXPECT_EQ(archive.reader().count_calls(filter, true).total, 2);
    EXPECT_EQ(archive.reader().find_stats({.by = StatsGroup::user}).rows.size(), 1u);
  }
}

TEST(State, WordsOfTheVendorAreAskedForInAnyCase) {
  TemporaryArchive archive;
  archive.tell(CallCompleted{.id = "cll-1", .started_at = kStart, .direction = "Internal", .result = "Missed"});
  archive.tell(CallCompleted{.id = "cll-2", .started_at = kStart, .direction = "INTERNAL", .result = "MISSED"});
  archive.tell(
      MessageStored{.id = "msg-1", .sent_at = kStart, .direction = "internal", .type = "mms", .content = "word"});
  archive.tell(CallCompleted{.id = "cll-3", .started_at = kStart, .result = "ANSWERED", .summary = "word"});
  for (const char* result : {"Missed", "missed", "MISSED"}) {
    CallFilter filter;
    filter.result = result;
    EXPECT_EQ(archive.reader().count_calls(filter, true).total, 2) << result;
    StatsQuery query;
    query.result = result;
    EXPECT_EQ(archive.reader().find_stats(query).total.calls, 2) << result;
  }
  for (const char* direction : {"Internal", "internal", "INTERNAL"}) {
    StatsQuery query;
    query.direction = direction;
    EXPECT_EQ(archive.reader().find_stats(query).total.calls, 2) << direction;
    EXPECT_EQ(archive.reader().find_stats(query).total.messages, 1) << direction;
    SearchFilter search;
    search.q = "word";
    search.direction = direction;
    EXPECT_EQ(archive.reader().count_search_hits(search, true).total, 1) << direction;
  }
  for (const char* type : {"mms", "MMS", "Mms"}) {
    EXPECT_EQ(archive.reader().count_messages({.type = type}, true).total, 1) << type;
  }
  const auto by_result = archive.reader().find_stats({.by = StatsGroup::result}).rows;
  ASSERT_EQ(by_result.size(), 3u);  // the message has none
  EXPECT_EQ(by_result.front().value, "MISSED");
  EXPECT_EQ(by_result.front().calls, 2);
}

TEST(State, AJoinedTranscriptIsThereWhenItWasSent) {
  TemporaryArchive archive;
  CallCompleted call{.id = "cll-1", .started_at = kStart};
  call.transcript = {{.position = 0, .source = "USER", .text = "hello"}};
  archive.tell(call, kStart);
  EXPECT_EQ(archive.reader().find_call("cll-1", true)->concatenated_transcript, std::nullopt);
  archive.tell(TagChanged{"cll-1", "late", true}, kStart + 1);
  EXPECT_EQ(archive.reader().find_call("cll-1", true)->concatenated_transcript, std::nullopt);
  call.concatenated_transcript = "USER: hello";
  archive.tell(call, kStart + 2);
  EXPECT_EQ(archive.reader().find_call("cll-1", true)->concatenated_transcript, "USER: hello");
  archive.tell(TagChanged{"cll-1", "later", true}, kStart + 3);
  EXPECT_EQ(archive.reader().find_call("cll-1", true)->concatenated_transcript, "USER: hello");
  // New entries without a text of their own replace both.
  call.transcript.front().text = "good bye";
  call.concatenated_transcript.reset();
  archive.tell(call, kStart + 4);
  EXPECT_EQ(archive.reader().find_call("cll-1", true)->concatenated_transcript, std::nullopt);
}

TEST(State, AChainShowsItsMembersAlsoWhereItsFirstCallNeverCame) {
  TemporaryArchive archive;
  archive.tell(CallCompleted{.id = "cll-2", .started_at = kStart, .transfer_original_call_id = "cll_1"});
  archive.tell(CallCompleted{.id = "cll-3", .started_at = kStart + 1000, .transfer_original_call_id = "cll-1"});
  archive.tell(CallCompleted{.id = "cll-4", .started_at = kStart + 2000, .transfer_original_call_id = "cll-3"});
  archive.tell(CallCompleted{.id = "cll-9", .started_at = kStart});
  for (const char* id : {"cll-2", "cll-3", "cll-4"}) {
    vector<string> ids;
    for (const auto& call : archive.reader().find_call_chain(id)) ids.push_back(call.id);
    EXPECT_THAT(ids, ElementsAre("cll-2", "cll-3", "cll-4")) << id;
  }
}

TEST(State, WhateverWasNamedHasARow) {
  TemporaryArchive archive;
  CallRinging ringing{.kind = "received", .started_at = kStart};
  ringing.contact_numbers = {"+14155550197"};
  ringing.company = Company{"com_r", "Ring Ltd"};
  archive.tell(ringing, kStart);
  CallCompleted call{.id = "cll-1", .started_at = kStart};
  call.transfer_to = TransferParty{.number = "+14155550198", .user_email = "zoe@example.org"};
  archive.tell(call, kStart);
  EXPECT_TRUE(archive.reader().find_number("+14155550197"));
  EXPECT_TRUE(archive.reader().find_number("+14155550198"));
  EXPECT_EQ(archive.ask("SELECT name FROM companies WHERE vendor_id = 'com_r'"), "Ring Ltd");
  EXPECT_EQ(archive.ask("SELECT count(*) FROM users WHERE email = 'zoe@example.org'"), "1");
}

// Tells of two events within one millisecond, in this order of arrival: microseconds, then a name.
string name_after(const vector<std::pair<int, string>>& events) {
  TemporaryArchive archive;
  for (const auto& [micros, name] : events)
    archive.tell_at(CallCompleted{.id = "cll-1", .from_name = name}, kStart, micros);
  for (const auto& [micros, name] : events) archive.tell_at(contact(name), kStart, micros);
  EXPECT_EQ(archive.reader().find_contact("con-1")->name, archive.reader().find_call("cll-1", false)->from_name);
  return archive.reader().find_call("cll-1", false)->from_name.value_or("?");
}

TEST(State, WithinAMillisecondTheMicrosecondsDecide) {
  EXPECT_EQ(name_after({{900, "late"}, {100, "early"}}), "late");
  EXPECT_EQ(name_after({{100, "early"}, {900, "late"}}), "late");
  EXPECT_EQ(name_after({{500, "middle"}, {900, "late"}, {100, "early"}}), "late");
  EXPECT_EQ(name_after({{900, "late"}, {500, "middle"}, {100, "early"}, {0, "first"}}), "late");
}

}  // namespace
}  // namespace callarchive
