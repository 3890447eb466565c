#include "server/vendor_shape/shape.h"

#include "server/http/url.h"
#include "tests/api/asking.h"

#include <gmock/gmock.h>

// The vendor's REST API, answered from the archive; the expected shapes are those of the vendor's own description.

namespace callarchive::vendor_shape {
namespace {

using test::Asking;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class VendorShape : public Asking {
 protected:
  using Headers = std::vector<std::pair<string, string>>;

  http::Response request(const string& method, const string& target, const Json& body = nullptr, Headers headers = {}) {
    http::Request request;
    const auto mark = std::min(target.find('?'), target.size());
    request.method = method;
    request.path = target.substr(0, mark);
    if (mark < target.size()) request.query = http::parse_query(target.substr(mark + 1)).value();
    if (!body.is_null()) request.body = body.dump();
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "localhost:8080");
    request.request_id = "req_1";
    const auto match = router_.match(method, request.path);
    if (!match.route) throw std::logic_error("no route for " + target);
    request.path_parameters = match.parameters;
    return match.route->handler(request);
  }
  Json get(const string& target) { return json_of(request("GET", target)); }
  Json post(const string& target, const Json& body) { return json_of(request("POST", target, body)); }
  // "status code" of a refusal.
  string refusal(const string& method, const string& target, const Json& body = nullptr) {
    const auto response = request(method, target, body);
    const Json json = Json::parse(response.body);
    const auto& error = json.contains("error") ? json.at("error") : json;
    return std::to_string(response.status) + " " + error.value("code", "");
  }
  static Json json_of(const http::Response& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }

  void receive_call(const string& id, int minute, const nlohmann::json& more = nlohmann::json::object()) {
    nlohmann::json data = {{"id", id},
                           {"start_date", "2026-02-01T10:" + std::to_string(10 + minute) + ":07.250Z"},
                           {"from_number", "+14155550100"},
                           {"from_name", "Ana"},
                           {"to", "+14155550199"},
                           {"type", "INBOUND"},
                           {"result", "ANSWERED"},
                           {"length_in_minutes", 1.25},
                           {"user_email", "owner@example.com"},
                           {"tags", {"vip"}},
                           {"summary", "A call."}};
    data.update(more);
    receive(nlohmann::json(
        {{"topic", "call.completed"}, {"version", "2.0"}, {"timestamp", "2026-02-01T12:00:00.000Z"}, {"data", data}}));
  }
  void receive_message(const string& id, int minute) {
    receive(nlohmann::json({{"topic", "sms.sent"},
                            {"version", "2.0"},
                            {"timestamp", "2026-02-01T12:00:00.000Z"},
                            {"data",
                             {{"id", id},
                              {"sent_at", "2026-02-01T10:" + std::to_string(10 + minute) + ":30.000Z"},
                              {"from_number", "+14155550199"},
                              {"to_number", "+14155550100"},
                              {"direction", "OUTBOUND"},
                              {"type", "SMS"},
                              {"content", "See you"}}}}));
  }
  void receive_contact() {
    receive(nlohmann::json::parse(
        R"({"topic":"contact.created","version":"2.0","timestamp":"2026-02-01T09:00:00.000Z","data":
            {"id":"con-1","name":"Ana","last_name":"Ruiz","emails":["ana@example.com"],"numbers":["+14155550100"],
             "company":{"id":"com-1","name":"Acme"},"lead_source":"fair"}})"));
  }
  static vector<string> ids(const Json& rows) {
    vector<string> found;
    for (const auto& row : rows) found.push_back(row.at("id"));
    return found;
  }

  std::shared_ptr<AccessControl> access = std::make_shared<AccessControl>(AccessOptions());
  http::Router router_{make_routes({archive(), std::chrono::seconds(1)}, access)};
};

TEST_F(VendorShape, ListsCallsAsVersion1Does) {
  receive_call("cll-1", 0,
               {{"transcriptions", {{{"source", "EXTERNAL"}, {"time", "2026-02-01T10:10:08Z"}, {"text", "Hi"}}}}});
  EXPECT_EQ(get("/v1/api/calls?allo_number=%2B14155550199"), Json::parse(R"({"data":{"results":[{
      "id":"cll-1","from_number":"+14155550100","to_number":"+14155550199","length_in_minutes":1.25,"type":"INBOUND",
      "result":"ANSWERED","summary":"A call.","tag":"vip","tags":["vip"],"recording_url":null,
      "start_date":"2026-02-01T10:10:07","transcript":[{"source":"EXTERNAL","text":"Hi","time":"2026-02-01T10:10:08",
      "start_seconds":null,"end_seconds":null}]}],"metadata":{"total_pages":1,"current_page":0}}})"));
}

TEST_F(VendorShape, ListsItemsAsVersion2Does) {
  receive_contact();
  receive_call("cll-1", 0);
  receive_message("msg-1", 1);
  EXPECT_EQ(post("/v2/api/conversations/items/search", {{"allo_number", "+14155550199"}}), Json::parse(R"({"data":[
      {"id":"msg-1","type":"SMS","direction":"OUTBOUND","allo_number":"+14155550199","contact_number":"+14155550100",
       "contacts":[{"id":"con-1","name":"Ana Ruiz","company":{"id":"com-1","name":"Acme"}}],"user":null,
       "date":"2026-02-01T10:11:30Z","duration":null,"result":null,"recording_url":null,"summary":null,"tags":null,
       "transcript":null,"content":"See you","status":null,"message_type":"SMS"},
      {"id":"cll-1","type":"CALL","direction":"INBOUND","allo_number":"+14155550199","contact_number":"+14155550100",
       "contacts":[{"id":"con-1","name":"Ana Ruiz","company":{"id":"com-1","name":"Acme"}}],
       "user":{"id":"owner@example.com","name":null,"email":"owner@example.com"},"date":"2026-02-01T10:10:07Z",
       "duration":75,"result":"ANSWERED","recording_url":null,"summary":"A call.","tags":["vip"],"transcript":null,
       "content":null,"status":null,"message_type":null}],
      "pagination":{"page":1,"size":20,"total_count":2,"total_pages":1,"has_more":false}})"));
}

// Everything that the sample has, the answer has with the same value; lists are as long.
void expect_holds(const Json& answer, const Json& sample, const string& where) {
  if (sample.is_object()) {
    for (const auto& [name, value] : sample.items()) {
      ASSERT_TRUE(answer.is_object() && answer.contains(name)) << where << ": no " << name << " in " << answer;
      expect_holds(answer.at(name), value, where + "." + name);
    }
  } else if (sample.is_array()) {
    ASSERT_EQ(answer.size(), sample.size()) << where << ": " << answer;
    for (std::size_t i = 0; i < sample.size(); ++i)
      expect_holds(answer.at(i), sample.at(i), where + "[" + std::to_string(i) + "]");
  } else {
    EXPECT_EQ(answer, sample) << where;
  }
}

// The samples of the vendor's description (OpenAPI, state of July 2026), of which only what says how much there is in
// the vendor's own archive was changed: total_pages and total_count. What the archive cannot know (deals, names of
// users) is left out.
TEST_F(VendorShape, AnswersTheSamplesOfTheDescription) {
  receive(nlohmann::json::parse(R"({"topic":"CALL_RECEIVED","data":{"id":"call_abc123","from_number":"+1234567890",
      "to":"+0987654321","length_in_minutes":5.5,"type":"INBOUND","summary":"Customer called about order status.",
      "tag":"support","recording_url":"https://storage.withallo.com/recordings/abc123.mp3",
      "start_date":"2024-01-15T10:30:00Z","transcriptions":[{"source":"AGENT","text":"Hello, how can I help you today?",
      "time":"2024-01-15T10:30:05Z","start_seconds":5,"end_seconds":8.5}]}})"));
  expect_holds(get("/v1/api/calls?allo_number=%2B1234567890&contact_number=%2B0987654321"),
               Json::parse(R"({"data":{"results":[
      {"id":"call_abc123","from_number":"+1234567890","to_number":"+0987654321","length_in_minutes":5.5,"type":"INBOUND",
       "summary":"Customer called about order status.","tag":"support",
       "recording_url":"https://storage.withallo.com/recordings/abc123.mp3","start_date":"2024-01-15T10:30:00",
       "transcript":[{"source":"AGENT","text":"Hello, how can I help you today?","time":"2024-01-15T10:30:05",
       "start_seconds":5,"end_seconds":8.5}]}],"metadata":{"total_pages":1,"current_page":0}}})"),
               "calls");

  receive(
      nlohmann::json::parse(R"({"topic":"contact.created","version":"2.0","timestamp":"2026-04-01T09:00:00.000Z","data":
      {"id":"cnt-abc123","name":"Sarah Johnson","numbers":["+14155551234"],"company":{"id":"com-xyz789","name":"Acme Corp"}}})"));
  receive(
      nlohmann::json::parse(R"({"topic":"call.completed","version":"2.0","timestamp":"2026-04-21T14:35:00.000Z","data":
      {"id":"cll-abc123","type":"INBOUND","from_number":"+14155551234","to":"+14155550100","result":"ANSWERED",
       "start_date":"2026-04-21T14:30:00.000Z","length_in_minutes":2.4166667,"tags":["billing","support"],
       "recording_url":"https://storage.withallo.com/recordings/cll-abc123.mp3",
       "summary":"Customer called about a billing issue on their last invoice."}})"));
  expect_holds(post("/v2/api/conversations/items/search",
                    Json::parse(R"({"search":"billing issue","type":"CALL","sort":"RELEVANCE",
      "date":{"from":"2026-01-01","to":"2026-04-21"}})")),
               Json::parse(R"({"data":[{"id":"cll-abc123","type":"CALL",
      "direction":"INBOUND","allo_number":"+14155550100","contact_number":"+14155551234",
      "contacts":[{"id":"cnt-abc123","name":"Sarah Johnson"}],"date":"2026-04-21T14:30:00Z","duration":145,
      "result":"ANSWERED","recording_url":"https://storage.withallo.com/recordings/cll-abc123.mp3",
      "summary":"Customer called about a billing issue on their last invoice.","tags":["billing","support"]}],
      "pagination":{"page":1,"size":20,"total_count":1,"total_pages":1,"has_more":false}})"),
               "search");
  expect_holds(get("/v2/api/conversations?allo_number=%2B14155550100"),
               Json::parse(R"({"data":[{"contact_number":"+14155551234",
      "contacts":[{"id":"cnt-abc123","name":"Sarah Johnson","company":{"id":"com-xyz789","name":"Acme Corp"}}],
      "last_activity":"2026-04-21T14:30:00Z","last_item":{"id":"cll-abc123","type":"CALL","direction":"INBOUND",
      "date":"2026-04-21T14:30:00Z","result":"ANSWERED","duration":145}}],
      "pagination":{"page":1,"size":20,"total_count":1,"total_pages":1,"has_more":false}})"),
               "conversations");
  const auto refused = request("GET", "/v1/api/contact/cnt_none/conversation");
  EXPECT_EQ(Json::parse(refused.body), Json::parse(R"({"code":"CONTACT_NOT_FOUND","details":null})"));
}

TEST_F(VendorShape, AnswersTheSamplesOfContactsLinesAndTags) {
  const auto contact = [](const char* at) {
    return nlohmann::json({{"topic", "contact.updated"},
                           {"version", "2.0"},
                           {"timestamp", at},
                           {"data", nlohmann::json::parse(R"({"id":"cnt_abc123","name":"John","last_name":"Doe",
        "company":{"name":"Acme Corp","id":"com_xyz789"},"job_title":"CEO","numbers":["+14155550123"],
        "emails":["john@acme.com"],"preferred_language":"English","vip_status":true})")}});
  };
  receive(contact("2024-01-10T08:00:00.000Z"));
  receive(contact("2024-01-15T10:30:00.000Z"));
  receive_call("cll-1", 0,
               {{"start_date", "2024-01-15T10:30:00.000Z"},
                {"from_number", "+14155550123"},
                {"to", "+14155550100"},
                {"tags", {"qualified", "follow_up"}}});
  receive(nlohmann::json::parse(R"({"topic":"sms.sent","version":"2.0","timestamp":"2024-01-14T09:15:01.000Z","data":{
      "id":"msg-1","sent_at":"2024-01-14T09:15:00.000Z","from_number":"Acme Corp","to_number":"+14155550123",
      "direction":"OUTBOUND","type":"SMS","content":"Thank you for your call. We will follow up shortly."}})"));
  const Json known = Json::parse(R"({"id":"cnt_abc123","name":"John","last_name":"Doe",
      "company":{"name":"Acme Corp","id":"com_xyz789"},"job_title":"CEO","numbers":["+14155550123"],"website":null})");
  Json listed = known, shown = known;
  listed["created_at"] = "2024-01-10T08:00:00";
  listed["engagement"] = nullptr;  // is not known here
  expect_holds(
      get("/v1/api/contacts"),
      {{"data", {{"results", {listed}}, {"metadata", {{"pagination", {{"total_pages", 1}, {"current_page", 0}}}}}}}},
      "contacts");
  shown["emails"] = {"john@acme.com"};
  shown["custom_properties"] = {{"preferred_language", "English"}, {"vip_status", true}};
  shown["conversation_url"] = "/v1/api/contact/cnt_abc123/conversation";
  shown["activity"] = Json::parse(R"([
      {"type":"INBOUND_CALL","made_at":"2024-01-15T10:30:00","allo_number":"+14155550100","content":null},
      {"type":"OUTBOUND_SMS","made_at":"2024-01-14T09:15:00",
       "content":"Thank you for your call. We will follow up shortly."}])");
  expect_holds(get("/v1/api/contact/cnt_abc123?extend=engagement,activity"), {{"data", shown}}, "contact");
  EXPECT_TRUE(get("/v1/api/contact/cnt_abc123").at("data").at("activity").is_null()) << "only when it is asked for";
  expect_holds(get("/v2/api/numbers"), Json::parse(R"({"data":[
      {"number":"+14155550100","country":"US","type":"NUMBER"},
      {"number":null,"name":"ACME CORP","type":"SENDER_ID"}]})"),
               "numbers");
  expect_holds(get("/v2/api/tags"), Json::parse(R"({"data":[{"name":"follow_up"},{"name":"qualified"}]})"), "tags");
}

TEST_F(VendorShape, ListsConversations) {
  receive_call("cll-1", 0);
  receive_message("msg-1", 1);
  receive_call("cll-2", 2, {{"from_number", "+14155550101"}});
  const Json found = get("/v2/api/conversations?allo_number=%2B14155550199");
  ASSERT_EQ(found.at("data").size(), 2u);
  EXPECT_EQ(found.at("data").at(0).at("contact_number"), "+14155550101");
  EXPECT_EQ(found.at("data").at(1).at("last_item").at("id"), "msg-1");
  EXPECT_EQ(found.at("data").at(1).at("last_activity"), "2026-02-01T10:11:30Z");
  EXPECT_EQ(found.at("pagination").at("total_count"), 2);
  EXPECT_EQ(get("/v2/api/conversations?allo_number=%2B14155550199&last_activity_since=2026-02-01T10:12:00Z")
                .at("data")
                .size(),
            1u);
}

TEST_F(VendorShape, CountsExactlyAndPagesBothWays) {
  for (int i = 0; i < 25; ++i) receive_call("cll-" + std::to_string(10 + i), i);
  const auto page = [&](const char* sort, int number) {
    return post("/v2/api/conversations/items/search", {{"sort", sort}, {"page", number}, {"size", 10}});
  };
  vector<string> down, up;
  for (int number = 1; number <= 4; ++number) {
    const Json found = page("DATE_DESC", number);
    EXPECT_EQ(found.at("pagination").at("total_count"), 25);
    EXPECT_EQ(found.at("pagination").at("total_pages"), 3);
    EXPECT_EQ(found.at("pagination").at("has_more"), number < 3);
    for (const auto& id : ids(found.at("data"))) down.push_back(id);
    for (const auto& id : ids(page("OLDEST", number).at("data"))) up.push_back(id);
  }
  ASSERT_EQ(down.size(), 25u);
  EXPECT_EQ(vector<string>(up.rbegin(), up.rend()), down);
  EXPECT_EQ(down.front(), "cll-34");
  // What arrives is counted at once.
  receive_call("cll-99", 40);
  EXPECT_EQ(page("DATE_DESC", 3).at("pagination").at("total_count"), 26);
  EXPECT_EQ(get("/v1/api/calls?allo_number=+14155550199&page=2&size=10").at("data").at("results").size(), 6u);
}

TEST_F(VendorShape, TakesBothDialectsOfSearches) {
  receive_call("cll-1", 0);
  receive_call("cll-2", 1,
               {{"result", "TRANSFERRED_AI"},
                {"tags", {"vip", "new"}},
                {"recording_url", "https://storage.withallo.com/a.mp3"}});
  receive_message("msg-1", 2);
  const auto found = [&](const Json& body) { return ids(post("/v2/api/conversations/items/search", body).at("data")); };
  EXPECT_THAT(found({{"type", "CALL"}}), ElementsAre("cll-2", "cll-1"));
  EXPECT_THAT(found({{"type", "SMS"}}), ElementsAre("msg-1"));
  EXPECT_THAT(found({{"type", "TEXT_MESSAGE"}}), ElementsAre("msg-1"));
  EXPECT_THAT(found({{"result", "TRANSFERRED"}}), ElementsAre("cll-2"));
  EXPECT_THAT(found({{"tags", {"vip", "new"}}}), ElementsAre("cll-2"));
  EXPECT_THAT(found({{"has_recording", true}}), ElementsAre("cll-2"));
  EXPECT_THAT(found({{"direction", "OUTBOUND"}}), ElementsAre("msg-1"));
  EXPECT_THAT(found({{"user_id", "owner@example.com"}, {"result", "ANSWERED"}}), ElementsAre("cll-1"));
  EXPECT_THAT(found({{"date", {{"from", "2026-02-01"}, {"to", "2026-02-01"}}}}),
              ElementsAre("msg-1", "cll-2", "cll-1"));
  EXPECT_THAT(found({{"date", {{"from", "2026-02-02"}}}}), ElementsAre());
  EXPECT_THAT(found({{"search", "see"}}), ElementsAre("msg-1"));
  EXPECT_THAT(found({{"sort", "RECENT"}, {"nonsense", 1}}), ElementsAre("msg-1", "cll-2", "cll-1"));
  const Json batch = post("/v2/api/conversations/items/batch", {{"ids", {"cll_1", "msg-1", "cll-9"}}});
  EXPECT_THAT(ids(batch.at("data")), ElementsAre("cll-1", "msg-1"));
}

TEST_F(VendorShape, KeepsMembersThatNobodyKnows) {
  receive_call("cll-1", 0, {{"sentiment", {{"score", 0.75}}}, {"future_id", 12345678901234567890u}});
  const Json item = get("/v2/api/conversations/items/cll_1").at("data");
  EXPECT_EQ(item.at("sentiment").dump(), R"({"score":0.75})");
  EXPECT_EQ(item.at("future_id").dump(), "12345678901234567890");
  EXPECT_FALSE(item.contains("from_number"));
  EXPECT_EQ(get("/v1/api/calls?allo_number=%2B14155550199").at("data").at("results").at(0).at("sentiment").dump(),
            R"({"score":0.75})");
}

TEST_F(VendorShape, ShowsContacts) {
  receive_contact();
  receive_call("cll-1", 0);
  const Json list = get("/v1/api/contacts");
  EXPECT_EQ(list.at("data").at("metadata"), Json::parse(R"({"pagination":{"total_pages":1,"current_page":0}})"));
  EXPECT_FALSE(list.at("data").at("results").at(0).contains("emails"));
  const Json contact = get("/v1/api/contact/con_1").at("data");
  EXPECT_EQ(contact.at("custom_properties"), Json::parse(R"({"lead_source":"fair"})"));
  EXPECT_EQ(contact.at("emails"), Json({"ana@example.com"}));
  EXPECT_EQ(get("/v1/api/contact/con-1/conversation").at("data").at("results").at(0).at("call").at("id"), "cll-1");
  const Json people = post("/v2/api/crm/people/search", {{"filters", {{"phone_number", "+14155550100"}}}});
  EXPECT_EQ(people.at("pagination").at("total_count"), 1);
  EXPECT_EQ(people.at("data").at(0).at("created_at"), "2026-02-01T09:00:00");
  EXPECT_EQ(get("/v2/api/crm/people/con-1").at("data").at("company").at("name"), "Acme");
}

TEST_F(VendorShape, ShowsTheCompaniesOfItsContacts) {
  const string companies = "/v2/api/crm/companies/";
  EXPECT_EQ(post(companies + "search", Json::object()).at("pagination").at("total_count"), 0);
  receive_contact();
  const auto contact = [](const char* id, const char* company, const char* at) {
    return nlohmann::json({{"topic", "contact.updated"},
                           {"version", "2.0"},
                           {"timestamp", at},
                           {"data", {{"id", id}, {"name", id}, {"company", nlohmann::json::parse(company)}}}});
  };
  receive(contact("con-2", R"({"id":"com-1","name":"Acme SA"})", "2026-02-03T09:00:00.000Z"));
  receive(contact("con-3", R"("Éclair")", "2026-02-02T09:00:00.000Z"));
  receive(contact("con-4", R"({"id":"com-4","name":"zeta"})", "2026-02-01T08:00:00.000Z"));
  EXPECT_EQ(get(companies + "com_1"), Json::parse(R"({"data":{"id":"com-1","name":"Acme SA","website":null,
      "industry":null,"person_count":2,"interactions":null,"last_activity_at":null,"created_at":"2026-02-01T09:00:00",
      "updated_at":"2026-02-03T09:00:00"}})"));
  const auto search = [&](const Json& body) { return ids(post(companies + "search", body).at("data")); };
  EXPECT_THAT(search({{"sort", "NAME_ASC"}}), ElementsAre("com-1", "Éclair", "com-4"));
  EXPECT_THAT(search({{"sort", "NAME_DESC"}, {"size", 1}, {"page", 2}}), ElementsAre("Éclair"));
  EXPECT_THAT(search(Json::object()), ElementsAre("com-1", "Éclair", "com-4"));
  EXPECT_THAT(search({{"search", "eclair"}}), ElementsAre("Éclair"));
  EXPECT_THAT(search({{"filters", {{"name", "ACME"}}}}), ElementsAre("com-1"));
  EXPECT_EQ(refusal("GET", companies + "com-9"), "404 COMPANY_NOT_FOUND");
  EXPECT_EQ(refusal("POST", companies + "search", {{"filters", {{"industry", "x"}}}}), "400 INVALID_SEARCH_QUERY");
  EXPECT_EQ(refusal("POST", "/v2/api/crm/deals/search"), "403 API_KEY_INSUFFICIENT_SCOPE");
}

TEST_F(VendorShape, ShowsLinesUsersTagsAndTheKey) {
  receive_call("cll-1", 0);
  EXPECT_EQ(get("/v1/api/numbers").at("data").at(0).at("number"), "+14155550199");
  EXPECT_EQ(get("/v2/api/numbers").at("data").at(0).at("type"), "NUMBER");
  EXPECT_EQ(get("/v2/api/users").at("data").at(0).at("email"), "owner@example.com");
  EXPECT_EQ(get("/v2/api/users/owner@example.com").at("data").at("id"), "owner@example.com");
  EXPECT_EQ(get("/v2/api/tags").at("data").at(0).at("name"), "vip");
  const Json me = get("/v2/api/me").at("data");
  EXPECT_EQ(me.at("endpoints").size(), operations_v1().size() + operations_v2().size());
  EXPECT_EQ(me.at("rate_limits").at("write_per_second"), 0);
  EXPECT_EQ(get("/allo/v2/api/tags"), get("/v2/api/tags"));
}

TEST_F(VendorShape, RefusesAsTheVendorDoes) {
  receive_call("cll-1", 0);
  const string search = "/v2/api/conversations/items/search";
  EXPECT_EQ(refusal("GET", "/v1/api/calls"), "400 MISSING_PARAMETER");
  EXPECT_EQ(refusal("GET", "/v1/api/calls?allo_number=1&size=101"), "400 INVALID_PAGE_SIZE");
  EXPECT_EQ(refusal("GET", "/v1/api/calls?allo_number=1&page=x"), "400 INVALID_PAGE_SIZE");
  EXPECT_EQ(refusal("GET", "/v1/api/contact/con-9"), "400 CONTACT_NOT_FOUND");
  EXPECT_EQ(refusal("GET", "/v2/api/conversations"), "400 MISSING_ALLO_NUMBER");
  EXPECT_EQ(refusal("GET", "/v2/api/conversations/items/cll-9"), "404 CONVERSATION_ITEM_NOT_FOUND");
  EXPECT_EQ(refusal("GET", "/v2/api/conversations/items/xyz-9"), "400 INVALID_ITEM_ID");
  EXPECT_EQ(refusal("GET", "/v2/api/conversations/items/cll-1/recording"), "404 RECORDING_NOT_FOUND");
  EXPECT_EQ(refusal("POST", search, {{"page", 0}}), "400 INVALID_PAGE_SIZE");
  EXPECT_EQ(refusal("POST", search, {{"unread", true}}), "400 INVALID_SEARCH_QUERY");
  EXPECT_EQ(refusal("POST", search, {{"search", "!"}}), "400 INVALID_SEARCH_QUERY");
  EXPECT_EQ(refusal("POST", search, {{"date", {{"from", "March"}}}}), "400 INVALID_DATE_RANGE");
  EXPECT_EQ(refusal("POST", search, Json::array()), "400 INVALID_REQUEST_BODY");
  EXPECT_EQ(refusal("POST", "/v2/api/conversations/items/batch", {{"ids", vector<string>(101, "cll-1")}}),
            "400 BATCH_TOO_LARGE");
  EXPECT_EQ(refusal("GET", "/v2/api/calls"), "404 ENDPOINT_NOT_FOUND");
  for (const char* write : {"POST /v1/api/sms", "POST /v1/api/contacts", "PUT /v1/api/contacts/con-1",
                            "DELETE /v1/api/webhooks/web-1", "PATCH /v2/api/conversations/items/cll-1/summary",
                            "POST /v2/api/conversations/items/cll-1/tags", "DELETE /allo/v2/api/crm/people/per-1"}) {
    const string text = write;
    EXPECT_EQ(refusal(text.substr(0, text.find(' ')), text.substr(text.find(' ') + 1)),
              "403 API_KEY_INSUFFICIENT_SCOPE")
        << write;
  }
  const Json error = Json::parse(request("PATCH", "/v2/api/tags/tag-1").body).at("error");
  EXPECT_EQ(error.at("type"), "permission_error");
  EXPECT_EQ(error.at("request_id"), "req_1");
  EXPECT_EQ(error.at("retryable"), false);
}

TEST_F(VendorShape, TellsItsRateAndKeepsIt) {
  const auto header = [](const http::Response& response, std::string_view name) {
    return Asking::header(response, name);
  };
  const auto first = request("GET", "/v2/api/tags");
  EXPECT_EQ(header(first, "X-RateLimit-Limit"), "200");
  EXPECT_GT(std::stoll(header(first, "X-RateLimit-Reset")), 1'700'000'000);
  auto time = http::RequestRate::Clock::time_point();
  http::RequestRate rate(3, [&] { return time; });
  for (const int remaining : {2, 1, 0}) EXPECT_EQ(rate.count("a").remaining, remaining);
  EXPECT_FALSE(rate.count("a").is_allowed);
  EXPECT_TRUE(rate.count("b").is_allowed);
  time += std::chrono::seconds(1);
  EXPECT_TRUE(rate.count("a").is_allowed);
}

TEST(KeyLists, AreLoadedOnceWhileNothingArrives) {
  KeyLists lists(10);
  int loads = 0;
  const auto find = [&](const char* name, std::int64_t newest, std::size_t size) {
    return lists.find(name, newest, [&] { return ++loads, Keys(size, 1); })->size();
  };
  EXPECT_EQ(find("a", 1, 4), 4u);
  EXPECT_EQ(find("a", 1, 9), 4u);
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(find("a", 2, 5), 5u);  // something arrived
  EXPECT_EQ(find("b", 2, 4), 4u);
  EXPECT_EQ(find("a", 2, 0), 5u);
  EXPECT_EQ(loads, 3);
  EXPECT_EQ(find("c", 2, 4), 4u);  // b is forgotten
  EXPECT_EQ(lists.size(), 9u);
  EXPECT_EQ(find("b", 2, 1), 1u);
  EXPECT_EQ(find("huge", 2, 11), 11u);  // given, and not held
  EXPECT_LE(lists.size(), 10u);
}

}  // namespace
}  // namespace callarchive::vendor_shape
