#include "server/api/export_format.h"
#include "server/text/time_text.h"
#include "storage/sqlite/digest.h"
#include "tests/api/asking.h"

#include <gmock/gmock.h>

#include <sstream>

namespace callarchive::test {
namespace {

using nlohmann::json;

vector<string> lines_of(const string& text) {
  vector<string> lines;
  std::istringstream stream(text);
  for (string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Export : public Asking {
 protected:
  void receive_message(int n, const string& content) {
    char id[16];
    std::snprintf(id, sizeof id, "msg_%04d", n);
    receive({{"topic", "SMS_RECEIVED"},
             {"data",
              {{"id", id},
               {"direction", n % 2 == 0 ? "INBOUND" : "OUTBOUND"},
               {"content", content},
               {"sent_at", format_instant(1'772'442'600'000 + n)},
               {"from_number", "+14155550100"},
               {"to_number", "+33184800000"}}}});
  }

  // An answer whose first page is read and not yet sent.
  http::Response begin(const string& path) {
    const auto route =
        std::find_if(routes().begin(), routes().end(), [&](const http::Route& each) { return each.pattern == path; });
    http::Request request;
    request.path = path;
    return route->handler(request);
  }
  static vector<string> rest_of(http::Response& begun) {
    string body;
    while (begun.stream(body)) {}
    return lines_of(body);
  }
};

TEST_F(Export, ManyPagesHaveEveryRowOnceBetweenManifestAndCompletion) {
  constexpr int kMessages = 1203;  // three pages
  for (int n = 0; n < kMessages; ++n) receive_message(n, "message " + std::to_string(n));
  const auto body = get("/v1/export/messages").body;
  const auto lines = lines_of(body);
  ASSERT_EQ(lines.size(), kMessages + 2u);
  EXPECT_EQ(json::parse(lines.front())["manifest"]["export"], "messages");
  vector<string> ids;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) ids.push_back(json::parse(lines[i])["id"]);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(ids.front(), "msg_0000");
  EXPECT_EQ(ids.back(), "msg_1202");

  const auto completion = json::parse(lines.back())["completion"];
  EXPECT_EQ(completion["rows"], kMessages);
  const auto before = std::string_view(body).substr(0, body.size() - lines.back().size() - 1);
  EXPECT_EQ(completion["sha256"], storage::sha256_hex(before));
}

TEST_F(Export, RowsAreThoseOfTheList) {
  for (int n = 0; n < 9; ++n) receive_message(n, "hello");
  const auto list = ask("/v1/messages?direction=outbound&limit=500");
  const auto lines = lines_of(get("/v1/export/messages?direction=outbound").body);
  ASSERT_EQ(lines.size(), list["data"].size() + 2);
  for (std::size_t i = 0; i < list["data"].size(); ++i) EXPECT_EQ(lines[i + 1], list["data"][i].dump());
}

TEST_F(Export, NothingIsStillAWholeFile) {
  const auto lines = lines_of(get("/v1/export/calls").body);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(json::parse(lines[1])["completion"]["rows"], 0);
  EXPECT_EQ(lines_of(get("/v1/export/calls?format=csv").body).size(), 1u);
  EXPECT_EQ(get("/v1/export/contacts?format=vcard").body, "");
}

TEST_F(Export, NoConnectionIsHeldBetweenPages) {
  for (int n = 0; n < 501; ++n) receive_message(n, "hello");
  vector<http::Response> begun;
  for (std::size_t i = 0; i < 3 * ArchiveOptions().readers; ++i) begun.push_back(begin("/v1/export/messages"));
  EXPECT_EQ(ask("/v1/messages?limit=1&timeout_ms=1000")["data"].size(), 1u);
  for (auto& response : begun) EXPECT_EQ(rest_of(response).size(), 503u);
}

TEST_F(Export, NamesTheNewestDeliveryOfItsBeginAndItsEnd) {
  const auto deliveries_of = [](const vector<string>& lines) {
    return std::pair(json::parse(lines.front())["manifest"].at("delivery"),
                     json::parse(lines.back())["completion"].at("delivery"));
  };
  EXPECT_EQ(deliveries_of(lines_of(get("/v1/export/messages").body)), std::pair(json(), json()));

  for (int n = 1; n < 502; ++n) receive_message(n, "hello");
  EXPECT_EQ(deliveries_of(lines_of(get("/v1/export/messages").body)), std::pair(json(501), json(501)));

  auto begun = begin("/v1/export/messages");
  receive_message(0, "older than all, and arrived behind them");
  const auto lines = rest_of(begun);
  EXPECT_EQ(lines.size(), 504u) << "it is in the file";
  EXPECT_EQ(deliveries_of(lines), std::pair(json(501), json(502))) << "which says so";
}

TEST_F(Export, OnlyContactsAreVcards) {
  EXPECT_EQ(refused("/v1/export/calls?format=vcard", 400), "invalid_parameter");
  EXPECT_EQ(refused("/v1/export/calls?limit=5", 400), "unknown_parameter");
  EXPECT_EQ(refused("/v1/export/calls?cursor=x", 400), "unknown_parameter");
}

TEST(Csv, QuotesWhatNeedsIt) {
  const auto csv = api::make_csv(R"({"a":null,"b, c":null})");
  string text;
  csv->begin(text);
  csv->row(text, R"({"a":"plain","b":"say \"hi\", please"})");
  csv->row(text, R"({"a":null,"b":""})");
  csv->row(text, R"({"a":"two\r\nlines","b":" space"})");
  csv->row(text, R"({"a":1.5,"b":["x",{"y":null}]})");
  csv->row(text, R"({"a":true,"b":"Café 😀"})");
  csv->end(text);
  EXPECT_EQ(text,
            "a,\"b, c\"\r\n"
            "plain,\"say \"\"hi\"\", please\"\r\n"
            ",\"\"\r\n"
            "\"two\r\nlines\",\" space\"\r\n"
            "1.5,\"[\"\"x\"\",{\"\"y\"\":null}]\"\r\n"
            "true,Café 😀\r\n");
}

string vcard_of(const json& changes) {
  json contact = {{"id", "con_1"},
                  {"name", nullptr},
                  {"last_name", nullptr},
                  {"company", nullptr},
                  {"job_title", nullptr},
                  {"emails", json::array()},
                  {"numbers", json::array()},
                  {"updated_at", "2026-03-02T09:10:07.000Z"}};
  contact.update(changes);
  string text;
  api::make_vcard()->row(text, contact.dump());
  return text;
}

TEST(Vcard, AlwaysHasAFormattedName) {
  const std::pair<json, const char*> rows[] = {
      {{{"name", "Ada"}, {"last_name", "Moreau"}}, "FN:Ada Moreau\r\n"},
      {{{"last_name", "Moreau"}}, "FN:Moreau\r\n"},
      {{{"company", "Fils; Cie, SA\\"}}, "FN:Fils\\; Cie\\, SA\\\\\r\n"},
      {{{"emails", {"a@b.c"}}, {"numbers", {"+1415"}}}, "FN:+1415\r\n"},
      {{{"emails", {"a@b.c"}}}, "FN:a@b.c\r\n"},
      {json::object(), "FN:con_1\r\n"},
      {{{"name", "two\nlines"}}, "FN:two\\nlines\r\n"},
  };
  for (const auto& [changes, expected] : rows) EXPECT_THAT(vcard_of(changes), ::testing::HasSubstr(expected));
}

TEST(Vcard, HasNoControlCharacters) {
  const json changes = {
      {"name", string("A\0d\aa\x1b\x7f\t!", 9)}, {"last_name", "a\rb\r\nc\nd\n\re"}, {"emails", {"a\b@b.c"}}};
  const string card = vcard_of(changes);
  EXPECT_THAT(card, ::testing::HasSubstr("FN:Ada\t! a\\nb\\nc\\nd\\n\\ne\r\n"));
  EXPECT_THAT(card, ::testing::HasSubstr("EMAIL:a@b.c\r\n"));
}

TEST(Vcard, FoldsLongLinesBetweenCharacters) {
  string name;
  for (int i = 0; i < 100; ++i) name += i % 3 == 0 ? "😀" : "é";
  const string card = vcard_of({{"name", name}});
  string unfolded;
  for (const auto& line : lines_of(card)) {
    EXPECT_LE(line.size(), 76u) << line;  // 75 and the '\r'
    EXPECT_NO_THROW(json(line).dump()) << "a character was cut";
    unfolded += line.starts_with(' ') ? line.substr(1, line.size() - 2) : "\n" + line.substr(0, line.size() - 1);
  }
  EXPECT_THAT(unfolded, ::testing::HasSubstr("FN:" + name + "\n"));
}

}  // namespace
}  // namespace callarchive::test
