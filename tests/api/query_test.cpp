#include "server/api/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callarchive::api {
namespace {

using Parameters = std::vector<std::pair<string, string>>;
using ::testing::ElementsAre;

http::Request asking(Parameters query, string path = "/v1/calls") {
  http::Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}

// What `read` makes of ?x=…; the query must be faultless.
template <typename Read>
auto read_x(Parameters query, Read read) {
  const http::Request request = asking(std::move(query));
  Query reader(request);
  const auto result = read(reader);
  reader.finish();
  return result;
}

http::HttpError refusal(const Parameters& query, const std::function<void(Query&)>& read) {
  const http::Request request = asking(query);
  Query reader(request);
  read(reader);
  try {
    reader.finish();
  } catch (const http::HttpError& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was refused";
  return {0, "", ""};
}

TEST(Query, ReadsInstants) {
  struct Row {
    const char* text;
    const char* tz;
    Millis expected;
  };
  const Row rows[] = {
      {"2024-01-15T10:30:00Z", "UTC", 1705314600000},
      {"2024-01-15T10:30:00.250Z", "UTC", 1705314600250},
      {"2024-01-15t10:30:00z", "UTC", 1705314600000},
      {"2024-01-15T12:30:00+02:00", "UTC", 1705314600000},
      {"2024-01-15T12:30:00 02:00", "UTC", 1705314600000},  // the '+' was not encoded
      {"2024-01-15 12:30:00 02:00", "UTC", 1705314600000},
      {"2024-01-15T05:30:00-05:00", "Europe/Paris", 1705314600000},  // an offset beats the zone
      {"2024-01-15", "UTC", 1705276800000},
      {"2024-01-15", "Europe/Paris", 1705273200000},
      {"2024-07-15", "Europe/Paris", 1720994400000},
      {"2024-03-31", "Europe/Paris", 1711839600000},       // clocks go forward at 2:00 of that day
      {"2024-04-01", "Europe/Paris", 1711922400000},       // 23 hours later
      {"2018-11-04", "America/Sao_Paulo", 1541300400000},  // the day begins at 1:00
      {"2024-11-03", "America/Havana", 1730606400000},     // midnight comes twice: the first
      {"2024-02-29", "UTC", 1709164800000},
      {"0001-01-01", "UTC", -62135596800000},
      {"0001-01-01T00:00:00Z", "UTC", -62135596800000},
      {"1699-12-31T23:59:59Z", "UTC", -8520336001000},
      {"2241-01-01T00:00:00Z", "UTC", 8551958400000},
      {"9999-12-31", "UTC", 253402214400000},
      {"9999-12-31T23:59:59Z", "UTC", 253402300799000},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(string(row.text) + " in " + row.tz);
    EXPECT_EQ(read_x({{"x", row.text}, {"tz", row.tz}}, [](Query& query) { return query.instant("x"); }), row.expected);
  }
  EXPECT_EQ(read_x({{"x", "2024-01-15"}}, [](Query& query) { return query.instant("x"); }), 1705276800000);
}

TEST(Query, RefusesWhatIsNoInstant) {
  for (const char* text : {"", " ", "yesterday", "2024-01-15T10:30:00", "2024-01-15 10:30", "2024-13-01", "2023-02-29",
                           "2024-1-5", "2024-01-15T25:00:00Z", "1705314600", "2024-01-15Z", "2024-01-15T10:30:00+2",
                           "2024-01-15T10:30:00Zjunk", "+02:00", "2024/01/15", "0000-01-01", "0000-01-01T00:00:00Z"}) {
    SCOPED_TRACE(text);
    const auto error = refusal({{"x", text}}, [](Query& query) { query.instant("x"); });
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.code(), "invalid_parameter");
    ASSERT_EQ(error.errors().size(), 1u);
    EXPECT_EQ(error.errors()[0].field, "x");
  }
}

TEST(Query, NamesAnUnknownTimeZoneOnce) {
  for (const char* zone : {"Mars/Olympus", "europe/paris", "../../etc/passwd", "+02:00", "localtime", "posixrules",
                           "right/UTC", "posix/UTC", "zone.tab"}) {
    SCOPED_TRACE(zone);
    const auto error = refusal({{"since", "2024-01-15"}, {"until", "2024-01-16"}, {"tz", zone}}, [](Query& query) {
      query.instant("since");
      query.instant("until");
    });
    ASSERT_EQ(error.errors().size(), 1u);
    EXPECT_EQ(error.errors()[0].field, "tz");
  }
}

TEST(Query, PutsThePlusBackIntoNumbers) {
  const std::pair<const char*, const char*> rows[] = {
      {"+14155550100", "+14155550100"},     {" 14155550100", "+14155550100"},
      {"(415) 555-0100", "(415) 555-0100"}, {"0014155550100", "0014155550100"},
      {"  14155550100 ", "+14155550100"},   {"38600", "38600"},
      {" (415) 555", "(415) 555"},          {"ACME", "ACME"},
      {"14155550100 ", "14155550100"},
  };
  for (const auto& [sent, expected] : rows) {
    SCOPED_TRACE(sent);
    EXPECT_EQ(read_x({{"x", sent}}, [](Query& query) { return query.number("x"); }), expected);
  }
}

TEST(Query, TakesSeveralNumbersInAnyOrder) {
  EXPECT_THAT(read_x({{"number", "38600"}, {"number", " 1415"}, {"number", "38600"}},
                     [](Query& query) { return query.numbers("number"); }),
              ElementsAre("+1415", "38600"));
}

TEST(Query, ReadsWordsRepeatedOrCommaSeparated) {
  const auto read = [](Query& query) { return query.words("has", {"recording", "transcript", "summary"}); };
  EXPECT_THAT(read_x({{"has", "transcript,recording"}}, read), ElementsAre("recording", "transcript"));
  EXPECT_THAT(read_x({{"has", "Transcript"}, {"has", "recording , transcript"}}, read),
              ElementsAre("recording", "transcript"));
  EXPECT_THAT(read_x({}, read), ElementsAre());
  for (const char* bad : {"video", "recording,", ",", "recording,,summary", "recording;summary"}) {
    SCOPED_TRACE(bad);
    const auto error = refusal({{"has", bad}}, read);
    EXPECT_EQ(error.code(), "invalid_parameter");
    EXPECT_THAT(error.errors().at(0).message, ::testing::HasSubstr("transcript"));
  }
}

TEST(Query, BoundsEveryListOfOneParameter) {
  Parameters hundred, more;
  string listed = "recording";
  for (int i = 0; i < 100; ++i) hundred.emplace_back("number", "+336" + std::to_string(10'000'000 + i));
  for (int i = 0; i < 100; ++i) listed += ",recording";
  more = hundred;
  more.emplace_back("number", "+33600000000");
  const auto numbers = [](Query& query) { return query.numbers("number"); };
  EXPECT_EQ(read_x(hundred, numbers).size(), 100u);
  const auto words = [](Query& query) { return query.words("has", {"recording", "transcript"}); };
  const auto too_many = refusal(more, numbers), too_long = refusal({{"has", listed}}, words);
  for (const auto& [error, field] : {std::pair(too_many, "number"), std::pair(too_long, "has")}) {
    EXPECT_EQ(error.status(), 400) << field;
    EXPECT_EQ(error.code(), "invalid_parameter") << field;
    ASSERT_EQ(error.errors().size(), 1u) << field;
    EXPECT_EQ(error.errors()[0].field, field);
    EXPECT_EQ(error.errors()[0].message, "expected at most 100 values");
  }
}

TEST(Query, ReadsMembers) {
  const auto members = [](Query& query) {
    string all;
    for (const auto& [key, value] : query.members("collected")) all += '[' + key + "][" + value + ']';
    return all;
  };
  const std::pair<const char*, const char*> rows[] = {{"order:4711", "[order][4711]"},
                                                      {"a:b:c", "[a][b:c]"},
                                                      {"empty:", "[empty][]"},
                                                      {" key : v ", "[ key ][ v ]"},
                                                      {"ключ:да", "[ключ][да]"}};
  for (const auto& [given, read] : rows) EXPECT_EQ(read_x({{"collected", given}}, members), read) << given;
  EXPECT_EQ(read_x({{"collected", "a:1"}, {"collected", "b:2"}}, members), "[a][1][b][2]");
  for (const char* given : {"order", ":4711", ":"}) {
    const auto error = refusal({{"collected", given}}, members);
    EXPECT_EQ(error.code(), "invalid_parameter") << given;
    ASSERT_EQ(error.errors().size(), 1u) << given;
    EXPECT_EQ(error.errors()[0].field, "collected") << given;
    EXPECT_EQ(error.errors()[0].message, "expected a key, a colon and a value, such as order:4711");
  }
}

TEST(Query, UpperCasesTheVendorsWords) {
  EXPECT_EQ(read_x({{"x", "inbound"}}, [](Query& query) { return query.upper_case("x"); }), "INBOUND");
  EXPECT_EQ(read_x({{"x", "Transferred_ai"}}, [](Query& query) { return query.upper_case("x"); }), "TRANSFERRED_AI");
}

TEST(Query, ReadsTheLimit) {
  EXPECT_EQ(read_x({}, [](Query& query) { return query.limit(); }), 50);
  EXPECT_EQ(read_x({{"limit", "1"}}, [](Query& query) { return query.limit(); }), 1);
  EXPECT_EQ(read_x({{"limit", "500"}}, [](Query& query) { return query.limit(); }), 500);
  for (const char* bad : {"0", "501", "-1", "ten", "1.5", "", "99999999999999999999", "5 ", " 5", "0x10"}) {
    SCOPED_TRACE(bad);
    const auto error = refusal({{"limit", bad}}, [](Query& query) { query.limit(); });
    EXPECT_EQ(error.code(), "invalid_parameter");
    EXPECT_EQ(error.errors().at(0).field, "limit");
  }
}

TEST(Query, TimeLimitIsOnlyLowered) {
  const auto read = [](Query& query) { return query.timeout(std::chrono::milliseconds(1000)).count(); };
  EXPECT_EQ(read_x({}, read), 1000);
  EXPECT_EQ(read_x({{"timeout_ms", "20"}}, read), 20);
  EXPECT_EQ(refusal({{"timeout_ms", "1001"}}, read).code(), "invalid_parameter");
  EXPECT_EQ(refusal({{"timeout_ms", "0"}}, read).code(), "invalid_parameter");
}

TEST(Query, RefusesASingleValueGivenTwice) {
  const auto error = refusal({{"direction", "inbound"}, {"direction", "outbound"}},
                             [](Query& query) { query.upper_case("direction"); });
  EXPECT_EQ(error.code(), "invalid_parameter");
  EXPECT_EQ(error.errors().at(0).field, "direction");
  EXPECT_EQ(error.errors().at(0).message, "expected only one value");
}

TEST(Query, NamesEveryMistakeAtOnce) {
  const auto error = refusal({{"limit", "0"}, {"form", "+1"}, {"since", "soon"}}, [](Query& query) {
    query.limit();
    query.instant("since");
  });
  EXPECT_EQ(error.status(), 400);
  EXPECT_EQ(error.code(), "unknown_parameter");
  vector<string> fields;
  for (const auto& field : error.errors()) fields.push_back(field.field);
  EXPECT_THAT(fields, ElementsAre("limit", "since", "form"));
}

string fingerprint(const Parameters& query, string path = "/v1/calls") {
  const http::Request request = asking(query, std::move(path));
  Query reader(request);
  reader.numbers("number");
  reader.upper_case("direction");
  reader.instant("since");
  reader.words("has", {"recording", "summary"});
  reader.limit();
  reader.counting();
  reader.includes_transcript();
  reader.finish();
  return reader.fingerprint();
}

TEST(Query, EqualQueriesHaveOneFingerprint) {
  const string base = fingerprint({{"number", "+1415"},
                                   {"number", "38600"},
                                   {"direction", "INBOUND"},
                                   {"since", "2024-01-15"},
                                   {"has", "recording,summary"}});
  EXPECT_EQ(base, fingerprint({{"has", "summary"},
                               {"since", "2024-01-15T00:00:00Z"},
                               {"direction", "inbound"},
                               {"number", "38600"},
                               {"number", " 1415"},
                               {"has", "recording"},
                               {"limit", "7"},
                               {"count", "exact"},
                               {"include", "transcript"}}));
}

TEST(Query, TheOrderOfReadsDoesNotChangeTheFingerprint) {
  const http::Request request = asking({{"direction", "INBOUND"}, {"tag", "a"}, {"min_duration", "5"}}, "/v1/calls");
  Query one(request), other(request);
  one.text("tag"), one.seconds("min_duration"), one.upper_case("direction");
  other.upper_case("direction"), other.text("tag"), other.seconds("min_duration");
  EXPECT_EQ(one.fingerprint(), other.fingerprint());
}

TEST(Query, OtherQueriesHaveOtherFingerprints) {
  vector<string> prints = {
      fingerprint({}),
      fingerprint({}, "/v1/messages"),
      fingerprint({{"number", "+1415"}}),
      fingerprint({{"number", "+1416"}}),
      fingerprint({{"direction", "inbound"}}),
      fingerprint({{"since", "2024-01-15"}}),
      fingerprint({{"since", "2024-01-15"}, {"tz", "Europe/Paris"}}),
      fingerprint({{"has", "summary"}}),
      fingerprint({{"number", "1\nnumber 1 2"}}),
      fingerprint({{"number", "1 1 2"}}),
      fingerprint({{"number", "1"}, {"number", "2"}}),
  };
  std::sort(prints.begin(), prints.end());
  EXPECT_EQ(std::adjacent_find(prints.begin(), prints.end()), prints.end());
}

}  // namespace
}  // namespace callarchive::api
