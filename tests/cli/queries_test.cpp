#include <filesystem>
#include <fstream>
#include <set>

#include "tests/cli/demo.h"

// One query, asked of the file and of a server that serves it meanwhile.

namespace callarchive::process {
namespace {

using testing::HasSubstr;
using testing::Not;

// A query as the command line asks it, and as the literal target of a GET.
struct Asked {
  Words words;
  const char* target;
};

const Asked kQueries[] = {
    {{"calls"}, "/v1/calls"},
    {{"calls", "--all"}, "/v1/calls?limit=500"},
    {{"calls", "--limit", "7"}, "/v1/calls?limit=7"},
    {{"calls", "--count"}, "/v1/calls?count=exact"},
    {{"calls", "--direction", "OUTBOUND", "--all"}, "/v1/calls?direction=OUTBOUND&limit=500"},
    {{"calls", "--result", "voicemail", "--all"}, "/v1/calls?result=voicemail&limit=500"},
    {{"calls", "--tag", "quote", "--all"}, "/v1/calls?tag=quote&limit=500"},
    {{"calls", "--user-email", "emma.stone@breval.example"}, "/v1/calls?user_email=emma.stone%40breval.example"},
    {{"calls", "--contact-id", "con_CLHysUnTiAg79Bi3itn5"}, "/v1/calls?contact_id=con_CLHysUnTiAg79Bi3itn5"},
    {{"calls", "--number", kCustomer}, "/v1/calls?number=%2B33639981010"},
    {{"calls", "--number", "+33 6 39 98 10 10", "--number", "+33184800000"},
     "/v1/calls?number=%2B33%206%2039%2098%2010%2010&number=%2B33184800000"},
    {{"calls", "--since", "2026-10-01", "--until", "2026-11-01", "--tz", "Europe/Paris", "--all"},
     "/v1/calls?since=2026-10-01&until=2026-11-01&tz=Europe/Paris&limit=500"},
    {{"calls", "--min-duration", "60", "--max-duration", "300"}, "/v1/calls?min_duration=60&max_duration=300"},
    {{"calls", "--has", "transcript,summary"}, "/v1/calls?has=transcript,summary"},
    {{"calls", "--has", "recording_link", "--has", "transcript"}, "/v1/calls?has=recording_link&has=transcript"},
    {{"calls", "--q", "rendez-vous"}, "/v1/calls?q=rendez-vous"},
    {{"calls", "--tag", "quote", "--direction", "INBOUND", "--q", "devis -buffet"},
     "/v1/calls?q=devis%20-buffet&direction=INBOUND&tag=quote"},
    {{"messages", "--all"}, "/v1/messages?limit=500"},
    {{"messages", "--direction", "INBOUND", "--count"}, "/v1/messages?direction=INBOUND&count=exact"},
    {{"messages", "--type", "MMS"}, "/v1/messages?type=MMS"},
    {{"messages", "--number", kCustomer, "--all"}, "/v1/messages?number=%2B33639981010&limit=500"},
    {{"messages", "--since", "2026-10-01T00:00:00+02:00", "--q", "merci"},
     "/v1/messages?since=2026-10-01T00:00:00%2B02:00&q=merci"},
    {{"contacts", "--all"}, "/v1/contacts?limit=500"},
    {{"contacts", "--name", "a", "--limit", "5"}, "/v1/contacts?name=a&limit=5"},
    {{"contacts", "--company", "hotel"}, "/v1/contacts?company=hotel"},
    {{"contacts", "--email", "Camille.Durand@mail.example"}, "/v1/contacts?email=Camille.Durand%40mail.example"},
    {{"contacts", "--number", kCustomer}, "/v1/contacts?number=%2B33639981010"},
    {{"contacts", "--q", "mairie"}, "/v1/contacts?q=mairie"},
    {{"contacts", "con_CLHysUnTiAg79Bi3itn5"}, "/v1/contacts/con_CLHysUnTiAg79Bi3itn5"},
    {{"numbers", "--all"}, "/v1/numbers?limit=500"},
    {{"numbers", "--kind", "anonymous"}, "/v1/numbers?kind=anonymous"},
    {{"numbers", "--country", "fr", "--count"}, "/v1/numbers?country=fr&count=exact"},
    {{"numbers", kCustomer}, "/v1/numbers/%2B33639981010"},
    {{"timeline", kCustomer, "--limit", "3"}, "/v1/numbers/%2B33639981010/timeline?limit=3"},
    {{"timeline", kCustomer, "--since", "2026-09-01", "--all"},
     "/v1/numbers/%2B33639981010/timeline?since=2026-09-01&limit=500"},
    {{"timeline", "--contact", "con_CLHysUnTiAg79Bi3itn5"}, "/v1/contacts/con_CLHysUnTiAg79Bi3itn5/timeline"},
    {{"search", "devis", "-n", "2", "--kind", "call,message"}, "/v1/search?q=devis&kind=call,message&limit=2"},
    {{"search", "\"rendez-vous\"", "--sort", "relevance"}, "/v1/search?q=%22rendez-vous%22&sort=relevance"},
    {{"search", "cafe", "--all"}, "/v1/search?q=cafe&limit=500"},
    {{"search", "devis", "--direction", "INBOUND", "--result", "ANSWERED"},
     "/v1/search?q=devis&direction=INBOUND&result=ANSWERED"},
    {{"search", "devis", "--tag", "quote", "--user-email", "claire.breval@breval.example"},
     "/v1/search?q=devis&tag=quote&user_email=claire.breval%40breval.example"},
    {{"search", "bonjour", "--number", kCustomer, "--since", "2026-09-15"},
     "/v1/search?q=bonjour&number=%2B33639981010&since=2026-09-15"},
    {{"stats"}, "/v1/stats"},
    {{"stats", "--by", "month,direction", "--tz", "Europe/Paris"}, "/v1/stats?by=month,direction&tz=Europe/Paris"},
    {{"stats", "--by", "result", "--kind", "call"}, "/v1/stats?by=result&kind=call"},
    {{"stats", "--by", "week,user", "--tag", "quote"}, "/v1/stats?by=week,user&tag=quote"},
    {{"stats", "--by", "tag", "--user-email", "emma.stone@breval.example", "--direction", "INBOUND"},
     "/v1/stats?by=tag&user_email=emma.stone%40breval.example&direction=INBOUND"},
    {{"stats", "--by", "hour", "--number", kCustomer, "--since", "2026-10-25", "--until", "2026-11-02", "--tz",
      "Europe/Paris"},
     "/v1/stats?by=hour&number=%2B33639981010&since=2026-10-25&until=2026-11-02&tz=Europe/Paris"},
    {{"stats", "--by", "number", "--result", "VOICEMAIL"}, "/v1/stats?by=number&result=VOICEMAIL"},
};

using Queries = Demo;

// The ids of rows, each with all else that the row says.
using Rows = std::vector<nlohmann::json>;

bool is_count(const Words& query) { return query.back() == "--count"; }

// What --json or --count printed. One object that is no row of a list is the only one.
Rows rows_of_text(const std::string& text) {
  Rows rows;
  for (const auto& line : lines_of(text)) rows.push_back(nlohmann::json::parse(line));
  return rows;
}

// The same of the answer to a GET.
Rows rows_of_answer(const nlohmann::json& answer, const Words& query) {
  if (is_count(query)) return {answer.at("page").at("total")};
  if (!answer.contains("page")) return {answer};
  return answer.at("data").get<Rows>();
}

TEST_F(Queries, AreAnsweredAlikeByFileAndServer) {
  const Service service(archive());
  for (const auto& [query, target] : kQueries) {
    for (const Words& format : {Words{"--json"}, Words{"--csv"}, Words{}}) {
      const Words words = is_count(query) ? query : query + format;
      const Ended answer = run(words + Words{"--server", url_of(service)});
      EXPECT_EQ(answer.exit_code, 0) << testing::PrintToString(words) << answer.err;
      EXPECT_NE(answer.out, "") << testing::PrintToString(words);
      EXPECT_EQ(answer.out, ask(words)) << testing::PrintToString(words);
    }
  }
}

// By HTTP alone, so that a filter that the command line forgot on its way would be noticed.
TEST_F(Queries, AreAnsweredAsAGetIs) {
  const Service service(archive());
  for (const auto& [query, target] : kQueries) {
    const Words words = is_count(query) ? query : query + Words{"--json"};
    const auto rows = rows_of_answer(service.ask(target), query);
    EXPECT_FALSE(rows.empty()) << target;
    EXPECT_EQ(rows_of_text(ask(words)), rows) << target;
  }
}

TEST_F(Queries, ExportTheSameBytesFromFileServerAndGet) {
  // The parameters stand as the command line sends them: the manifest repeats the request.
  const Asked exports[] = {
      {{"calls"}, "/v1/export/calls?"},
      {{"calls", "--tag", "quote", "--since", "2026-10-01"}, "/v1/export/calls?since=2026-10-01&tag=quote&tz=UTC&"},
      {{"messages"}, "/v1/export/messages?"},
      {{"messages", "--direction", "INBOUND"}, "/v1/export/messages?direction=INBOUND&"},
      {{"contacts"}, "/v1/export/contacts?"},
      {{"contacts", "--company", "hotel"}, "/v1/export/contacts?company=hotel&"},
      {{"transcripts"}, "/v1/export/transcripts?"},
      {{"transcripts", "--q", "devis", "--result", "ANSWERED"}, "/v1/export/transcripts?q=devis&result=ANSWERED&"},
  };
  const Service service(archive());
  for (const auto& [what, target] : exports) {
    for (const std::string format : {"ndjson", "csv", "vcard"}) {
      if (format == "vcard" && what.front() != "contacts") continue;
      const Words words = Words{"export"} + what + Words{"--format", format};
      const Answer answer = service.get(target + ("format=" + format));
      EXPECT_EQ(answer.status, 200) << target << answer.body;
      const auto lines = lines_of(answer.body);
      // Rows, and what stands around them.
      EXPECT_GT(lines.size(), format == "ndjson" ? 2u : 1u) << target << format;
      EXPECT_EQ(ask(words), answer.body) << target << format;
      EXPECT_EQ(run(words + Words{"--server", url_of(service)}).out, answer.body) << target << format;
    }
  }
}

TEST_F(Queries, FollowCursorsToTheEnd) {
  // More messages than the API gives at once.
  const Ended generated = run({"generate", "--count", "2000"});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  const Words many = {"--db", file("many.db")};
  ASSERT_EQ(run(Words{"import", "-"} + many, {}, generated.out).exit_code, 0);
  const auto all = lines_of(run(Words{"messages", "--all", "--json"} + many).out);
  EXPECT_GT(all.size(), 1000u);
  EXPECT_EQ(run(Words{"messages", "--count"} + many).out, std::to_string(all.size()) + "\n");
  std::set<std::string> ids;
  for (const auto& line : all) ids.insert(id_of(line));
  EXPECT_EQ(ids.size(), all.size());
  const auto some = lines_of(run(Words{"messages", "--limit", "777", "--json"} + many).out);
  EXPECT_EQ(some, Words(all.begin(), all.begin() + 777));
}

TEST_F(Queries, OneCallComesWithItsTranscript) {
  const auto id = id_of(lines_of(ask({"calls", "--has", "transcript", "-n", "1", "--json"})).front());
  const auto call = nlohmann::json::parse(ask({"calls", id, "--json"}));
  ASSERT_FALSE(call["transcript"].empty());
  const auto shown = ask({"calls", id}, {{"COLUMNS", "100"}});
  EXPECT_THAT(shown, HasSubstr(id));
  const std::string first = call["transcript"][0]["text"];
  EXPECT_THAT(shown, HasSubstr(first.substr(0, 20)));
}

TEST_F(Queries, AreRefusedWithTheFieldThatWasWrong) {
  const Service service(archive());
  const struct {
    Words words;
    int exit_code;
    const char* said;
  } cases[] = {
      {{"calls", "--since", "2026-02-30"}, 2, "callarchive: --since: "},
      {{"calls", "--min-duration", "long"}, 2, "callarchive: --min-duration: "},
      {{"calls", "cll_nobody"}, 1, "cll_nobody"},
      {{"calls", "cll_nobody", "--number", "1"}, 2, "callarchive: --number: "},
      {{"numbers", "+33100000000"}, 1, "+33100000000"},
      {{"search", "!!"}, 2, "callarchive: words: "},
      {{"search", ""}, 2, "callarchive: words: "},
      {{"stats", "--by", "hour,day"}, 2, "callarchive: --by: "},
      {{"export", "calls", "--max-duration", "x", "--min-duration", "x"}, 2, "--max-duration: "},
  };
  for (const auto& [words, exit_code, said] : cases) {
    for (const Words& whom : {Words{"--db", archive()}, Words{"--server", url_of(service)}}) {
      const Ended ended = run(words + whom);
      EXPECT_EQ(ended.exit_code, exit_code) << said;
      EXPECT_THAT(ended.err, HasSubstr(said));
      EXPECT_EQ(ended.out, "") << said;
    }
  }
}

TEST_F(Queries, ThatNobodyCanAnswerSayWhy) {
  const Ended no_file = run({"calls", "--db", file("missing.db")});
  EXPECT_EQ(no_file.exit_code, 1);
  EXPECT_THAT(no_file.err, HasSubstr("missing.db"));
  EXPECT_FALSE(std::filesystem::exists(file("missing.db")));
  std::string url;
  {
    const Service service(archive());
    url = url_of(service);
  }
  const Ended nobody = run({"calls", "--server", url});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("cannot connect"));
  for (const char* bad :
       {"archive.example", "ftp://archive.example", "http://", "http://me@localhost", "http://a:99999"}) {
    EXPECT_EQ(run({"calls", "--server", bad}).exit_code, 2) << bad;
  }
  EXPECT_EQ(run({"calls", "--server", url, "--token", "a\nb"}).exit_code, 2);
}

TEST_F(Queries, BringTheirToken) {
  const Words tokens = {"--tokens-file", file("tokens")};
  const auto made = run(Words{"token", "new", "--name", "reader"} + tokens);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto token = lines_of(made.out).front();
  const Service service(archive(), tokens);
  const Words count = {"calls", "--count", "--server", url_of(service)};
  const Ended without = run(count);
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err, HasSubstr("token"));
  const auto all = ask({"calls", "--count"});
  EXPECT_EQ(run(count + Words{"--token", token}).out, all);
  EXPECT_EQ(run(count, {{"CALLARCHIVE_TOKEN", token}}).out, all);
  std::ofstream(file("token")) << token << "\n";
  EXPECT_EQ(run(count + Words{"--token", "@" + file("token")}).out, all);
}

TEST_F(Queries, AreNotAskedOfAServerThatCannotProveItsName) {
  if (run_other("sh", {"-c", "command -v openssl"}).exit_code != 0) GTEST_SKIP() << "openssl is not installed";
  const Ended made =
      run_other("openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", file("key.pem"),
                            "-out", file("certificate.pem"), "-days", "1"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  Program server({"s_server", "-accept", "0", "-4", "-www", "-key", file("key.pem"), "-cert", file("certificate.pem")},
                 {}, {}, "openssl");
  const auto said = server.wait_for_out("ACCEPT");
  const auto place = server.wait_for_out("\n").substr(said.find("ACCEPT"));
  const auto port = place.substr(place.rfind(':') + 1, place.find('\n') - place.rfind(':') - 1);
  const Words calls = {"calls", "--token", "secret", "--server", "https://localhost:" + port};
  const Ended unknown = run(calls);
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("cannot be trusted"));
  // Trusted, it answers, though not as an archive does.
  const Ended trusted = run(calls + Words{"--ca-file", file("certificate.pem")});
  EXPECT_EQ(trusted.exit_code, 1);
  EXPECT_THAT(trusted.err, Not(HasSubstr("cannot be trusted")));
}

TEST_F(Queries, DoNotWriteIntoTheFile) {
  const auto before = run_other("sha256sum", {archive()}).out;
  ask({"calls"});
  ask({"stats", "--by", "day"});
  EXPECT_EQ(run_other("sha256sum", {archive()}).out, before);
}

}  // namespace
}  // namespace callarchive::process
