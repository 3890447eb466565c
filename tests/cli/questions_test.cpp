#include <filesystem>
#include <fstream>
#include <set>

#include "tests/cli/demo.h"

// One question, asked of the file and of a server that serves it meanwhile.

namespace callarchive::process {
namespace {

using testing::HasSubstr;
using testing::Not;

const Words kQuestions[] = {
    {"calls"},
    {"calls", "--all"},
    {"calls", "--limit", "7"},
    {"calls", "--count"},
    {"calls", "--direction", "OUTBOUND", "--all"},
    {"calls", "--result", "voicemail", "--all"},
    {"calls", "--number", kCustomer},
    {"calls", "--number", "+33 6 39 98 10 10", "--number", "+33184800000"},
    {"calls", "--since", "2026-10-01", "--until", "2026-11-01", "--tz", "Europe/Paris", "--all"},
    {"calls", "--min-duration", "60", "--max-duration", "300"},
    {"calls", "--has", "transcript,summary"},
    {"calls", "--has", "recording", "--has", "transcript"},
    {"calls", "--q", "rendez-vous"},
    {"messages", "--all"},
    {"messages", "--direction", "INBOUND", "--count"},
    {"messages", "--type", "MMS"},
    {"messages", "--number", kCustomer, "--all"},
    {"contacts", "--all"},
    {"contacts", "--name", "a", "--limit", "5"},
    {"contacts", "--number", kCustomer},
    {"numbers", "--all"},
    {"numbers", "--kind", "anonymous"},
    {"numbers", "--country", "fr", "--count"},
    {"numbers", kCustomer},
    {"timeline", kCustomer, "--limit", "3"},
    {"timeline", kCustomer, "--since", "2026-09-01", "--all"},
    {"search", "devis", "-n", "2", "--kind", "call,message"},
    {"search", "\"rendez-vous\"", "--sort", "relevance"},
    {"search", "cafe", "--all"},
    {"search", "devis", "--direction", "INBOUND", "--result", "ANSWERED"},
    {"stats"},
    {"stats", "--by", "month,direction", "--tz", "Europe/Paris"},
    {"stats", "--by", "result", "--kind", "call"},
};

using Questions = Demo;

TEST_F(Questions, AreAnsweredAlikeByFileAndServer) {
  const Service service(archive());
  for (const Words& question : kQuestions) {
    for (const Words& format : {Words{"--json"}, Words{"--csv"}, Words{}}) {
      const Words words = question.back() == "--count" ? question : question + format;
      const Ended answer = run(words + Words{"--server", url_of(service)});
      EXPECT_EQ(answer.exit_code, 0) << testing::PrintToString(words) << answer.err;
      EXPECT_NE(answer.out, "") << testing::PrintToString(words);
      EXPECT_EQ(answer.out, ask(words)) << testing::PrintToString(words);
    }
  }
}

TEST_F(Questions, FollowCursorsToTheEnd) {
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

TEST_F(Questions, OneCallComesWithItsTranscript) {
  const auto id = id_of(lines_of(ask({"calls", "--has", "transcript", "-n", "1", "--json"})).front());
  const auto call = nlohmann::json::parse(ask({"calls", id, "--json"}));
  ASSERT_FALSE(call["transcript"].empty());
  const auto shown = ask({"calls", id}, {{"COLUMNS", "100"}});
  EXPECT_THAT(shown, HasSubstr(id));
  const std::string first = call["transcript"][0]["text"];
  EXPECT_THAT(shown, HasSubstr(first.substr(0, 20)));
}

TEST_F(Questions, AreRefusedWithTheFieldThatWasWrong) {
  const Service service(archive());
  const struct {
    Words words;
    const char* said;
  } cases[] = {
      {{"calls", "--since", "yesterday"}, "since"},  {{"calls", "--min-duration", "long"}, "min_duration"},
      {{"calls", "cll_nobody"}, "cll_nobody"},       {{"calls", "cll_nobody", "--direction", "INBOUND"}, "direction"},
      {{"numbers", "+33100000000"}, "+33100000000"}, {{"search", "..."}, "q"},
      {{"stats", "--by", "day,month"}, "by"},
  };
  for (const auto& [words, said] : cases) {
    for (const Words& whom : {Words{"--db", archive()}, Words{"--server", url_of(service)}}) {
      const Ended ended = run(words + whom);
      EXPECT_EQ(ended.exit_code, 1) << said;
      EXPECT_THAT(ended.err, HasSubstr(said));
      EXPECT_EQ(ended.out, "") << said;
    }
  }
}

TEST_F(Questions, ThatNobodyCanAnswerSayWhy) {
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

TEST_F(Questions, BringTheirToken) {
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

TEST_F(Questions, AreNotAskedOfAServerThatCannotProveItsName) {
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

TEST_F(Questions, DoNotWriteIntoTheFile) {
  const auto before = run_other("sha256sum", {archive()}).out;
  ask({"calls"});
  ask({"stats", "--by", "day"});
  EXPECT_EQ(run_other("sha256sum", {archive()}).out, before);
}

}  // namespace
}  // namespace callarchive::process
