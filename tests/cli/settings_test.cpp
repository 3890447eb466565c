#include <fstream>

#include "tests/cli/demo.h"

// Flags before the environment before the config file.

namespace callarchive::process {
namespace {

using testing::HasSubstr;

void expect_answer(const Ended& ended) { EXPECT_EQ(ended.exit_code, 0) << ended.err; }

void expect_wrong_use(const Ended& ended, const std::string& said) {
  EXPECT_EQ(ended.exit_code, 2) << said << ended.out;
  EXPECT_THAT(ended.err, HasSubstr(said));
  EXPECT_EQ(ended.out, "") << said;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

class Settings : public Demo {
 protected:
  // The arguments that name a config file with this text.
  Words config(const std::string& text) const {
    std::ofstream(file("config.toml")) << text;
    return {"--config", file("config.toml")};
  }
};

TEST_F(Settings, TheFlagCountsBeforeTheEnvironmentBeforeTheFile) {
  const Words calls = {"calls"};
  const Program::Environment wrong = {{"CALLARCHIVE_DB", file("missing.db")}};
  const auto good = config("[calls]\ndb = " + quoted(archive()) + "\n");
  expect_answer(run(calls + good));
  expect_answer(run(good + calls));
  EXPECT_EQ(run(calls + good, wrong).exit_code, 1);
  EXPECT_EQ(run(good + calls, wrong).exit_code, 1);
  expect_answer(run(calls + good + Words{"--db", archive()}, wrong));
  expect_answer(run(calls + good + Words{"--db=" + archive()}, wrong));

  const auto bad = config("[calls]\ndb = " + quoted(file("missing.db")) + "\n");
  EXPECT_EQ(run(calls + bad).exit_code, 1);
  expect_answer(run(calls + bad, {{"CALLARCHIVE_DB", archive()}}));
  expect_answer(run(calls + bad + Words{"--db", archive()}));
}

TEST_F(Settings, AFileAndAServerTakeEachOthersPlace) {
  const Program::Environment nowhere = {{"CALLARCHIVE_SERVER", "http://127.0.0.1:1"}};
  EXPECT_EQ(run({"calls"}, nowhere).exit_code, 1);
  ask({"calls"}, nowhere);  // --db is nearer
  ask(Words{"calls"} + config("server = 'http://127.0.0.1:1'\n"));
  expect_answer(
      run(Words{"calls"} + config("server = 'http://127.0.0.1:1'\n[calls]\ndb = " + quoted(archive()) + "\n")));
  expect_answer(
      run(Words{"calls"} + config("[calls]\nserver = 'http://127.0.0.1:1'\n"), {{"CALLARCHIVE_DB", archive()}}));
  expect_wrong_use(run({"calls", "--db", archive(), "--server", "http://127.0.0.1:1"}), "--db");
  expect_wrong_use(run({"calls"}, {{"CALLARCHIVE_DB", archive()}, {"CALLARCHIVE_SERVER", "http://127.0.0.1:1"}}),
                   "--db");
}

TEST_F(Settings, AWordThatIsNoCommandIsNamed) {
  expect_wrong_use(run({"dance"}), "dance");
  expect_wrong_use(run({"token", "dance"}), "dance");
  expect_wrong_use(run({"dance", "--help"}), "unknown command 'dance'");
  expect_wrong_use(run({"token", "dance", "--help"}), "unknown command 'dance'");
  expect_answer(run({"calls", "--help"}));
  expect_answer(run({"token", "--help"}));
}

TEST_F(Settings, HelpNamesEachVariableOnce) {
  const auto help = run({"calls", "--help"}, {{"CALLARCHIVE_DB", archive()}}).out;
  EXPECT_THAT(help, HasSubstr("[CALLARCHIVE_DB]"));
  EXPECT_THAT(help, testing::Not(HasSubstr("Env:")));
}

// One `db` in the packaged file is enough for all of them.
TEST_F(Settings, ThePackagedFileNamesTheArchiveOfEveryCommand) {
  std::ifstream example(SOURCE_DIR "/packaging/callarchive.toml");
  std::string text{std::istreambuf_iterator<char>(example), {}};
  const std::string packaged = "/var/lib/callarchive/callarchive.db";
  ASSERT_NE(text.find(packaged), std::string::npos);
  text.replace(text.find(packaged), packaged.size(), archive());
  for (const Words& words : {Words{"calls", "--count"}, Words{"doctor", "--quick", "--quiet"}, Words{"export", "calls"},
                             Words{"backup", file("copy.db")}, Words{"dump"}, Words{"serve", "--check-config"}}) {
    expect_answer(run(words + config(text)));
  }
}

TEST_F(Settings, TheEnvironmentMayNameTheConfigFile) {
  config("[calls]\ndb = " + quoted(archive()) + "\n");
  expect_answer(run({"calls"}, {{"CALLARCHIVE_CONFIG", file("config.toml")}}));
  expect_wrong_use(run({"calls"}, {{"CALLARCHIVE_CONFIG", file("missing.toml")}}), "missing.toml");
}

TEST_F(Settings, AKeyOutsideOfTablesIsForEveryCommandThatHasIt) {
  const auto all = config("db = " + quoted(archive()) + "\ntz = 'Europe/Paris'\n");
  expect_answer(run(Words{"calls"} + all));
  expect_answer(run(Words{"stats"} + all));
  expect_answer(run(Words{"export", "calls"} + all));
  const auto own = config("db = " + quoted(file("missing.db")) + "\n[calls]\ndb = " + quoted(archive()) + "\n");
  expect_answer(run(Words{"calls"} + own));
  EXPECT_EQ(run(Words{"messages"} + own).exit_code, 1);
}

TEST_F(Settings, CommandsBelowCommandsHaveTables) {
  const auto file = config("[export.calls]\ndb = " + quoted(archive()) + "\nformat = \"csv\"\n");
  const Ended ended = run(Words{"export", "calls"} + file);
  expect_answer(ended);
  EXPECT_THAT(ended.out, testing::StartsWith("id,started_at,"));
  EXPECT_EQ(run({"export", "calls", "--db", archive()}, {{"CALLARCHIVE_FORMAT", "csv"}}).out, ended.out);
}

TEST_F(Settings, TheFileIsReadAsToml) {
  expect_answer(run(Words{"calls"} + config("\xEF\xBB\xBF"
                                            "db = '" +
                                            archive() + "'\n")));
  const auto file = config("# a comment\n\n[ calls ]  # another\n'db' = \"a#b, \\\"c\\\".db\"  # and another\n");
  EXPECT_THAT(run(Words{"calls"} + file).err, HasSubstr("a#b, \"c\".db"));
}

TEST_F(Settings, AllOfTomlIsRead) {
  const auto said = [&](const std::string& text) { return run(Words{"calls"} + config(text)).err; };
  EXPECT_THAT(said("[calls]\ndb = \"caf\\u00e9.db\"\n"), HasSubstr("café.db"));
  EXPECT_THAT(said("calls.db = \"\"\"\nmany\\\n   lines.db\"\"\"\n"), HasSubstr("manylines.db"));
  EXPECT_THAT(said("[calls]\ndb = '''it's.db'''\nquery-timeout = 1_000\n"), HasSubstr("it's.db"));
  const Ended printed = run(Words{"serve", "--print-config"} +
                            config("[serve]\nreaders = 0x10\nredelivery-window = 0.5\nproxies-send-forwarded = true\n"
                                   "trusted-proxy = [ # why\n  '10.0.0.0/8',\n  \"::1\",\n]\n"));
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  for (const char* line : {"readers = \"16\"", "redelivery-window = \"0.5\"", "proxies-send-forwarded = \"true\"",
                           "trusted-proxy = [\"10.0.0.0/8\", \"::1\"]"}) {
    EXPECT_THAT(printed.out, HasSubstr(line));
  }
}

TEST_F(Settings, AKeyThatNoCommandHasIsRefusedByName) {
  const struct {
    const char* text;
    const char* said;
  } cases[] = {
      {"[calls]\ndbb = \"x\"\n", "the config file, line 2: [calls] has no option 'dbb'"},
      {"[calls]\ndbc = \"x\"\ndbb = \"x\"\n", "line 2: [calls] has no option 'dbc'"},
      {"[cals]\ndb = \"x\"\n", "line 1: unknown command 'cals'"},
      {"[export.call]\ndb = \"x\"\n", "unknown command 'export call'"},
      {"dbb = \"x\"\n", "line 1: no command has an option 'dbb'"},
      {"[calls]\nnumber = \"+1415\"\n", "line 2: [calls] has no option 'number'"},
      {"[calls]\ndb = 2024-01-15\n", "line 2: 'db': expected a number, true, false, text in quotes"},
      {"[calls]\ndb = {a = 1}\n", "line 2: 'db': expected a number"},
      {"[serve]\nreaders = \"none\"\n", "readers"},
  };
  for (const auto& [text, said] : cases) expect_wrong_use(run(Words{"calls", "--db", archive()} + config(text)), said);
}

TEST_F(Settings, WhatIsNotTomlIsRefusedWithItsLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"[calls]\ndb\n", "line 2: "},
      {"[calls]\ndb = x y\n", "line 2: "},
      {"[calls]\ndb = \"x\n", "line 2: "},
      {"[calls\n", "line 1: "},
      {"[calls]\ndb = 'x'\ndb = 'y'\n", "line 3: "},
      {"[calls]\ndb = 'x'\n[serve]\ndb = 'x'\n[calls]\ntz = 'UTC'\n", "line 5: "},
      {"[serve]\nwebhook-token = [\"a\",\n\"b\"\n", "the config file, line "},
  };
  for (const auto& [text, said] : cases) expect_wrong_use(run(Words{"calls", "--db", archive()} + config(text)), said);
}

TEST_F(Settings, AMistypedVariableIsAnError) {
  const Words calls = {"calls", "--count", "--db", archive()};
  const std::pair<const char*, const char*> cases[] = {
      {"CALLARCHIVE_TOKEN_FILE", "did you mean CALLARCHIVE_TOKENS_FILE?"},
      {"CALLARCHIVE_WEBHOOK_SECERT", "did you mean CALLARCHIVE_WEBHOOK_SECRET?"},
      {"CALLARCHIVE_CONFG", "did you mean CALLARCHIVE_CONFIG?"},
  };
  for (const auto& [name, said] : cases) {
    expect_wrong_use(run(calls, {{name, "x"}}), said);
    expect_wrong_use(run({"serve", "--check-config", "--db", file("a.db")}, {{name, "x"}}), name);
    expect_answer(run(calls, {{name, ""}}));  // an empty one is none
  }
  // Kubernetes sets such variables for a service of that name.
  const Ended other = run(calls, {{"CALLARCHIVE_PORT_8080_TCP", "tcp://10.0.0.1:8080"}});
  expect_answer(other);
  EXPECT_THAT(other.err, HasSubstr("warning: the environment variable CALLARCHIVE_PORT_8080_TCP is unknown"));
  EXPECT_EQ(run(calls, {{"CALLARCHIVE_READERS", "4"}}).err, "") << "of another command";
}

TEST_F(Settings, OnlyTheVariablesOfTheCommandAreRead) {
  expect_answer(run({"openapi"}, {{"CALLARCHIVE_READERS", "none"}}));
  expect_answer(run({"calls", "--count", "--db", archive()}, {{"CALLARCHIVE_READERS", "none"}}));
  expect_wrong_use(run({"serve", "--print-config"}, {{"CALLARCHIVE_READERS", "none"}}), "--readers");
}

TEST_F(Settings, WhatIsAskedComesFromTheCommandLineAlone) {
  const auto all = ask({"calls", "--count"});
  EXPECT_EQ(ask({"calls", "--count"}, {{"CALLARCHIVE_DIRECTION", "INBOUND"}, {"CALLARCHIVE_LIMIT", "1"}}), all);
}

TEST_F(Settings, WrongUseIsTwo) {
  const Words db = {"--db", archive()};
  const struct {
    Words words;
    const char* said;
  } cases[] = {
      {{"calls", "--json", "--csv"}, "--csv"},
      {{"calls", "--limit", "0"}, "--limit"},
      {{"calls", "--all", "--limit", "3"}, "--all"},
      {{"calls", "--has", "nothing"}, "--has"},
      {{"calls", "--direction", "INBOUND", "--direction", "OUTBOUND"}, "--direction"},
      {{"calls", "--chain"}, "--chain"},
      {{"calls", "cll_1", "cll_2"}, "cll_2"},
      {{"calls", "cll_1", "--count"}, "--count"},
      {{"timeline"}, "--contact"},
      {{"search"}, "words"},
      {{"search", "-refund"}, "callarchive search -- refund -invoice"},
      {{"export", "calls", "--format", "vcard"}, "--format"},
  };
  for (const auto& [words, said] : cases) expect_wrong_use(run(words + db), said);
  expect_wrong_use(run({"export"}), "subcommand");
}

TEST_F(Settings, EveryCommandExplainsItself) {
  const auto help = run({"--help"}).out;
  for (const char* said : {"callarchive man", "callarchive completion bash"}) EXPECT_THAT(help, HasSubstr(said));
  for (const std::string command : {"serve",    "import",   "rebuild", "migrate",  "dump",   "generate", "calls",
                                    "messages", "contacts", "numbers", "timeline", "search", "stats",    "export",
                                    "backup",   "restore",  "doctor",  "salvage",  "merge",  "token",    "openapi"}) {
    EXPECT_THAT(help, HasSubstr(command));
    const Ended ended = run({command, "--help"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, HasSubstr("Example")) << command;
    EXPECT_THAT(ended.out, HasSubstr("callarchive " + command)) << command;
    EXPECT_THAT(ended.out, HasSubstr("Exit codes: 0 done, 1 failed, 2 wrong use")) << command;
  }
}

}  // namespace
}  // namespace callarchive::process
