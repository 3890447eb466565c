// What the archive does while the disk fails, and afterwards. The shim of tests/support is linked in.

#include "storage/care/doctor.h"
#include "tests/support/eventually.h"
#include "tests/support/fault_control.h"
#include "tests/support/golden_table.h"
#include "tests/support/plain_decoder.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

namespace callarchive {
namespace {

using namespace test;

struct Case {
  const char* what;
  const char* where;
  Fault fault;
};

// Files are called archive.db and archive.db-wal.
const Case kCases[] = {
    {"write: no space (ENOSPC)", "log", {kWrite, "-wal", ENOSPC}},
    {"write: no space, every 150th", "log", {kWrite, "-wal", ENOSPC, 150}},
    {"write: no space", "main file", {kWrite, ".db", ENOSPC}},
    {"write: I/O error (EIO)", "log", {kWrite, "-wal", EIO}},
    {"write: I/O error, every 150th", "log", {kWrite, "-wal", EIO, 150}},
    {"write: I/O error", "main file", {kWrite, ".db", EIO}},
    {"write: no space", "both", {kWrite, "", ENOSPC}},
    {"write: half of it each time", "both", {.operations = kWrite, .short_write = true}},
    {"write: half of it, every 3rd", "both", {.operations = kWrite, .every = 3, .short_write = true}},
    {"sync: I/O error", "log", {kSync, "-wal", EIO}},
    {"sync: I/O error, every 3rd", "log", {kSync, "-wal", EIO, 3}},
    {"sync: I/O error", "main file", {kSync, ".db", EIO}},
    {"sync: 5 ms late", "both", {.operations = kSync, .delay_us = 5000}},
    {"read: I/O error", "log", {kRead, "-wal", EIO}},
    {"read: I/O error", "main file", {kRead, ".db", EIO}},
    {"read: I/O error, every 4th", "both", {kRead, "", EIO, 4}},
    {"truncate: I/O error", "both", {kTruncate, "", EIO}},
    {"open: too many files (EMFILE)", "both", {kOpen, "", EMFILE}},
};

constexpr int kBefore = 30, kThreads = 4, kEach = 10, kAfter = 10, kMost = 1000;

// An archive in a folder whose files can be spoiled, and the story of what it was told.
class FaultyArchive {
 public:
  FaultyArchive() : faults_(control_.file("control"), folder_.path().string()) {
    fault_shim_attach(faults_.control_file().c_str());
    options_.path = folder_.file("archive.db");
    options_.query_timeout = std::chrono::seconds(60);
    archive_ = std::make_unique<Archive>(options_, decode_plain);
  }

  Faults& faults() { return faults_; }

  // Tells one delivery; returns whether it was acknowledged.
  bool tell(int n) {
    try {
      auto delivery = plain_delivery(n);
      auto event = decode_plain(delivery);
      const auto receipt = archive_->store(std::move(delivery), std::move(event));
      const std::lock_guard lock(mutex_);
      acknowledged_.insert(n);
      return receipt.delivery > 0;
    } catch (const NotDurable&) {
      return false;
    }
  }

  // Tells what was refused; what was acknowledged need not be told again.
  bool tell_again(int n) { return acknowledged_.contains(n) || tell(n); }

  // From several threads at once. Returns how many were refused.
  int tell_many(int begin) {
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) refused += tell(begin + t * kEach + i) ? 0 : 1;
      });
    }
    for (auto& thread : threads) thread.join();
    return refused;
  }

  // Whether a query over a connection of its own is answered. A wrong answer fails the test.
  bool ask() {
    optional<std::int64_t> total;
    try {
      auto first = archive_->reader();
      auto fresh = archive_->reader();  // the pool opens another one
      total = fresh.count_deliveries({}, true).total;
    } catch (const std::exception&) {
      return false;
    }
    EXPECT_EQ(*total, static_cast<std::int64_t>(acknowledged_.size()));
    return true;
  }

  bool writable() {
    try {
      archive_->check_writable();
      return true;
    } catch (const NotDurable&) {
      return false;
    }
  }

  // Waits until the log is in the main file or that has failed: of what was stored just now, by the checkpoint of the
  // next quiet moment. Returns whether none has failed yet.
  bool checkpointed() {
    WriterMetrics now;
    EXPECT_TRUE(eventually([&] {
      now = archive_->metrics();
      return now.failed_checkpoints > 0 || now.log_pages == 0;
    }));
    return now.failed_checkpoints == 0;
  }
  void wait_for_an_empty_log() {
    EXPECT_TRUE(eventually([&] { return archive_->metrics().log_pages == 0; }));
  }

  // Closes while the fault goes on, like a process that is told to end.
  void close() { archive_.reset(); }

  // After everything: each acknowledged delivery is there once, and the file is sound.
  void expect_sound() {
    {
      Archive again(options_, decode_plain);
      auto reader = again.reader();
      std::set<string> seen;
      for (std::int64_t n = 1; const auto row = reader.find_delivery(n); ++n) {
        EXPECT_TRUE(seen.insert(row->body).second) << row->body << " is there twice";
        EXPECT_EQ(row->times_received, 1) << row->body;
      }
      for (const int n : acknowledged_) EXPECT_TRUE(seen.contains(plain_delivery(n).body)) << n << " is lost";
    }
    for (const auto& finding : examine({.archive = options_}, decode_plain, [](const auto&) {})) {
      EXPECT_NE(finding.verdict, Finding::Verdict::fail) << finding.name << ": " << finding.text;
    }
  }

 private:
  TemporaryFolder folder_;
  TemporaryFolder control_;
  Faults faults_;
  ArchiveOptions options_;
  std::unique_ptr<Archive> archive_;
  std::mutex mutex_;
  std::set<int> acknowledged_;
};

// Where only some calls fail, a batch that is tried again may succeed or not.
const char* amount(int refused, int of, bool always) {
  if (refused == of) return "all refused";
  return !always ? "stored or refused" : refused == 0 ? "all stored" : "some refused";
}

// What becomes of the log while the fault lasts. Only what was stored meanwhile must leave it.
const char* checkpoint_meanwhile(FaultyArchive& archive, int refused, bool always) {
  if (!always) return "either";
  if (refused > 0) return "–";
  return archive.checkpointed() ? "done" : "fails";
}

// Runs one fault and tells what happened as a row of the matrix.
string try_fault(const Case& row) {
  SCOPED_TRACE(string(row.what) + " on " + row.where);
  const bool always = row.fault.every == 1;  // else who is hit is a matter of luck
  FaultyArchive archive;
  int next = 0;
  while (next < kBefore) EXPECT_TRUE(archive.tell(next++));

  archive.faults().begin(row.fault);
  const int refused = archive.tell_many(next);
  next += kThreads * kEach;
  const bool probe = archive.writable();
  const bool answered = archive.ask();
  const string checkpoint = checkpoint_meanwhile(archive, refused, always);
  while (archive.faults().injected() == 0 && next < kMost) archive.tell(next++);
  EXPECT_GT(archive.faults().injected(), 0u);
  // Also when the log could not be emptied.
  if (always && refused == 0) EXPECT_TRUE(archive.tell(next++));
  archive.faults().end();

  // Without a restart, and also for those that were refused.
  const int last = next + kAfter;
  int refused_later = 0;
  for (int n = kBefore; n < last; ++n) refused_later += archive.tell_again(n) ? 0 : 1;
  EXPECT_EQ(refused_later, 0);
  EXPECT_TRUE(archive.ask());
  archive.wait_for_an_empty_log();
  EXPECT_TRUE(archive.tell(last));

  archive.faults().begin(row.fault);
  archive.close();
  archive.faults().end();
  archive.expect_sound();
  std::ostringstream text;
  text << "| " << row.what << " | " << row.where << " | " << amount(refused, kThreads * kEach, always) << " | "
       << (!always ? "either"
           : probe ? "ready"
                   : "not ready")
       << " | "
       << (!always    ? "either"
           : answered ? "answered"
                      : "error")
       << " | " << checkpoint << " | recovered, nothing lost |\n";
  return text.str();
}

TEST(Faults, NothingIsLostAndNothingIsClaimedWhateverTheDiskDoes) {
  std::string table =
      "| fault | file | deliveries meanwhile | readiness | a new query | checkpoint | afterwards, and after a "
      "restart |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto& row : kCases) table += try_fault(row);
  expect_in_page("docs/durability.md", "faults of the archive", table);
}

}  // namespace
}  // namespace callarchive
