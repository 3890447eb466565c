#include "tests/process/program.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
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
    if (name.size() == line.size() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos) continue;
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
  const Ended ended = run({"serve", "--print-config"});
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
