#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

constexpr const char* kDemo = SOURCE_DIR "/demo/events.ndjson";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void execute(const std::string& archive, const std::string& sql) {
  SQLite::Database(archive, SQLite::OPEN_READWRITE).exec(sql);
}

std::string ask(const std::string& archive, const std::string& sql) {
  return SQLite::Database(archive, SQLite::OPEN_READONLY).execAndGet(sql).getString();
}

TEST(CommandLine, WrongUseSaysWhatIsWrong) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const struct {
    std::vector<std::string> arguments;
    const char* said;
  } cases[] = {
      {{}, "subcommand"},
      {{"dance"}, "dance"},
      {{"serve", "--danse"}, "--danse"},
      {{"import", "--db", archive}, "files"},
      {{"import", "--db", archive, folder.file("missing.ndjson")}, "missing.ndjson"},
      {{"serve", "--db", archive, "--listen", "nowhere"}, "nowhere"},
      {{"serve", "--db", archive, "--listen", "127.0.0.1:0", "--webhook-secret", "short!"}, "--webhook-secret"},
      {{"serve", "--db", archive, "--readers", "none"}, "--readers"},
  };
  for (const auto& [arguments, said] : cases) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.exit_code, 2) << said << ": " << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(said));
    EXPECT_EQ(ended.out, "") << said;
  }
}

TEST(CommandLine, WhatFailsSaysWhy) {
  const TemporaryFolder folder;
  const Ended no_folder = run({"migrate", "--db", folder.file("missing/archive.db")});
  EXPECT_EQ(no_folder.exit_code, 1);
  EXPECT_THAT(no_folder.err, HasSubstr("missing"));
  const Ended no_archive = run({"rebuild", "--db", folder.file("missing.db")});
  EXPECT_EQ(no_archive.exit_code, 1);
  EXPECT_THAT(no_archive.err, HasSubstr("no such file"));
  std::ofstream(folder.file("text.db")) << "This is no database, and never was one. It only has the name of one.\n";
  EXPECT_EQ(run({"migrate", "--db", folder.file("text.db")}).exit_code, 1);
}

// Cron sees the exit code alone.
TEST(CommandLine, TheDoctorFailsWhenTheVendorIsSilentForTooLong) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", archive, kDemo}).exit_code, 0);
  execute(archive, "UPDATE deliveries SET last_received_at = (unixepoch() - 49 * 3600) * 1000");
  const auto examine = [&](const std::string& hours) {
    return run({"doctor", "--db", archive, "--quick", "--quiet", "--silence", hours});
  };
  EXPECT_EQ(examine("0").exit_code, 0);
  EXPECT_EQ(examine("72").exit_code, 0);
  const Ended silent = examine("48");
  EXPECT_EQ(silent.exit_code, 1);
  EXPECT_THAT(silent.out, HasSubstr("last delivery 49 hours ago"));
}

TEST(CommandLine, TheEnvironmentCountsWhereNoFlagDoes) {
  const TemporaryFolder folder;
  EXPECT_EQ(run({"migrate"}, {{"CALLARCHIVE_DB", folder.file("a.db")}}).exit_code, 0);
  EXPECT_EQ(run({"migrate", "--db", folder.file("b.db")}, {{"CALLARCHIVE_DB", folder.file("c.db")}}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.file("a.db")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("b.db")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("c.db")));
}

TEST(CommandLine, TheArchiveIsForItsOwnerAlone) {
  const TemporaryFolder folder;
  ASSERT_EQ(run({"import", "--db", folder.file("archive.db"), kDemo}).exit_code, 0);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.file("archive.db")).permissions() & (perms::group_all | perms::others_all),
            perms::none);
}

TEST(Import, TheSameFileTwiceIsTheSameArchive) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Ended first = run({"import", "--db", archive, kDemo});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.err, HasSubstr("472 read: 468 stored, 0 already known, 3 noted, 1 quarantined"));
  const std::string tables = dump(archive);
  const Ended second = run({"import", "--db", archive, "-"}, {}, read_file(kDemo));
  EXPECT_THAT(second.err, HasSubstr("472 read: 0 stored, 472 already known, 0 noted, 0 quarantined"));
  EXPECT_EQ(dump(archive), tables);
}

TEST(Import, WhatCannotBeReadToItsEndIsAFailure) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  const Ended directory = run({"import", "--db", archive, folder.path().string()});
  EXPECT_EQ(directory.exit_code, 1);
  EXPECT_THAT(directory.err, HasSubstr("cannot import " + folder.path().string() + ": Is a directory"));
  const Ended compressed = run({"import", "--db", archive, "-"}, {}, "\x1f\x8b\x08 and so on");
  EXPECT_EQ(compressed.exit_code, 1);
  EXPECT_THAT(
      compressed.err,
      HasSubstr("cannot import standard input: it looks like gzip data; use `zcat FILE | callarchive import -`"));
  EXPECT_EQ(ask(archive, "SELECT count(*) FROM deliveries"), "0");
}

TEST(Import, TheDemoAnswersItsQueries) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", archive, kDemo}).exit_code, 0);
  const Service service(archive);
  EXPECT_EQ(service.ask("/v1/calls?count=exact&limit=1")["page"]["total"], 169);
  EXPECT_FALSE(service.ask("/v1/calls?result=VOICEMAIL&since=2026-10-01&until=2026-11-01")["data"].empty());
  EXPECT_FALSE(service.ask("/v1/numbers/+33639981010/timeline?limit=5")["data"].empty());
  EXPECT_EQ(service.ask("/v1/deliveries?outcome=quarantined")["data"].size(), 1u);
  const auto chain = ask(archive, "SELECT transfer_original_call_id FROM calls WHERE result = 'TRANSFERRED_EXTERNAL'");
  EXPECT_EQ(service.ask("/v1/calls/" + chain + "/chain")["data"].size(), 3u);
  EXPECT_EQ(ask(archive, "SELECT count(*) FROM ringing WHERE item IS NULL"), "0");
}

TEST(Import, TheDemoScriptSaysQueriesThatHaveAnswers) {
  if (run_other("sh", {"-c", "command -v sqlite3"}).exit_code != 0) GTEST_SKIP() << "sqlite3 is not installed";
  const TemporaryFolder folder;
  const std::string archive = folder.file("demo.db");
  const Program::Environment environment = {{"CALLARCHIVE_PROGRAM", CALLARCHIVE_PROGRAM}};
  const Ended first = run_other(SOURCE_DIR "/scripts/demo", {archive}, environment);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string tables = dump(archive);
  EXPECT_EQ(run_other(SOURCE_DIR "/scripts/demo", {archive}, environment).out, first.out);
  EXPECT_EQ(dump(archive), tables);
  int queries = 0;
  std::istringstream lines(first.out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  sqlite3 ")) continue;
    ++queries;
    const Ended answer = run_other("sh", {"-c", line});
    EXPECT_EQ(answer.exit_code, 0) << line << '\n' << answer.err;
    EXPECT_GE(std::count(answer.out.begin(), answer.out.end(), '\n'), 5) << line;  // a box with a row at least
  }
  EXPECT_EQ(queries, 3);
}

TEST(Rebuild, ChecksAndMakesTheTablesAgain) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", archive, kDemo}).exit_code, 0);
  const std::string tables = dump(archive);
  EXPECT_EQ(run({"rebuild", "--check", "--db", archive}).exit_code, 0);

  execute(archive, "UPDATE calls SET from_name = 'Nobody' WHERE item = (SELECT max(item) FROM calls)");
  const Ended differs = run({"rebuild", "--check", "--db", archive});
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_EQ(differs.out, "~ calls item=" + ask(archive, "SELECT max(item) FROM calls") + '\n');
  EXPECT_THAT(differs.err, HasSubstr("1 rows differ"));
  // A row that is missing shifts none of those behind it.
  const auto first = ask(archive, "SELECT min(item) FROM messages");
  execute(archive, "DELETE FROM messages WHERE item = " + first + "; INSERT INTO tags (id, name) VALUES (-7, 'dear')");
  EXPECT_EQ(run({"rebuild", "--check", "--db", archive}).out,
            "- tags id=-7\n~ calls item=" + ask(archive, "SELECT max(item) FROM calls") + "\n+ messages item=" + first +
                '\n');

  const Ended rebuilt = run({"rebuild", "--db", archive});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.err;
  EXPECT_THAT(rebuilt.err, HasSubstr("472 deliveries replayed, 0 of them with a different outcome"));
  EXPECT_EQ(dump(archive), tables);
  EXPECT_EQ(ask(archive, "PRAGMA integrity_check"), "ok");
}

TEST(Rebuild, SaysThatABodyIsNotTheOneThatWasReceived) {
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", archive, kDemo}).exit_code, 0);
  execute(archive, "UPDATE deliveries SET body = CAST(body || ' ' AS BLOB) WHERE id IN (7, 9)");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"rebuild", "--check", "--db", archive}, {"rebuild", "--db", archive}}) {
    const Ended ended = run(command);
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.err, HasSubstr("2 deliveries are damaged: their bodies do not match"));
    EXPECT_THAT(ended.err, HasSubstr("the first is 7"));
  }
}

TEST(Export, WritesEveryViewAsCsv) {
  if (run_other("sh", {"-c", "command -v sqlite3"}).exit_code != 0) GTEST_SKIP() << "sqlite3 is not installed";
  const TemporaryFolder folder;
  const std::string archive = folder.file("archive.db");
  ASSERT_EQ(run({"import", "--db", archive, kDemo}).exit_code, 0);
  const Ended ended = run_other(SOURCE_DIR "/scripts/export", {archive, folder.file("export")});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const std::pair<const char*, const char*> views[] = {
      {"call_log", "started_at,direction,result,from_number,from_name,to_number,to_name,"},
      {"message_log", "sent_at,direction,type,from_number,from_name,to_number,to_name,content,"},
      {"transcripts", "call_id,started_at,from_number,to_number,position,source,time,"},
      {"contact_book", "name,last_name,company,job_title,number,emails,id"},
      {"number_log", "number,kind,country,contacts,call_count,message_count,"},
  };
  for (const auto& [view, head] : views) {
    const std::string text = read_file(folder.file("export/" + std::string(view) + ".csv"));
    EXPECT_THAT(text, testing::StartsWith(head)) << view;
    const auto rows = std::stol(ask(archive, "SELECT count(*) FROM " + std::string(view)));
    EXPECT_GT(rows, 40) << view;
    EXPECT_GE(std::count(text.begin(), text.end(), '\n'), rows + 1) << view;  // texts may have lines of their own
  }
  EXPECT_THAT(read_file(folder.file("export/call_log.csv")), HasSubstr("Émilie Chevalier"));
}

}  // namespace
}  // namespace callarchive::process
