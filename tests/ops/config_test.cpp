#include "server/access/tokens.h"
#include "tests/process/program.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kExample = SOURCE_DIR "/packaging/callarchive.toml";

// The keys of "name = value" lines, commented out or not. Prose has no " = " behind its first word.
std::map<std::string, std::string> keys_of(std::istream& input) {
  std::map<std::string, std::string> keys;
  for (std::string line; std::getline(input, line);) {
    if (line.starts_with('#')) line.erase(0, 1);
    const auto name = line.substr(0, line.find(" = "));
    if (name.size() == line.size() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos)
      continue;
    keys[name] = line.substr(name.size() + 3);
  }
  return keys;
}

std::string unquoted(std::string text) {
  std::erase(text, '"');
  return text;
}

TEST(ExampleConfig, NamesEveryOptionAndItsDefault) {
  std::ifstream file(kExample);
  const auto example = keys_of(file);
  const Ended ended = run({"serve", "--print-config"}, {{"CALLARCHIVE_RECORDINGS", "on"}});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  std::istringstream printed(ended.out);
  const auto known = keys_of(printed);
  ASSERT_GT(known.size(), 20u);
  for (const auto& [name, value] : known) {
    ASSERT_TRUE(example.contains(name)) << name << " is missing in " << kExample;
    const bool is_sample = name == "db" || value == "[]" || name == "tokens-file" || name.starts_with("tls-");
    if (!is_sample) EXPECT_EQ(unquoted(example.at(name)), unquoted(value)) << name;
  }
  for (const auto& [name, value] : example) EXPECT_TRUE(known.contains(name)) << name << " is no option";
}

TEST(ExampleConfig, IsGoodAsItStands) {
  const TemporaryFolder folder;
  const Ended ended =
      run({"serve", "--config", kExample, "--check-config"}, {{"CALLARCHIVE_DB", folder.file("archive.db")}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
}

TEST(ExampleConfig, NamesWhatTheHelpNames) {
  std::ifstream file(kExample);
  const auto example = keys_of(file);
  std::istringstream help(run({"serve", "--help"}).out);
  const std::regex option("^  --([a-z-]+)");
  const std::set<std::string> of_the_command_line = {"config", "check-config", "print-config"};
  std::size_t options = 0;
  std::smatch found;
  for (std::string line; std::getline(help, line);) {
    if (!std::regex_search(line, found, option) || of_the_command_line.contains(found[1])) continue;
    EXPECT_TRUE(example.contains(found[1])) << found[1];
    ++options;
  }
  EXPECT_EQ(options, example.size());
}

// All of it at once, with the files that it names put into a folder of the test, and without TLS.
TEST(ExampleConfig, IsGoodWithEverythingUncommented) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("tokens")) << make_token("me", "read", "2026-01-01T00:00:00Z").line << '\n';
  std::ofstream(folder.file("webhook-secret")) << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
  std::ofstream(folder.file("webhook-token")) << "a-token-of-forty-characters-or-so-000001\n";
  std::ifstream example(kExample);
  std::ofstream config(folder.file("config"));
  std::string settings;
  for (auto [name, value] : keys_of(example)) {
    if (name.starts_with("tls-")) continue;
    for (const std::string place : {"/etc/callarchive", "/var/lib/callarchive"}) {
      const auto at = value.find(place);
      if (at != std::string::npos) value.replace(at, place.size(), folder.path().string());
    }
    settings += name + " = " + value + '\n';
  }
  config << "[serve]\n" << settings << std::flush;
  const Ended checked = run({"serve", "--config", folder.file("config"), "--check-config"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err << settings;
  const Ended printed = run({"serve", "--config", folder.file("config"), "--print-config"});
  EXPECT_THAT(printed.out, HasSubstr("cors-origin = [\"https://crm.example.org\"]\n"));
}

TEST(PrintConfig, TellsWhatCountsAndHidesSecrets) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("config")) << "[serve]\nlisten = \"127.0.0.1:1\"\nreaders = 3\nmax-body = 2048\n";
  const Ended ended = run({"serve", "--config", folder.file("config"), "--print-config", "--max-body", "4096",
                           "--webhook-secret", "whsec_c2VjcmV0", "--webhook-token", "@/some/file"},
                          {{"CALLARCHIVE_READERS", "5"}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("listen = \"127.0.0.1:1\"\n"));
  EXPECT_THAT(ended.out, HasSubstr("readers = \"5\"\n"));
  EXPECT_THAT(ended.out, HasSubstr("max-body = \"4096\"\n"));
  EXPECT_THAT(ended.out, HasSubstr("webhook-secret = [\"(hidden)\"]\n"));
  EXPECT_THAT(ended.out, HasSubstr("webhook-token = [\"@/some/file\"]\n"));
  EXPECT_THAT(ended.out, Not(HasSubstr("c2VjcmV0")));
}

TEST(PrintConfig, CanBeReadAgain) {
  const TemporaryFolder folder;
  const Ended first = run({"serve", "--print-config", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"});
  std::ofstream(folder.file("config")) << first.out;
  EXPECT_EQ(run({"serve", "--print-config", "--config", folder.file("config")}).out, first.out);
}

}  // namespace
}  // namespace callarchive::process
