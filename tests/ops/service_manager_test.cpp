#include "tests/process/service.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <thread>

namespace callarchive::process {
namespace {

using test::TemporaryFolder;

// The socket on which a service manager listens (sd_notify(3)).
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Manager() { ::close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What it is told next; empty when nothing comes for a minute.
  std::string next() const { return next_within(60000); }
  // Whether there is nothing that it has been told and that was not taken yet.
  bool has_heard_nothing() const { return next_within(0).empty(); }

 private:
  std::string next_within(int milliseconds) const {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) <= 0) return {};
    std::array<char, 256> text;
    const auto size = ::recv(fd_, text.data(), text.size(), 0);
    return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
  }

  const int fd_;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++found;
  return found;
}

// Draws the system's fence around the size of files.
void let_files_grow_to(pid_t pid, rlim_t bytes) {
  const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(ServiceManager, IsToldWhenItIsReadyReloadsAndStops) {
  const TemporaryFolder folder;
  const Manager manager(folder.file("notify"));
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"},
                  {{"NOTIFY_SOCKET", folder.file("notify")}});
  EXPECT_EQ(manager.next(), "READY=1");
  program.signal(SIGHUP);
  EXPECT_EQ(manager.next(), "RELOADING=1");
  EXPECT_EQ(manager.next(), "READY=1");
  program.signal(SIGTERM);
  EXPECT_EQ(manager.next(), "STOPPING=1");
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST(ServiceManager, IsShownSignsOfLifeWhereItWatches) {
  const TemporaryFolder folder;
  const Manager manager(folder.file("notify"));
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"},
                  {{"NOTIFY_SOCKET", folder.file("notify")}, {"WATCHDOG_USEC", "200000"}});
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  program.signal(SIGTERM);
  std::string told = manager.next();
  while (told == "WATCHDOG=1") told = manager.next();
  EXPECT_EQ(told, "STOPPING=1");
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST(ServiceManager, IsShownNoSignOfLifeWhileNothingCanBeWritten) {
  const TemporaryFolder folder;
  const Manager manager(folder.file("notify"));
  Program program({"serve", "--db", folder.file("archive.db"), "--listen", "127.0.0.1:0"},
                  {{"NOTIFY_SOCKET", folder.file("notify")}, {"WATCHDOG_USEC", "200000"}});
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  const std::string failure = "the archive cannot be written";
  let_files_grow_to(program.pid(), 1);
  program.wait_for_err(failure);
  while (!manager.has_heard_nothing()) {}
  // It tries, fails and keeps silent.
  while (count(program.err(), failure) < 3) std::this_thread::yield();
  EXPECT_TRUE(manager.has_heard_nothing());
  let_files_grow_to(program.pid(), RLIM_INFINITY);
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 0);
}

}  // namespace
}  // namespace callarchive::process
