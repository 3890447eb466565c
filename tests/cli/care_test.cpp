#include <csignal>
#include <filesystem>
#include <fstream>

#include "server/access/tokens.h"
#include "storage/sqlite/digest.h"
#include "tests/cli/demo.h"

// The commands of the owner, and those in which the program tells of itself.

namespace callarchive::process {
namespace {

using testing::HasSubstr;
using testing::Not;

using Care = Demo;

TEST_F(Care, ABackupRestoresToTheSameTables) {
  const Service service(archive());  // goes on meanwhile
  const Ended copied = run({"backup", "--db", archive(), file("copy.db")});
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_THAT(copied.err, HasSubstr("472 deliveries"));
  EXPECT_EQ(copied.out, "");
  ASSERT_EQ(run({"restore", "--db", file("restored.db"), file("copy.db")}).exit_code, 0);
  EXPECT_EQ(dump(file("restored.db")), dump(archive()));
}

TEST_F(Care, NothingIsOverwritten) {
  ASSERT_EQ(run({"backup", "--db", archive(), file("copy.db")}).exit_code, 0);
  for (const Words& words :
       {Words{"backup", "--db", archive(), file("copy.db")}, Words{"restore", "--db", archive(), file("copy.db")}}) {
    const Ended ended = run(words);
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_NE(ended.err, "");
  }
  EXPECT_EQ(run({"restore", "--db", file("new.db"), file("missing.db")}).exit_code, 1);
}

// Where the rows of this program come back to it, and everything else that is not webhooks.
TEST_F(Care, AWrongFileIsNotImported) {
  const std::string target = file("new.db");
  const std::pair<Words, const char*> exports[] = {
      {{"export", "calls"}, "`callarchive export` wrote it"},
      {{"export", "calls", "--format", "csv"}, "`callarchive export calls --format csv`"},
      {{"export", "calls", "--format", "csv", "--for-spreadsheet"}, "`callarchive export calls --format csv`"},
      {{"export", "messages"}, "`callarchive export` wrote it"},
      {{"export", "messages", "--format", "csv"}, "`callarchive export messages --format csv`"},
      {{"export", "contacts"}, "`callarchive export` wrote it"},
      {{"export", "contacts", "--format", "csv"}, "`callarchive export contacts --format csv`"},
      {{"export", "contacts", "--format", "vcard"}, "`callarchive export contacts --format vcard`"},
      {{"export", "transcripts", "--format", "csv"}, "`callarchive export transcripts --format csv`"},
      {{"calls", "--json"}, "`callarchive calls --json`"},
      {{"messages", "--json"}, "`callarchive messages --json`"},
      {{"contacts", "--json"}, "`callarchive contacts --json`"},
      {{"numbers", "--json"}, "`callarchive numbers --json`"},
      {{"numbers", "--csv"}, "`callarchive numbers --csv`"},
      {{"timeline", kCustomer, "--csv"}, "`callarchive timeline --csv`"},
      {{"search", "devis", "--csv"}, "`callarchive search --csv`"},
      {{"search", "devis", "--json"}, "`callarchive search --json`"},
      {{"stats", "--csv"}, "`callarchive stats --csv`"},
      {{"stats", "--json"}, "`callarchive stats --json`"},
  };
  std::vector<std::pair<std::string, const char*>> files;
  for (const auto& [words, said] : exports) files.emplace_back(ask(words), said);
  const std::string late = "{\"hello\":\"world\"}\n{\"topic\":\"PING\",\"data\":{}}\n";
  files.emplace_back("<?xml version='1.0'?><smses/>", "XML");
  files.emplace_back("hello\n", "line 1 is not a webhook body");
  files.emplace_back(late, "line 1 is not a webhook body");
  for (const auto& [text, said] : files) {
    const Ended ended = run({"import", "--db", target, "-"}, {}, text);
    EXPECT_EQ(ended.exit_code, 1) << said;
    EXPECT_THAT(ended.err, HasSubstr(said));
    EXPECT_THAT(ended.err, HasSubstr("expected webhook bodies as JSON"));
  }
  EXPECT_THAT(run({"rebuild", "--check", "--db", target}).err, HasSubstr("0 deliveries checked"));
  const auto stored = [&](const Words& words, const std::string& text) {
    return run(Words{"import", "--db", target, "-"} + words, {}, text).err;
  };
  const char* both = "2 read: 0 stored, 0 already known, 1 noted, 1 quarantined";
  EXPECT_THAT(stored({"--keep-going"}, late), HasSubstr(both));
  EXPECT_THAT(stored({}, "{\"topic\":\"PING\",\"data\":{\"n\":2}}\noops\n"), HasSubstr(both));
}

TEST_F(Care, AFileThatMayNotGrowIsAnError) {
  const Ended ended = run_other("sh", {"-c", "ulimit -f 64; exec \"$0\" backup --db \"$1\" \"$2\"", CALLARCHIVE_PROGRAM,
                                       archive(), file("copy.db")});
  EXPECT_EQ(ended.exit_code, 1) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("callarchive: "));
  EXPECT_FALSE(std::filesystem::exists(file("copy.db")));
}

// Version 7 is the first with rows, see scripts/dump-schema.
TEST_F(Care, AnArchiveOfEachReleasedSchemaIsSoundOnceItIsMigrated) {
  int migrated = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/tests/schema")) {
    const auto dump = entry.path();
    if (dump.extension() != ".sql" || dump.stem() < "v0007") continue;
    SCOPED_TRACE(dump);
    const auto path = file(dump.stem().string() + ".db");
    const Ended loaded = run_other("sqlite3", {"-bail", path, ".read " + dump.string()});
    ASSERT_EQ(loaded.exit_code, 0) << loaded.err;
    ASSERT_EQ(run({"migrate", "--db", path}).exit_code, 0);
    // The file of the one recording that such an archive keeps, see scripts/dump-schema.
    const std::string sound = storage::sha256_hex("sound");
    if (dump.stem() >= "v0013") {
      const auto folder = path + ".media/" + sound.substr(0, 2);
      std::filesystem::create_directories(folder);
      std::ofstream(folder + "/" + sound) << "sound";
    }
    const Ended examined = run({"doctor", "--db", path});
    EXPECT_EQ(examined.exit_code, 0) << examined.out << examined.err;
    EXPECT_EQ(run({"search", "--db", path, "--json", "coeur"}).out,
              run({"search", "--db", path, "--json", "cœur"}).out);
    EXPECT_THAT(run({"search", "--db", path, "coeur"}).out, HasSubstr("Cœur"));
    ++migrated;
  }
  EXPECT_GE(migrated, 5);
}

TEST_F(Care, OldCopiesGo) {
  const auto folder = file("copies");
  std::filesystem::create_directory(folder);
  for (const char* name : {"archive-20240101T000000Z.db", "archive-20240102T000000Z.db", "other.db"}) {
    ASSERT_EQ(run({"backup", "--db", archive(), folder + "/" + name}).exit_code, 0);
  }
  const Ended ended = run({"backup", "--db", archive(), folder, "--keep", "2"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("removed"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/archive-20240101T000000Z.db"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/archive-20240102T000000Z.db"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/other.db"));
}

// A backup of an archive that was emptied must not cost the copies of what it was.
TEST_F(Care, ACopyThatHasLessCostsNoOther) {
  const auto folder = file("copies"), path = file("new.db");
  std::filesystem::create_directory(folder);
  const Words import = {"import", "--db", path, "-"}, copy = {"backup", "--db", path, folder, "--keep", "1"};
  ASSERT_EQ(run(import, {}, R"({"topic":"PING","data":{}})").exit_code, 0);
  ASSERT_EQ(run({"backup", "--db", path, folder + "/new-20240101T000000Z.db"}).exit_code, 0);
  for (const char* left : {"", ".state"}) std::filesystem::remove(path + left);
  ASSERT_EQ(run(import, {}, "").exit_code, 0);
  const Ended ended = run(copy);
  EXPECT_THAT(ended.err, HasSubstr("of another archive: 1 files"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/new-20240101T000000Z.db"));
}

TEST_F(Care, ALostArchiveIsNotTakenForANewOne) {
  const auto path = file("new.db");
  const Words import = {"import", "--db", path, "-"};
  const std::string body = R"({"topic":"PING","data":{}})";
  EXPECT_THAT(run(import, {}, body).err, HasSubstr("a new archive is made"));
  EXPECT_THAT(run(import, {}, body).err, Not(HasSubstr("a new archive is made")));
  ASSERT_EQ(run({"backup", "--db", path, file("copy.db")}).exit_code, 0);

  std::filesystem::resize_file(path, 0);
  EXPECT_THAT(run(import, {}, body).err, HasSubstr("is empty, but an archive has been there: 1 delivery, the last of"));
  EXPECT_THAT(run({"doctor", "--db", path}).out, HasSubstr("restore a backup"));
  std::filesystem::remove(path);
  const Ended refused = run({"serve", "--db", path, "--listen", "127.0.0.1:0"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("is missing, but an archive has been there"));
  EXPECT_FALSE(std::filesystem::exists(path));

  ASSERT_EQ(run({"restore", "--db", path, file("copy.db")}).exit_code, 0);
  EXPECT_THAT(run(import, {}, body).err, HasSubstr("1 already known"));
}

TEST_F(Care, AStartTellsWhichArchiveItServes) {
  const auto path = file("new.db");
  const auto log_of_start = [&] {
    const Service service(path);
    service.wait_for_log("serving ");
    return service.log();
  };
  EXPECT_THAT(log_of_start(), HasSubstr("a new archive was made"));
  ASSERT_EQ(run({"backup", "--db", path, file("copy.db")}).exit_code, 0);
  ASSERT_EQ(run({"import", "--db", path, "-"}, {}, R"({"topic":"PING","data":{}})").exit_code, 0);
  EXPECT_THAT(log_of_start(), HasSubstr(": 1 delivery, the last of 20"));
  const auto start_over = [&](const std::string& other) {
    std::filesystem::copy_file(other, path, std::filesystem::copy_options::overwrite_existing);
    Program program({"serve", "--db", path, "--listen", "127.0.0.1:0"});
    program.wait_for_err("serving ");
    program.signal(SIGTERM);
    return program.wait().err;
  };
  EXPECT_THAT(start_over(file("copy.db")), HasSubstr("has lost deliveries: it has 0 deliveries"));
  ASSERT_EQ(run({"import", "--db", file("other.db"), "-"}, {}, "").exit_code, 0);
  EXPECT_THAT(start_over(file("other.db")), HasSubstr("is another archive"));
}

TEST_F(Care, TheDoctorTellsByItsExitCode) {
  const Ended well = run({"doctor", "--db", archive()});
  EXPECT_EQ(well.exit_code, 0) << well.out;
  EXPECT_THAT(well.out, HasSubstr("integrity"));
  for (const auto& line : lines_of(run({"doctor", "--db", archive(), "--json"}).out)) {
    const auto finding = nlohmann::json::parse(line);
    EXPECT_NE(finding["verdict"], "fail") << line;
    EXPECT_TRUE(finding["name"].is_string() && finding["text"].is_string()) << line;
  }
  std::ofstream(file("text.db")) << "This is no database, and never was one. It only has the name of one.\n";
  const Ended ill = run({"doctor", "--db", file("text.db"), "--quiet"});
  EXPECT_EQ(ill.exit_code, 1);
  EXPECT_THAT(ill.out, HasSubstr("fail"));
  EXPECT_THAT(ill.out, Not(HasSubstr("ok ")));
}

// What nobody can change must not be told each night.
TEST_F(Care, TheQuietDoctorSaysNothingWhenAllIsWell) {
  EXPECT_EQ(run({"doctor", "--db", archive(), "--quiet"}).out, "");
}

TEST_F(Care, AFullDiskIsCalledSoAndTheDoctorFindsRoomElsewhere) {
  const auto limited = [&](const Words& words) {
    Words all = {"-c", "ulimit -f 64; exec \"$0\" \"$@\"", CALLARCHIVE_PROGRAM};
    return run_other("sh", all + words);
  };
  EXPECT_THAT(limited({"backup", "--db", archive(), file("copy.db")}).err, Not(HasSubstr("not an error")));
  const auto full = limited({"doctor", "--db", archive()});
  EXPECT_THAT(full.out, Not(HasSubstr("not an error")));
  EXPECT_THAT(full.out, HasSubstr("--temp FOLDER"));
  std::filesystem::create_directory(file("elsewhere"));
  const Ended well = run({"doctor", "--db", archive(), "--temp", file("elsewhere")});
  EXPECT_EQ(well.exit_code, 0) << well.out;
  EXPECT_TRUE(std::filesystem::is_empty(file("elsewhere")));
}

// Out of a damaged file, and into a restored one.
TEST_F(Care, ADamagedArchiveIsSalvagedAndMerged) {
  const auto damaged = file("damaged.db");
  ASSERT_EQ(run({"backup", "--db", archive(), damaged}).exit_code, 0);
  ASSERT_EQ(run({"backup", "--db", archive(), file("copy.db")}).exit_code, 0);
  ASSERT_EQ(run({"import", "--db", damaged, "-"}, {}, R"({"topic":"PING","data":{"late":1}})").exit_code, 0);
  {
    std::fstream page(damaged, std::ios::in | std::ios::out | std::ios::binary);
    page << std::string(4096, '\0');
  }
  EXPECT_EQ(run({"rebuild", "--db", damaged}).exit_code, 1);
  const Ended salvaged = run({"salvage", damaged, file("salvaged.db")});
  EXPECT_EQ(salvaged.exit_code, 0) << salvaged.err;
  EXPECT_THAT(salvaged.err, HasSubstr("473 deliveries salvaged, 473 of them out of single pages"));
  ASSERT_EQ(run({"restore", "--db", file("restored.db"), file("copy.db")}).exit_code, 0);
  const Ended merged = run({"merge", "--db", file("restored.db"), file("salvaged.db")});
  EXPECT_THAT(merged.err, HasSubstr("473 deliveries read, 1 merged"));
  EXPECT_EQ(run({"doctor", "--db", file("restored.db")}).exit_code, 0);
  EXPECT_EQ(dump(file("restored.db")), dump(archive()));
}

TEST_F(Care, TokensAreShownOnceAndKeptAsDigests) {
  const Words tokens = {"--tokens-file", file("tokens")};
  const Ended made = run(Words{"token", "new", "--name", "grafana"} + tokens);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto secret = lines_of(made.out).front();
  const auto known = read_tokens(file("tokens"));
  const auto found = find_token(known, secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "grafana");
  EXPECT_EQ(found->scope, "read");
  std::ifstream stream(file("tokens"));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(stream), {}), Not(HasSubstr(secret)));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file("tokens")).permissions(), perms::owner_read | perms::owner_write);

  EXPECT_EQ(run(Words{"token", "new", "--name", "grafana"} + tokens).exit_code, 2);
  EXPECT_EQ(run(Words{"token", "new", "--name", "a b"} + tokens).exit_code, 2);
  EXPECT_EQ(run(Words{"token", "new", "--name", "x", "--scope", "all"} + tokens).exit_code, 2);
  const auto printed = lines_of(run({"token", "new", "--name", "x"}).out);  // without a file: the secret, and its line
  ASSERT_EQ(printed.size(), 2u);
  EXPECT_EQ(printed[1], "x read " + storage::sha256_hex(printed[0]) + printed[1].substr(printed[1].rfind(' ')));
  EXPECT_EQ(run(Words{"token", "new", "--name", "boss", "--scope", "admin"} + tokens).exit_code, 0);
  const auto listed = lines_of(run(Words{"token", "list"} + tokens).out);
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_THAT(listed[1], testing::StartsWith("boss\tadmin\t"));
}

TEST_F(Care, TheApiIsDescribed) {
  const Service service(archive());
  EXPECT_EQ(run({"openapi"}).out, service.get("/openapi.json").body);
}

TEST_F(Care, CompletionKnowsCommandsFlagsAndValues) {
  const auto complete = [](const std::string& line) {
    const std::string script =
        "eval \"$(" CALLARCHIVE_PROGRAM " completion bash)\"; COMP_WORDS=(" + line +
        " \"$0\"); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _callarchive; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return script;
  };
  const auto reply = [&](const std::string& line, const std::string& word) {
    const Ended ended = run_other("bash", {"-c", complete(line), word});
    EXPECT_EQ(ended.err, "");
    return lines_of(ended.out);
  };
  EXPECT_THAT(reply("callarchive", "ti"), testing::ElementsAre("timeline"));
  EXPECT_THAT(reply("callarchive", "man"), testing::ElementsAre(""));  // hidden
  EXPECT_THAT(reply("callarchive export", ""), testing::ElementsAre("calls", "messages", "contacts", "transcripts"));
  EXPECT_THAT(reply("callarchive calls", "--max"), testing::ElementsAre("--max-duration"));
  EXPECT_THAT(reply("callarchive calls --has", "tr"), testing::ElementsAre("transcript"));
  EXPECT_THAT(reply("callarchive export contacts --format", ""), testing::ElementsAre("ndjson", "csv", "vcard"));
  for (const char* shell : {"zsh", "fish"}) {
    const Ended ended = run({"completion", shell});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, HasSubstr("max-duration")) << shell;
    if (run_other("sh", {"-c", std::string("command -v ") + shell}).exit_code != 0) continue;
    std::ofstream(file(shell)) << ended.out;
    EXPECT_EQ(run_other(shell, {"-n", file(shell)}).exit_code, 0) << shell;
  }
  EXPECT_EQ(run({"completion", "cmd"}).exit_code, 2);
}

TEST_F(Care, TheManualNamesEveryCommandAndFormats) {
  const auto page = run({"man"}).out;
  EXPECT_THAT(page, testing::StartsWith(".TH CALLARCHIVE 1"));
  for (const char* said : {"serve", "export transcripts", "token new", "\\-\\-max\\-duration", "EXIT STATUS"})
    EXPECT_THAT(page, HasSubstr(said));
  if (run_other("sh", {"-c", "command -v groff"}).exit_code != 0) GTEST_SKIP() << "groff is not installed";
  std::ofstream(file("callarchive.1")) << page;
  const Ended formatted = run_other("groff", {"-man", "-Tutf8", "-ww", "-z", "-Kutf8", file("callarchive.1")});
  EXPECT_EQ(formatted.err, "");
}

}  // namespace
}  // namespace callarchive::process
