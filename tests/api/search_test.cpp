#include "tests/api/asking.h"

#include <gmock/gmock.h>

#include <random>

namespace callarchive::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

class Search : public Asking {
 protected:
  void receive_call(const string& id, const string& start, json more) {
    json data = {{"id", id},
                 {"start_date", start},
                 {"from_number", "+14155550100"},
                 {"to", "+33184800000"},
                 {"type", "INBOUND"}};
    data.update(more);
    receive({{"topic", "CALL_RECEIVED"}, {"data", data}});
  }

  static vector<string> ids(const nlohmann::ordered_json& hits) {
    vector<string> found;
    for (const auto& hit : hits["data"]) found.push_back(hit[hit["kind"].get<string>()]["id"]);
    return found;
  }
};

TEST_F(Search, TellsWhereTheWordsStand) {
  receive_call("cll_1", "2026-03-02T09:15:00Z",
               {{"summary", "Une table au Café."},
                {"transcriptions",
                 {{{"source", "AGENT"}, {"time", "2026-03-02T09:15:04Z"}, {"text", "Bonjour."}},
                  {{"source", "EXTERNAL"}, {"time", "2026-03-02T09:15:09Z"}, {"text", "A table, 😀 a cafe table."}}}}});
  const auto hits = ask("/v1/search?q=cafe+table");
  ASSERT_EQ(hits["data"].size(), 1u);
  const auto& hit = hits["data"][0];
  EXPECT_EQ(hit["kind"], "call");
  EXPECT_EQ(hit["at"], "2026-03-02T09:15:00.000Z");
  EXPECT_EQ(hit["call"]["id"], "cll_1");
  const auto& entry = hit["matches"][0];
  EXPECT_EQ(entry["field"], "transcript");
  EXPECT_EQ(entry["position"], 1);
  EXPECT_EQ(entry["source"], "EXTERNAL");
  EXPECT_EQ(entry["start_seconds"], 9);
  EXPECT_EQ(entry["ranges"].dump(), "[[2,7],[13,17],[18,23]]");
  const auto& field = hit["matches"][1];
  EXPECT_EQ(field["field"], "summary");
  EXPECT_TRUE(field["position"].is_null());
  EXPECT_EQ(field["ranges"].dump(), "[[4,9],[13,17]]");
}

TEST_F(Search, PagesThroughContactsAndThenItems) {
  for (int n = 0; n < 3; ++n) {
    const string number = std::to_string(n);
    receive({{"topic", "CONTACT_CREATED"}, {"data", {{"id", "con_" + number}, {"name", "Zebra " + number}}}});
    receive_call("cll_" + number, "2026-03-02T09:15:0" + number + "Z", {{"summary", "A zebra."}});
  }
  for (const char* sort : {"", "&sort=-at", "&sort=relevance"}) {
    const string base = string("/v1/search?q=zebra") + sort;
    vector<string> seen;
    string cursor;
    do {
      const auto page = ask(base + "&limit=2" + cursor);
      for (const auto& id : ids(page)) seen.push_back(id);
      cursor = page["page"]["has_more"] ? "&cursor=" + page["page"]["next_cursor"].get<string>() : "";
    } while (!cursor.empty());
    EXPECT_EQ(seen, ids(ask(base))) << sort;
    EXPECT_EQ(seen.size(), 6u) << sort;
    EXPECT_THAT(vector<string>(seen.begin(), seen.begin() + 3),
                ::testing::UnorderedElementsAre("con_0", "con_1", "con_2"));
  }
  EXPECT_EQ(ask("/v1/search?q=zebra&count=exact&limit=1")["page"]["total"], 6);
  EXPECT_THAT(ids(ask("/v1/search?q=zebra&kind=call")), ElementsAre("cll_2", "cll_1", "cll_0"));
  EXPECT_THAT(ids(ask("/v1/search?q=zebra&until=2026-03-02T09:15:01Z")), ElementsAre("cll_0"));
}

TEST_F(Search, IsNarrowedLikeTheLists) {
  receive({{"topic", "CONTACT_CREATED"}, {"data", {{"id", "con_1"}, {"name", "Zebra"}}}});
  receive_call("cll_1", "2026-03-02T09:15:01Z", {{"summary", "A zebra."}, {"result", "VOICEMAIL"}, {"tag", "vip"}});
  receive_call("cll_2", "2026-03-02T09:15:02Z",
               {{"summary", "A zebra."}, {"type", "OUTBOUND"}, {"user_email", "lea@example.org"}});
  for (const auto& [filter, id] :
       {std::pair("direction=inbound", "cll_1"), std::pair("direction=OUTBOUND", "cll_2"),
        std::pair("result=voicemail", "cll_1"), std::pair("tag=vip", "cll_1"),
        std::pair("user_email=lea@example.org", "cll_2"), std::pair("user_email=Lea@Example.ORG", "cll_2")}) {
    EXPECT_THAT(ids(ask(string("/v1/search?q=zebra&") + filter)), ElementsAre(id)) << filter;
    EXPECT_EQ(ask(string("/v1/search?q=zebra&count=exact&") + filter)["page"]["total"], 1) << filter;
  }
}

TEST_F(Search, WithMoreWordsThanTheLimitIsRefusedWithTheLimit) {
  string words;
  for (int i = 0; i < 65; ++i) words += "+w" + std::to_string(i);
  for (const char* route :
       {"/v1/search?q=", "/v1/calls?q=", "/v1/messages?q=", "/v1/contacts?q=", "/v1/export/calls?q="}) {
    for (const string& text : {words, "%22" + words + "%22", "w+-%22" + words}) {
      const auto response = get(route + text);
      EXPECT_EQ(response.status, 400) << route << text;
      const auto problem = json::parse(response.body);
      EXPECT_EQ(problem["code"], "invalid_parameter") << route;
      EXPECT_EQ(problem["errors"][0]["field"], "q") << route;
      EXPECT_EQ(problem["errors"][0]["message"], "expected at most 64 words, those of phrases and exclusions counted");
    }
  }
}

TEST_F(Search, WithoutAWordIsRefused) {
  for (const char* target :
       {"/v1/search", "/v1/search?q=", "/v1/search?q=+", "/v1/search?q=%3F%21", "/v1/search?q=%22%22", "/v1/calls?q=-",
        "/v1/messages?q=*", "/v1/contacts?q=...", "/v1/export/calls?q=%2B"}) {
    const auto response = get(target);
    EXPECT_EQ(response.status, 400) << target;
    const auto problem = json::parse(response.body);
    EXPECT_EQ(problem["code"], "invalid_parameter") << target;
    EXPECT_EQ(problem["errors"][0]["field"], "q") << target;
  }
}

TEST_F(Search, AnyTextIsAnsweredOrRefusedInPlainWords) {
  receive_call("cll_1", "2026-03-02T09:15:00Z", {{"summary", "NEAR table AND chair"}});
  std::mt19937 random(4);
  const std::string_view pieces[] = {"NEAR(", "AND", "\"",           "*", "-",   "^", ":", "table", "{", "col:", "'",
                                     "é",     "漢",  "\xE2\x80\x99", " ", "0612"};
  http::Request request;
  request.path = "/v1/search";
  const auto route =
      std::find_if(routes().begin(), routes().end(), [](const auto& each) { return each.pattern == "/v1/search"; });
  for (int n = 0; n < 2000; ++n) {
    string text;
    for (auto length = random() % 8 + 1; length > 0; --length) {
      if (random() % 3 == 0) text += static_cast<char>(random() % 256);
      else text += pieces[random() % std::size(pieces)];
    }
    request.query = {{"q", text}};
    try {
      EXPECT_EQ(route->handler(request).status, 200);
    } catch (const http::HttpError& error) {
      EXPECT_EQ(error.status(), 400) << text;
      EXPECT_EQ(string(error.what()).find("fts"), string::npos) << text;
    }
  }
}

TEST_F(Search, StatisticsCountByTimeAndKind) {
  receive_call("cll_1", "2026-03-29T00:30:00Z", {{"length_in_minutes", 1.5}});
  receive_call("cll_2", "2026-03-29T22:30:00Z", {{"length_in_minutes", 2}});  // the 30th in Paris, in summer time
  receive_call("cll_3", "2026-03-30T10:00:00Z", {{"type", "OUTBOUND"}, {"length_in_minutes", 0.25}});
  const auto days = ask("/v1/stats?by=day,direction&tz=Europe/Paris");
  ASSERT_EQ(days["data"].size(), 3u);
  EXPECT_EQ(days["data"][0].dump(),
            R"({"bucket":"2026-03-29","from":"2026-03-28T23:00:00.000Z","to":"2026-03-29T22:00:00.000Z",)"
            R"("key":"INBOUND","calls":1,"messages":0,"seconds":90,"minutes":1.5})");
  EXPECT_EQ(days["data"][1]["bucket"], "2026-03-30");
  EXPECT_EQ(days["data"][2]["bucket"], "2026-03-30");
  EXPECT_EQ(days["total"].dump(), R"({"calls":3,"messages":0,"seconds":225,"minutes":3.75})");
  EXPECT_EQ(days["has_more"], false);
  EXPECT_EQ(ask("/v1/stats")["data"].size(), 1u);
  EXPECT_EQ(ask("/v1/stats?kind=message")["total"]["calls"], 0);
  for (const char* wrong : {"by=day,month", "by=tag&by=user", "by=year", "tz=Mars", "kind=contact"}) {
    EXPECT_EQ(refused(string("/v1/stats?") + wrong, 400), "invalid_parameter") << wrong;
  }
}

}  // namespace
}  // namespace callarchive::test
