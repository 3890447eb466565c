#include "server/text/sent_time.h"

#include "server/ingest/decode.h"
#include "server/text/time_text.h"
#include "tests/ingest/event_text.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

namespace callarchive {
namespace {

constexpr Micros kInstant = 1'772'442'900'000'000;  // 2026-03-02T09:15:00Z, a Monday

TEST(SentTime, ReadsEverySpellingOfOneInstant) {
  const char* rows[] = {
      // RFC 3339 and ISO 8601
      "2026-03-02T09:15:00Z",
      "2026-03-02t09:15:00z",
      "2026-03-02 09:15:00Z",
      "2026-03-02T09:15:00.000Z",
      "2026-03-02T09:15:00,000000Z",
      "2026-03-02T09:15:00.000000000000Z",
      "2026-03-02T09:15Z",
      "2026-03-02T09:15:00",
      "2026-03-02T10:15:00+01:00",
      "2026-03-02T10:15:00+0100",
      "2026-03-02T10:15:00+01",
      "2026-03-02T10:15:00 +01:00",
      "2026-03-02T04:15:00\xE2\x88\x92"
      "05:00",
      "2026-03-02T14:45:00+05:30",
      "2026/03/02 09:15:00",
      "2026-03-02, 09:15:00",
      "2026-03-02_09:15:00",
      "20260302T091500Z",
      "20260302T0915Z",
      "20260302T101500+0100",
      // RFC 9557
      "2026-03-02T10:15:00+01:00[Europe/Paris]",
      "2026-03-02T10:15:00+01:00[Europe/Paris][u-ca=gregory]",
      "2026-03-02T09:15:00Z[UTC]",
      "2026-03-02T09:15Z[!Etc/UTC]",
      // with a word for the zone
      "2026-03-02 09:15:00 UTC",
      "2026-03-02 09:15:00UTC",
      "2026-03-02 09:15:00 utc",
      "2026-03-02T09:15:00 Z",
      "2026-03-02 09:15:00 GMT",
      "2026-03-02 09:15:00 +0000",
      "2026-03-02 09:15:00 -0000",
      "2026-03-02 09:15:00 +0000 UTC",
      "2026-03-02 10:15:00 +0100 CET",
      "2026-03-02 10:15:00.0 CET",
      "2026-03-02 10:15:00 UTC+01:00",
      "2026-03-02 10:15:00 GMT+0100",
      "2026-03-02 09:15:00 AM UTC",
      "2026-03-02 09:15 a.m.",
      // RFC 2822, with what it still allows
      "Mon, 02 Mar 2026 09:15:00 +0000",
      "Mon, 2 Mar 2026 10:15:00 +0100",
      "2 Mar 2026 09:15 GMT",
      "Mon, 02 Mar 2026 09:15:00 GMT",
      "Mon, 02 Mar 2026 04:15:00 EST",
      "Mon, 02 Mar 2026 02:15:00 MST",
      "Mon, 02 Mar 26 09:15:00 UT",
      "Mon, 02 Mar 2026 10:15:00 +0100 (CET)",
      "mon, 02 mar 2026 09:15:00 z",
      // RFC 850, asctime and what resembles them
      "Monday, 02-Mar-26 09:15:00 GMT",
      "Mon, 02-Mar-2026 09:15:00 GMT",
      "Mon Mar  2 09:15:00 2026",
      "Mon Mar  2 09:15:00 UTC 2026",
      "Mon Mar 02 10:15:00 CET 2026",
      "Mon Mar 02 2026 10:15:00 GMT+0100 (Central European Standard Time)",
      "Mar 2, 2026, 9:15:00 AM",
      "Mar 2, 2026, 9:15:00\xE2\x80\xAF"
      "AM",
      "March 2, 2026 at 9:15 AM UTC",
      "2 March 2026 09:15",
      // since 1970
      "1772442900",
      "1772442900.0",
      "1772442900.000000",
      "1.7724429e9",
      "1.7724429E+12",
      "1772442900000",
      "1772442900000.0",
      "1772442900000000",
      "1772442900000000000",
      // blanks around
      " 2026-03-02T09:15:00Z",
      "2026-03-02T09:15:00Z\n",
      "\t1772442900 ",
      "\xC2\xA0"
      "2026-03-02T09:15:00Z\xEF\xBB\xBF",
  };
  for (const char* row : rows) EXPECT_EQ(parse_sent_time(row), kInstant) << row;
}

TEST(SentTime, ReadsTheEdges) {
  const std::pair<const char*, Micros> rows[] = {
      {"2026-03-01T24:00:00Z", kInstant - 9 * kHour - 15 * kMinute},
      {"2026-03-01 24:00", kInstant - 9 * kHour - 15 * kMinute},
      {"2026-03-01T24:00:00.000+00:00", kInstant - 9 * kHour - 15 * kMinute},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800 * kSecond},
      {"2026-03-02T09:15:00.123456789Z", kInstant + 123'456},
      {"2026-03-02T09:15:00,5Z", kInstant + 500'000},
      {"1772442900.123456", kInstant + 123'456},
      {"1772442900123", kInstant + 123'000},
      {"1772442900123.4567", kInstant + 123'456},
      {"1772442900123456", kInstant + 123'456},
      {"1772442900123456789", kInstant + 123'456},
      {"2026-03-02 12:15:00 AM", kInstant - 9 * kHour},
      {"2026-03-02 12:15:00 PM", kInstant + 3 * kHour},
      {"2026-03-02 09:15:00 PM", kInstant + 12 * kHour},
      {"Sun Nov  6 08:49:37 1994", 784'111'777 * kSecond},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784'111'777 * kSecond},
      {"1700-01-01T00:00:00Z", -8'520'336'000 * kSecond},
      {"2240-12-31T23:59:59Z", 8'551'958'399 * kSecond},
      {"100000000", 100'000'000 * kSecond},
  };
  for (const auto& [text, instant] : rows) EXPECT_EQ(parse_sent_time(text), instant) << text;
}

TEST(SentTime, ReadsNothingThatMayMeanSeveralInstantsOrNone) {
  const char* rows[] = {
      "",
      " ",
      "soon",
      "2026",
      "0",
      "17",
      "-1772442900",
      "99999999",
      "20260302",
      "20260302091500",
      "2026-03-02",
      "2 March 2026",
      "02/03/2026 09:15:00",
      "02.03.2026 09:15",
      "09:15:00",
      "2026-03-02T25:00:00Z",
      "2026-03-02T24:00:01Z",
      "2026-03-02T24:01Z",
      "2026-03-02T09:60:00Z",
      "2026-03-02T09:15:61Z",
      "2026-03-02T09:15:00.Z",
      "2026-02-30T09:15:00Z",
      "0000-00-00T00:00:00Z",
      "0001-01-01T00:00:00Z",
      "2026-03-02T09:15:00+",
      "2026-03-02T09:15:00+1",
      "2026-03-02T09:15:00+25:00",
      "2026-03-02T10:15:00 Europe/Paris",
      "2026-03-02T10:15:00 IST",
      "2026-03-02 10:15:00 CST",
      "2026-03-02T09:15:00ZZ",
      "2026-03-02T09:15:00Z and more",
      "2026-03-02 13:15:00 PM",
      "Mon, 02 Mar 2026",
      "Mon, 02 Mar 2026 09:15:00 10:15:00",
      "Mon, 02 Mar Apr 2026 09:15:00",
      "Mon, 32 Mar 2026 09:15:00 +0000",
      "1e99",
      "1.2.3",
      ".",
      "E+9",
      "99999999999999999999",
      "9999999999999",
      "2241-01-01T00:00:00Z",
      "[Europe/Paris]",
      "(comment)",
  };
  for (const char* row : rows) EXPECT_EQ(parse_sent_time(row), std::nullopt) << row;
  EXPECT_EQ(parse_sent_time(string(1000, '1')), std::nullopt);
}

TEST(SentTime, ReadsWhatAnswersAreWrittenIn) {
  for (Millis instant = -8'520'336'000'000; instant < 8'551'958'399'000; instant += 987'654'321'098) {
    EXPECT_EQ(parse_sent_time(format_instant(instant)), instant * 1000) << format_instant(instant);
  }
}

// --- In deliveries ------------------------------------------------------------------------------

string call(const string& members) { return R"({"topic":"CALL_RECEIVED","data":{"id":"c1",)" + members + "}}"; }

TEST(UnreadableTime, GivesTheDeliveryAReasonThatNamesTheField) {
  const std::pair<string, const char*> rows[] = {
      {call(R"("start_date":"soon")"), "unreadable time in start_date"},
      {call(R"("startDate":"soon")"), "unreadable time in startDate"},
      {call(R"("start_date":true)"), "unreadable time in start_date"},
      {call(R"("start_date":{"at":1})"), "unreadable time in start_date"},
      {call(R"("start_date":17)"), "unreadable time in start_date"},
      {call(R"("start_date":"0001-01-01T00:00:00Z")"), "unreadable time in start_date"},
      {call(R"("transcriptions":[{"text":"a","time":"1 s"}])"), "unreadable time in transcriptions[0].time"},
      {call(R"("start_date":"x","transcriptions":[{"text":"a","time":"y"}])"),
       "unreadable time in start_date and transcriptions[0].time"},
      {call(
           R"("start_date":"x","transcriptions":[{"text":"a","time":"y"},{"text":"b","time":"y"},{"text":"b","time":7}])"),
       "unreadable time in start_date, transcriptions[0].time, transcriptions[1].time and 1 more"},
      {R"({"topic":"SMS_SENT","data":{"id":"m","sent_at":"x"}})", "unreadable time in sent_at"},
      {R"({"topic":"call.received","version":"2.0","data":{"from_number":"+1","started_at":"x","answered_at":"y"}})",
       "unreadable time in started_at and answered_at"},
      {R"({"topic":"contact.updated","version":"2.0","timestamp":"x","data":{"id":"k"}})",
       "unreadable time in timestamp"},
      {R"({"event":"call.received","timestamp":"x","call":{"id":"c1"}})", "unreadable time in timestamp"},
  };
  for (const auto& [body, reason] : rows) {
    Delivery delivery{.body = body};
    const Opened opened = open_and_decode(delivery);
    EXPECT_EQ(delivery.remark, reason) << body;
    EXPECT_GT(opened.unreadable_times, 0u) << body;
    EXPECT_FALSE(std::holds_alternative<Quarantined>(opened.event)) << body;
  }
}

TEST(UnreadableTime, StandsBesideTheReasonOfWhatIsNotApplied) {
  Delivery noted{.body = R"({"topic":"tomorrow","version":"3.0","timestamp":"x"})"};
  EXPECT_EQ(decode(noted), Event(Noted{"unknown topic tomorrow; unreadable time in timestamp"}));
  Delivery quarantined{.body = R"({"topic":"CALL_RECEIVED","data":{"start_date":"x"}})"};
  EXPECT_EQ(decode(quarantined),
            Event(Quarantined{"a call without an id, a start or a number; unreadable time in start_date"}));
}

TEST(UnreadableTime, IsNoneWhereNothingWasSaid) {
  for (const char* members : {R"("start_date":null)", R"("start_date":"")", R"("summary":"x")",
                              R"("start_date":"2026-03-02T09:15:00Z")", R"("start_date":1772442900000)"}) {
    Delivery delivery{.body = call(members)};
    EXPECT_EQ(open_and_decode(delivery).unreadable_times, 0u) << members;
    EXPECT_EQ(delivery.remark, std::nullopt) << members;
  }
}

TEST(UnreadableTime, IsFoundInTheLedgerByItsReason) {
  const test::TemporaryFolder folder;
  Archive archive({.path = folder.file("archive.db")}, decode);
  std::int64_t number = 0;
  for (const char* start : {"soon", "2026-03-02T09:15:00Z", "02/03/2026 09:15"}) {
    Delivery delivery{.body = call(R"("start_date":")" + string(start) + '"'), .received_at = ++number};
    Event event = decode(delivery);
    const Receipt receipt = archive.store(delivery, std::move(event));
    EXPECT_EQ(receipt.status, Receipt::Status::stored) << start;
    EXPECT_EQ(receipt.reason.has_value(), number != 2) << start;
  }
  const auto find = [&](const string& reason) {
    vector<std::int64_t> found;
    for (const auto& row : archive.reader().find_deliveries({.reason = reason}, {}).rows) found.push_back(row.delivery);
    EXPECT_EQ(archive.reader().count_deliveries({.reason = reason}, true).total,
              static_cast<std::int64_t>(found.size()));
    return found;
  };
  EXPECT_EQ(find("start_date"), (vector<std::int64_t>{3, 1}));
  EXPECT_EQ(find("Unreadable time"), (vector<std::int64_t>{3, 1}));
  EXPECT_EQ(find("%"), vector<std::int64_t>{});
  EXPECT_EQ(find("sent_at"), vector<std::int64_t>{});
}

}  // namespace
}  // namespace callarchive
