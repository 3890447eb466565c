#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/cli/text.h"
#include "tests/cli/demo.h"

namespace callarchive::process {
namespace {

using testing::HasSubstr;
using testing::Not;

// Asks with a terminal behind standard output, by script(1).
std::string on_a_terminal(const std::string& command, const Program::Environment& environment = {{"TERM", "xterm"}}) {
  return run_other("script", {"-qec", std::string(CALLARCHIVE_PROGRAM) + " " + command, "/dev/null"}, environment).out;
}

class Shown : public Demo {
 protected:
  // The arguments that name an archive with one call, whose texts are these.
  Words odd_archive(const std::string& name, const std::string& summary) const {
    const nlohmann::json data = {{"id", "cll_odd"},         {"start_date", "2026-03-02T09:15:00Z"},
                                 {"type", "INBOUND"},       {"from_number", "+14155550100"},
                                 {"from_name", name},       {"one_sentence_summary", summary},
                                 {"length_in_minutes", 1.5}};
    const nlohmann::json body = {{"topic", "CALL_RECEIVED"}, {"data", data}};
    const Words archive = {"--db", file("odd.db")};
    EXPECT_EQ(run(Words{"import", "-"} + archive, {}, body.dump() + "\n").exit_code, 0);
    return archive;
  }
};

TEST_F(Shown, TablesFitTheWidth) {
  const Words tables[] = {{"calls"},
                          {"messages"},
                          {"contacts"},
                          {"numbers"},
                          {"stats", "--by", "month,user"},
                          {"search", "devis", "--all"}};
  for (const std::size_t columns : {90u, 120u, 200u}) {
    for (const auto& words : tables) {
      for (const auto& line : lines_of(ask(words, {{"COLUMNS", std::to_string(columns)}}))) {
        EXPECT_LE(cli::width(line), columns) << line;
      }
    }
  }
}

TEST_F(Shown, IdsAreWholeHoweverNarrowTheTerminal) {
  const auto id = id_of(lines_of(ask({"calls", "-n", "1", "--json"})).front());
  EXPECT_THAT(ask({"calls", "-n", "1"}, {{"COLUMNS", "40"}}), HasSubstr(id));
  const Words hit = {"search", "devis", "--kind", "call", "-n", "1"};
  const std::string found = nlohmann::json::parse(ask(hit + Words{"--json"})).at("call").at("id");
  EXPECT_THAT(ask(hit, {{"COLUMNS", "40"}}), HasSubstr(found));
}

TEST_F(Shown, WhatIsGroupedByStaysHoweverNarrowTheTerminal) {
  const auto lines = lines_of(ask({"stats", "--by", "month,direction"}, {{"COLUMNS", "40"}}));
  ASSERT_GT(lines.size(), 2u);
  EXPECT_THAT(lines[0], testing::MatchesRegex("WHEN +WHAT +CALLS.*"));
  EXPECT_THAT(lines[1], testing::MatchesRegex("2026-[0-9]+ +(INBOUND|OUTBOUND) +[0-9].*"));
  for (const auto& line : lines) EXPECT_LE(cli::width(line), 40u) << line;
}

// All of the text around a match is there, in as many lines as it needs, and the match is set off across them.
TEST_F(Shown, ExcerptsAreWrapped) {
  std::string text = "田中さくら wants\tthe blue-table blue table, and";
  for (int i = 0; i < 9; ++i) text += " number " + std::to_string(1000 + i);
  const auto archive = odd_archive("Ada", text);
  const Words search = {"search", "\"blue table\" number"};
  const auto words_of = [](const std::string& shown) {
    std::istringstream stream(shown);
    return Words(std::istream_iterator<std::string>(stream), {});
  };
  const auto whole = run(search + archive);
  EXPECT_EQ(lines_of(whole.out).size(), 2u) << whole.out;
  for (std::size_t columns = 12; columns < 120; columns += 7) {
    const auto lines = lines_of(run(search + archive, {{"COLUMNS", std::to_string(columns)}}).out);
    for (auto line = lines.begin() + 1; line != lines.end(); ++line) EXPECT_LE(cli::width(*line), columns) << *line;
    std::string shown;
    for (const auto& line : lines) shown += line + "\n";
    if (columns < 64) continue;  // narrower, names and long words are cut
    EXPECT_EQ(words_of(shown), words_of(whole.out));
  }
}

TEST_F(Shown, ATableHasATitleAndARowForEach) {
  const auto lines = lines_of(ask({"calls", "-n", "3"}));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], testing::StartsWith("STARTED"));
  const auto rows = lines_of(ask({"calls", "-n", "3", "--json"}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(lines[i + 1], testing::EndsWith(id_of(rows[i])));
}

TEST_F(Shown, TimesAreOfTheZone) {
  const auto archive = odd_archive("Ada", "A booking.");
  EXPECT_THAT(run(Words{"calls"} + archive).out, HasSubstr("2026-03-02 09:15"));
  EXPECT_THAT(run(Words{"calls", "--tz", "Asia/Tokyo"} + archive).out, HasSubstr("2026-03-02 18:15"));
  EXPECT_EQ(run(Words{"calls", "--tz", "Mars/Olympus"} + archive).exit_code, 2);
}

TEST_F(Shown, StrangersCannotSteerTheTerminal) {
  const auto archive = odd_archive("Eve\x1b]0;owned\x07", "evil \x1b[2J \xE2\x80\xAE txt.exe \xC2\x9B 31m");
  for (const Words& words :
       {Words{"calls"}, Words{"calls", "cll_odd"}, Words{"timeline", "+14155550100"}, Words{"search", "evil"}}) {
    const Ended ended = run(words + archive);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("evil"));
    for (const char* harm : {"\x1b", "\x07", "\xE2\x80\xAE", "\xC2\x9B"}) EXPECT_THAT(ended.out, Not(HasSubstr(harm)));
  }
}

TEST_F(Shown, WideAndCombiningCharactersKeepColumnsStraight) {
  const auto lines = lines_of(run(Words{"calls"} + odd_archive("田中さくら", "cafe\xCC\x81 予約")).out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(cli::width(lines[1].substr(0, lines[1].find("cll_odd"))), lines[0].find("ID"));
}

TEST_F(Shown, CsvIsRfc4180WithAHeaderAlways) {
  const auto archive = odd_archive("Ada \"the\" Great, PhD", "two\nlines");
  const auto text = run(Words{"calls", "--csv"} + archive).out;
  EXPECT_THAT(text, testing::StartsWith("id,started_at,direction,result,from_number,from_name,"));
  EXPECT_THAT(text, HasSubstr("\r\ncll_odd,2026-03-02T09:15:00.000Z,INBOUND,"));
  EXPECT_THAT(text, HasSubstr("\"Ada \"\"the\"\" Great, PhD\""));
  EXPECT_THAT(text, HasSubstr("\"two\nlines\""));
  const auto none = run(Words{"calls", "--csv", "--direction", "OUTBOUND"} + archive).out;
  EXPECT_EQ(none, text.substr(0, text.find("\r\n") + 2));
  for (const Words& words : {Words{"timeline", "+14155550100"}, Words{"search", "lines"}, Words{"stats"}}) {
    const auto table = run(words + Words{"--csv"} + archive).out;
    EXPECT_EQ(lines_of(table).size(), words[0] == "stats" ? 2u : 3u) << table;  // one text has two lines
    const auto head = table.substr(0, table.find("\r\n"));
    EXPECT_GE(std::count(head.begin(), head.end(), ','), 7) << head;
  }
}

TEST_F(Shown, ATimelineReadsFromTopToBottom) {
  const auto rows = lines_of(ask({"timeline", kCustomer, "--json"}));
  const auto shown = ask({"timeline", kCustomer}, {{"COLUMNS", "90"}});
  std::size_t last = 0;
  int calls = 0;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const auto item = nlohmann::json::parse(*row);
    if (item["kind"] != "call") continue;
    ++calls;
    const auto at = shown.find(item["call"]["id"].get<std::string>());
    ASSERT_NE(at, std::string::npos);
    EXPECT_GE(at, last);
    last = at;
  }
  EXPECT_GE(calls, 2);
  for (const auto& line : lines_of(shown)) EXPECT_LE(cli::width(line), 90u);
}

TEST_F(Shown, ColoursAreForTerminalsThatWantThem) {
  if (run_other("sh", {"-c", "command -v script"}).exit_code != 0) GTEST_SKIP() << "script is not installed";
  const std::string calls = "calls --db " + archive();
  EXPECT_THAT(on_a_terminal(calls), HasSubstr("\x1b[1m"));
  EXPECT_THAT(on_a_terminal("search devis --db " + archive()), HasSubstr("\x1b[1;33m"));
  EXPECT_THAT(on_a_terminal(calls, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_a_terminal(calls, {{"TERM", "dumb"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_a_terminal(calls + " --json"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(ask({"calls"}), Not(HasSubstr("\x1b")));
}

// As JSON, CSV and vCard as well, which files have as they are.
TEST_F(Shown, StrangersCannotSteerTheTerminalInAnyFormat) {
  if (run_other("sh", {"-c", "command -v script"}).exit_code != 0) GTEST_SKIP() << "script is not installed";
  const std::string mark = "\u200Fשלום", flag = "🇫🇷";
  const std::string evil = "evil \x1b[2J \u202E txt.exe \u009B 31m " + mark + " " + flag;
  const auto archive = odd_archive("Eve\x1b]0;owned\x07", evil).back();
  const nlohmann::json contact = {{"topic", "CONTACT_CREATED"}, {"data", {{"id", "con_odd"}, {"name", evil}}}};
  ASSERT_EQ(run({"import", "-", "--db", archive}, {}, contact.dump() + "\n").exit_code, 0);
  for (const std::string command :
       {"calls", "calls --json", "calls --csv", "calls --csv --for-spreadsheet", "calls cll_odd --json", "export calls",
        "export calls --format csv", "export contacts --format vcard", "search evil --json",
        "timeline +14155550100 --csv", "dump"}) {
    const auto shown = on_a_terminal(command + " --db " + archive, {{"TERM", "dumb"}});
    for (const auto& seen : {std::string("evil"), mark, flag}) EXPECT_THAT(shown, HasSubstr(seen)) << command;
    for (const char* harm : {"\x1b", "\x07", "\u202E", "\u009B"}) EXPECT_THAT(shown, Not(HasSubstr(harm))) << command;
  }
  EXPECT_THAT(run({"calls", "--csv", "--db", archive}).out, HasSubstr("\x1b[2J \u202E")) << "a file is lossless";
}

TEST_F(Shown, CsvIsForProgramsOrForSpreadsheets) {
  const auto archive = odd_archive("=HYPERLINK(1)", "@SUM(1+1)");
  const Words tokyo = Words{"--csv", "--tz", "Asia/Tokyo"} + archive;
  for (const Words& words : {Words{"calls"}, Words{"calls", "cll_odd"}, Words{"timeline", "+14155550100"}}) {
    const auto plain = run(words + tokyo).out;
    EXPECT_THAT(plain, HasSubstr("2026-03-02T18:15:00.000+09:00"));
    EXPECT_THAT(plain, HasSubstr(",=HYPERLINK(1),"));
    const auto sheet = run(words + tokyo + Words{"--for-spreadsheet"}).out;
    EXPECT_THAT(sheet, testing::StartsWith("\xEF\xBB\xBF"));
    EXPECT_THAT(sheet, HasSubstr("2026-03-02 18:15:00"));
    EXPECT_THAT(sheet, HasSubstr(",'=HYPERLINK(1),"));
    EXPECT_THAT(sheet, HasSubstr("'@SUM(1+1)"));
    EXPECT_THAT(sheet, HasSubstr(",'+14155550100,"));
  }
  const Words exported = Words{"export", "calls", "--format", "csv", "--tz", "Asia/Tokyo"} + archive;
  EXPECT_THAT(run(exported).out, HasSubstr("cll_odd,2026-03-02T18:15:00.000+09:00,"));
  EXPECT_THAT(run(exported + Words{"--for-spreadsheet"}).out, HasSubstr("cll_odd,2026-03-02 18:15:00,INBOUND,"));
  EXPECT_EQ(run(Words{"export", "calls", "--for-spreadsheet"} + archive).exit_code, 2);
  EXPECT_EQ(run(Words{"calls", "--for-spreadsheet"} + archive).exit_code, 2);
}

// Each command that prints, with its output on a full device.
TEST_F(Shown, NothingEndsWellOnAFullDevice) {
  ASSERT_EQ(run({"token", "new", "--name", "a", "--tokens-file", file("tokens")}).exit_code, 0);
  const std::string db = " --db " + archive();
  const std::string tokens = " --tokens-file " + file("tokens");
  const std::string commands[] = {"--help",
                                  "--version",
                                  "calls --help",
                                  "token new --help",
                                  "openapi",
                                  "man",
                                  "completion bash",
                                  "completion zsh",
                                  "completion fish",
                                  "serve --print-config",
                                  "generate --count 3",
                                  "generate --count 3000",
                                  "calls" + db,
                                  "calls --csv" + db,
                                  "calls --count" + db,
                                  "messages --json" + db,
                                  "contacts" + db,
                                  "numbers" + db,
                                  "stats" + db,
                                  "stats --json" + db,
                                  "timeline " + std::string(kCustomer) + db,
                                  "search devis" + db,
                                  "export calls" + db,
                                  "export contacts --format vcard" + db,
                                  "export calls -o /dev/full" + db,
                                  "dump" + db,
                                  "doctor --quick" + db,
                                  "token list" + tokens,
                                  "token new --name b" + tokens,
                                  "token new --name c",
                                  "secret new",
                                  "secret new --token"};
  for (const auto& command : commands) {
    const Ended ended = run_other("sh", {"-c", std::string(CALLARCHIVE_PROGRAM) + " " + command + " >/dev/full"});
    EXPECT_EQ(ended.exit_code, 1) << command;
    EXPECT_THAT(ended.err, HasSubstr("No space left on device")) << command;
  }
  // The results of these are on standard error, so only the exit code can say it.
  for (const auto& command : {"migrate" + db, "rebuild --check" + db, "backup" + db + " " + file("copy.db")}) {
    const Ended ended = run_other("sh", {"-c", std::string(CALLARCHIVE_PROGRAM) + " " + command + " 2>/dev/full"});
    EXPECT_EQ(ended.exit_code, 1) << command;
  }
}

TEST_F(Shown, AFullDiskIsAFailureAndAClosedPipeIsNot) {
  const std::string calls = std::string(CALLARCHIVE_PROGRAM) + " calls --all --json --db " + archive();
  const Ended full = run_other("sh", {"-c", calls + " > /dev/full"});
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.err, HasSubstr("No space left"));
  const Ended piped = run_other("sh", {"-c", calls + " | true"});
  EXPECT_EQ(piped.exit_code, 0);
  EXPECT_EQ(piped.err, "");
}

TEST_F(Shown, ExportsAreWholeFiles) {
  const auto path = file("calls.ndjson");
  EXPECT_EQ(ask({"export", "calls", "-o", path}), "");
  std::ifstream stream(path);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(text, ask({"export", "calls"}));
  const auto rows = lines_of(text).size() - 2;
  EXPECT_EQ(nlohmann::json::parse(lines_of(text).back())["completion"]["rows"], rows);
  EXPECT_EQ(std::to_string(rows) + "\n", ask({"calls", "--count"}));

  const Ended refused = run({"export", "calls", "--db", archive(), "--since", "never", "-o", file("none.ndjson")});
  EXPECT_EQ(refused.exit_code, 2);
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
    EXPECT_THAT(entry.path().filename().string(), Not(testing::StartsWith("none")));
  }
  EXPECT_THAT(ask({"export", "contacts", "--format", "vcard"}), testing::StartsWith("BEGIN:VCARD\r\nVERSION:4.0\r\n"));
  EXPECT_THAT(ask({"export", "contacts", "--format", "vcard", "--vcard-version", "3.0"}),
              testing::StartsWith("BEGIN:VCARD\r\nVERSION:3.0\r\n"));
  const Service service(archive());
  EXPECT_EQ(run({"export", "messages", "-f", "csv", "--server", url_of(service)}).out,
            ask({"export", "messages", "-f", "csv"}));
}

}  // namespace
}  // namespace callarchive::process
