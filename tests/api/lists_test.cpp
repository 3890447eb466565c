#include "server/http/url.h"
#include "tests/api/asking.h"

#include <gmock/gmock.h>

namespace callarchive::test {
namespace {

using nlohmann::json;

class Lists : public Asking {
 protected:
  void receive_call(int n) {
    receive({{"topic", "CALL_RECEIVED"},
             {"data",
              {{"id", "cll_" + std::to_string(n)},
               {"start_date", "2026-03-02T09:15:0" + std::to_string(n) + "Z"},
               {"from_number", "+1415555010" + std::to_string(n % 2)},
               {"to", "+33184800000"},
               {"type", n % 3 == 0 ? "OUTBOUND" : "INBOUND"}}}});
  }

  static vector<string> ids(const nlohmann::ordered_json& list) {
    vector<string> found;
    for (const auto& row : list["data"]) found.push_back(row["id"]);
    return found;
  }
};

TEST_F(Lists, LinkLeadsThroughEveryRowOnce) {
  for (int n = 0; n < 7; ++n) receive_call(n);
  vector<string> seen;
  string target = "/v1/calls?number=%2B33184800000&limit=3";
  while (!target.empty()) {
    const auto response = get(target);
    ASSERT_EQ(response.status, 200) << response.body;
    for (const auto& id : ids(nlohmann::ordered_json::parse(response.body))) seen.push_back(id);
    const string link = header(response, "Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_EQ(seen, (vector<string>{"cll_6", "cll_5", "cll_4", "cll_3", "cll_2", "cll_1", "cll_0"}));
}

TEST_F(Lists, NewRowsDoNotDisturbAWalk) {
  for (int n = 0; n < 4; ++n) receive_call(n);
  const auto first = ask("/v1/calls?limit=2");
  receive_call(8);
  const auto second = ask("/v1/calls?limit=500&cursor=" + first["page"]["next_cursor"].get<string>());
  EXPECT_EQ(ids(second), (vector<string>{"cll_1", "cll_0"}));
  EXPECT_FALSE(second["page"]["has_more"]);
  EXPECT_TRUE(second["page"]["next_cursor"].is_null());
}

TEST_F(Lists, CursorOfAnotherQueryIsRefused) {
  for (int n = 0; n < 3; ++n) receive_call(n);
  const string cursor = ask("/v1/calls?limit=1")["page"]["next_cursor"];
  for (const char* target : {"/v1/calls?direction=inbound&cursor=", "/v1/messages?cursor=",
                             "/v1/numbers/+33184800000/calls?cursor=", "/v1/calls?cursor=x"}) {
    EXPECT_EQ(refused(target + cursor, 400), "invalid_cursor") << target;
  }
  EXPECT_EQ(refused("/v1/calls?limit=x&cursor=zzz", 400), "invalid_parameter");
}

TEST_F(Lists, ExactCountIsOfAllPages) {
  for (int n = 0; n < 7; ++n) receive_call(n);
  for (const char* count : {"exact", "capped"}) {
    const auto page = ask(string("/v1/calls?limit=2&count=") + count)["page"];
    EXPECT_EQ(page["total"], 7);
    EXPECT_EQ(page["total_is_exact"], true);
  }
  EXPECT_EQ(refused("/v1/calls?count=some", 400), "invalid_parameter");
  EXPECT_EQ(ask("/v1/calls?direction=outbound&count=exact&limit=1")["page"]["total"], 3);
  EXPECT_FALSE(ask("/v1/calls?limit=2")["page"].contains("total"));
}

TEST_F(Lists, OneNumberInEverySpelling) {
  for (int n = 0; n < 2; ++n) receive_call(n);
  for (const char* spelling :
       {"+14155550101", "%2B14155550101", "(415)%20555-0101", "0014155550101", "415.555.0101", "tel:+1-415-555-0101"}) {
    EXPECT_EQ(ids(ask(string("/v1/calls?number=") + spelling)), vector<string>{"cll_1"}) << spelling;
  }
  // As they stand in documents: narrow blanks, typographic dashes, the digits of other scripts.
  for (const char* spelling :
       {"+1\u202f415\u202f555\u202f0101", "+1\u2011415\u2013555\u22120101",
        "+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0660\u0661",
        "\u0664\u0661\u0665\u200a\u0665\u0665\u0665\u2009\u0660\u0661\u0660\u0661",
        "\uff0b\uff11\u3000\uff08\uff14\uff11\uff15\uff09\uff15\uff15\uff15\uff0d\uff10\uff11\uff10\uff11"}) {
    const string target = http::percent_encode(spelling);
    EXPECT_EQ(ids(ask("/v1/calls?number=" + target)), vector<string>{"cll_1"}) << spelling;
    EXPECT_EQ(ids(ask("/v1/numbers/" + target + "/calls")), vector<string>{"cll_1"}) << spelling;
  }
}

TEST_F(Lists, ContactFilterWithoutAWordIsRefused) {
  receive({{"topic", "CONTACT_CREATED"}, {"data", {{"id", "con_1"}, {"name", "Ada"}, {"company", "Fils & Cie"}}}});
  for (const string field : {"name", "company"}) {
    for (const char* text : {"%25", "_", "*", "-", "%CC%81", "%C2%AD", "%E2%82%AC"}) {
      for (const char* route : {"/v1/contacts?", "/v1/contacts?count=exact&", "/v1/export/contacts?"}) {
        const string target = route + field + '=' + text;
        EXPECT_EQ(refused(target, 400), "invalid_parameter") << target;
        EXPECT_EQ(json::parse(get(target).body)["errors"][0]["field"], field) << target;
      }
    }
  }
  EXPECT_EQ(ids(ask("/v1/contacts?name=%25ada")), vector<string>{"con_1"});
  EXPECT_EQ(ids(ask("/v1/contacts?company=fils")), vector<string>{"con_1"});
}

TEST_F(Lists, VersionsArePaged) {
  for (const char* name : {"Ada", "Bea", "Cleo"}) {
    receive({{"topic", "CONTACT_UPDATED"}, {"data", {{"id", "con_1"}, {"name", name}}}});
  }
  const auto first = ask("/v1/contacts/con_1/versions?limit=2&count=exact");
  EXPECT_EQ(first["data"].size(), 2u);
  EXPECT_EQ(first["data"][0]["contact"]["name"], "Cleo");
  EXPECT_EQ(first["page"]["total"], 3);
  const auto second = ask("/v1/contacts/con_1/versions?limit=2&cursor=" + first["page"]["next_cursor"].get<string>());
  EXPECT_EQ(second["data"].size(), 1u);
  EXPECT_EQ(second["data"][0]["contact"]["name"], "Ada");
}

TEST_F(Lists, UnknownThingsAreNotFound) {
  for (const char* target :
       {"/v1/calls/x", "/v1/calls/x/transcript", "/v1/calls/x/chain", "/v1/messages/x", "/v1/contacts/x",
        "/v1/contacts/x/timeline", "/v1/contacts/x/versions", "/v1/numbers/+14155550199",
        "/v1/numbers/+14155550199/calls", "/v1/numbers/+14155550199/messages", "/v1/numbers/+14155550199/timeline",
        "/v1/deliveries/1", "/v1/deliveries/x", "/v1/deliveries/-1", "/v1/deliveries/99999999999999999999"}) {
    EXPECT_EQ(refused(target, 404), "not_found") << target;
  }
}

TEST_F(Lists, KnownTagIsNotSentAgain) {
  receive_call(1);
  const string tag = header(get("/v1/calls/cll_1"), "ETag");
  ASSERT_FALSE(tag.empty());
  for (const string& known : {tag, "\"other\", W/" + tag, string("*")}) {
    const auto response = get("/v1/calls/cll_1", {{"if-none-match", known}});
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(header(response, "ETag"), tag);
  }
  EXPECT_EQ(get("/v1/calls/cll_1", {{"if-none-match", "\"other\""}}).status, 200);
  receive({{"topic", "CALL_RECEIVED"}, {"data", {{"id", "cll_1"}, {"summary", "Late."}}}});
  EXPECT_EQ(get("/v1/calls/cll_1", {{"if-none-match", tag}}).status, 200);
}

TEST_F(Lists, RawDeliveryIsByteForByte) {
  const string body = "{\"topic\": \"PING\", \"x\": \"\\u0000\" }\n";
  receive(body);
  const auto response = get("/v1/deliveries/1?raw=true");
  EXPECT_EQ(response.body, body);
  EXPECT_EQ(response.content_type, "application/octet-stream");
}

TEST_F(Lists, RunningOutOfTimeIsAnErrorAndPasses) {
  receive_call(1);
  {
    vector<Reader> all;
    for (std::size_t i = 0; i < ArchiveOptions().readers; ++i) all.push_back(archive().reader());
    EXPECT_EQ(refused("/v1/calls?timeout_ms=1", 503), "query_timeout");
    EXPECT_EQ(refused("/v1/calls/cll_1?timeout_ms=1", 503), "query_timeout");
  }
  EXPECT_EQ(ask("/v1/calls?timeout_ms=1000")["data"].size(), 1u);
}

TEST_F(Lists, ReadyOnlyWhileItCanWrite) {
  EXPECT_EQ(ask("/readyz")["status"], "ready");
  archive().close();
  EXPECT_EQ(refused("/readyz", 503), "not_ready");
  EXPECT_EQ(ask("/livez")["status"], "alive");
}

}  // namespace
}  // namespace callarchive::test
