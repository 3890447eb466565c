#include "tests/process/program.h"
#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

// Names that somebody else has planted in a folder where both may write: what is opened for writing or locking is a
// regular file of that very name, and nothing waits for a pipe.

namespace callarchive::process {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using testing::HasSubstr;

constexpr auto kAtOnce = std::chrono::seconds(30);  // a pipe would keep it for ever; the machine may be busy

class SharedFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    import_generated(archive_, 50);
    std::ofstream(victim_) << "root's own\n";
  }

  static Ended run_at_once(const std::vector<std::string>& arguments) {
    Program program(arguments);
    return program.wait(kAtOnce);
  }
  std::string victim_text() const {
    std::string line;
    std::getline(std::ifstream(victim_), line);
    return line;
  }
  void plant_pipe(const std::string& name) const { ASSERT_EQ(::mkfifo(folder_.file(name).c_str(), 0666), 0); }
  void plant_link(const std::string& name) const { fs::create_symlink(victim_, folder_.file(name)); }

  TemporaryFolder folder_;
  TemporaryFolder own_;
  std::string archive_ = own_.file("archive.db");
  std::string victim_ = own_.file("victim");
};

TEST_F(SharedFolder, APipeAmongTheLeftoversKeepsNobody) {
  const std::string copy = own_.file("copy.db");
  ASSERT_EQ(run({"backup", "--db", archive_, copy}).exit_code, 0);
  plant_pipe("drill.db.part-1-1.tmp");
  const Ended restored = run_at_once({"restore", "--db", folder_.file("drill.db"), copy});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  plant_pipe("other.db.part-1-1.tmp");
  const Ended backed_up = run_at_once({"backup", "--db", archive_, folder_.file("other.db")});
  EXPECT_EQ(backed_up.exit_code, 0) << backed_up.err;
}

TEST_F(SharedFolder, ALinkInPlaceOfTheLockIsNotFollowed) {
  plant_link("drill.db.lock");
  const Ended ended = run_at_once({"import", "--db", folder_.file("drill.db"), victim_});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("drill.db.lock"));
  EXPECT_EQ(victim_text(), "root's own");
}

TEST_F(SharedFolder, NeitherIsAPipeInPlaceOfTheLock) {
  plant_pipe("drill.db.lock");
  const Ended ended = run_at_once({"import", "--db", folder_.file("drill.db"), victim_});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("drill.db.lock"));
}

TEST_F(SharedFolder, ATokensFileIsNeitherALinkNorAPipe) {
  plant_link("link");
  plant_pipe("pipe");
  for (const std::string name : {"link", "pipe"}) {
    const Ended ended = run_at_once({"token", "new", "--name", "n", "--tokens-file", folder_.file(name)});
    EXPECT_EQ(ended.exit_code, 1) << name << ended.out;
    EXPECT_THAT(ended.err, HasSubstr("cannot write " + folder_.file(name))) << name;
  }
  EXPECT_EQ(victim_text(), "root's own");
}

}  // namespace
}  // namespace callarchive::process
