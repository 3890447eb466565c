#include "server/serve/memory_limit.h"

#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <fstream>

namespace callarchive {
namespace {

using test::TemporaryFolder;

// A root with the files of a machine.
class Machine {
 public:
  explicit Machine(const std::string& groups) { write("proc/self/cgroup", groups); }
  void write(const std::string& name, const std::string& text) const {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  std::optional<std::size_t> limit() const { return memory_limit(folder_.path().string()); }

 private:
  TemporaryFolder folder_;
};

TEST(MemoryLimit, IsTheLeastOfTheGroupsAround) {
  const Machine machine("0::/system.slice/callarchive.service");
  EXPECT_EQ(machine.limit(), std::nullopt);
  const std::string slice = "sys/fs/cgroup/system.slice/";
  machine.write(slice + "callarchive.service/memory.max", "max");
  EXPECT_EQ(machine.limit(), std::nullopt);
  machine.write(slice + "callarchive.service/memory.max", "536870912");
  EXPECT_EQ(machine.limit(), 536870912u);
  machine.write(slice + "callarchive.service/memory.high", "402653184");
  EXPECT_EQ(machine.limit(), 402653184u);
  machine.write(slice + "memory.max", "134217728");
  EXPECT_EQ(machine.limit(), 134217728u);
}

// As in a container: its group is the root that it sees.
TEST(MemoryLimit, OfAContainer) {
  const Machine machine("0::/");
  machine.write("sys/fs/cgroup/memory.max", "268435456");
  EXPECT_EQ(machine.limit(), 268435456u);
}

TEST(MemoryLimit, OfTheFirstVersion) {
  const Machine machine("11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc");
  machine.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(machine.limit(), std::nullopt);
  machine.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "268435456");
  EXPECT_EQ(machine.limit(), 268435456u);
}

}  // namespace
}  // namespace callarchive
