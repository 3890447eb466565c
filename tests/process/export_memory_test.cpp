// An export of ten times the rows takes no more memory.

#include "tests/process/service.h"
#include "tests/support/memory.h"
#include "tests/support/temporary_archive.h"

#include <gtest/gtest.h>

#include <iostream>

namespace callarchive::process {
namespace {

// Caches of the one connection that reads, and what the heap does not give back.
constexpr std::size_t kBound = 8u << 20;

struct Exported {
  std::size_t bytes = 0;
  std::size_t peak = 0;  // the most that the program ever had in memory
};

// Reads every export of an archive to its end, from a program started for that.
Exported export_all(const std::string& archive) {
  Program program({"serve", "--db", archive, "--listen", "127.0.0.1:0", "--log-level", "off", "--readers", "1",
                   "--query-threads", "2"});
  Exported exported;
  for (const char* target : {"/v1/export/transcripts", "/v1/export/calls?include=transcript",
                             "/v1/export/messages?format=csv", "/v1/export/contacts?format=vcard"}) {
    const Answer answer = http::testing::exchange(program.port(), http::testing::get(target));
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    exported.bytes += answer.body.size();
  }
  exported.peak = test::bytes_in("/proc/" + std::to_string(program.pid()) + "/status", "VmHWM:");
  return exported;
}

TEST(ExportMemory, DoesNotGrowWithTheRows) {
  if (!test::kMemoryIsMeasurable) GTEST_SKIP() << "a sanitizer keeps freed memory";
  const test::TemporaryFolder folder;
  import_generated(folder.file("small.db"), 2'000);
  import_generated(folder.file("large.db"), 20'000);
  const Exported few = export_all(folder.file("small.db"));
  const Exported many = export_all(folder.file("large.db"));
  std::cout << (few.bytes >> 10) << " KiB exported: peak " << (few.peak >> 10) << " KiB; " << (many.bytes >> 10)
            << " KiB exported: peak " << (many.peak >> 10) << " KiB\n";
  ASSERT_GT(few.peak, 0u);
  ASSERT_GT(many.bytes - few.bytes, 4 * kBound) << "too little to show anything";
  EXPECT_LE(many.peak, few.peak + kBound);
}

}  // namespace
}  // namespace callarchive::process
