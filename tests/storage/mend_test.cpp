// Out of a damaged archive, and into one that was restored.

#include "storage/care/backup.h"
#include "storage/care/doctor.h"
#include "storage/care/merge.h"
#include "storage/care/salvage.h"
#include "tests/support/plain_decoder.h"
#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>

namespace callarchive {
namespace {

using namespace test;
namespace fs = std::filesystem;

const ReportProgress kSilent = [](const RebuildProgress&) {};
constexpr int kTold = 300;
constexpr int kPage = 4096;

std::string ask(const std::string& path, const std::string& sql) {
  return SQLite::Database(path, SQLite::OPEN_READONLY).execAndGet(sql).getString();
}

// Everything that a ledger holds but its numbers, one line for each delivery.
std::string ledger_of(const std::string& path) {
  return ask(
      path,
      "SELECT group_concat(line, char(10)) FROM (SELECT hex(sha256) || received_at || ' ' || times_received || ' '"
      " || last_received_at || ' ' || origin || ' ' || coalesce(webhook_id, '-') || ' ' || outcome AS line"
      " FROM deliveries ORDER BY received_at, hex(sha256))");
}

void tell(Archive& archive, int n, std::size_t words = 1) {
  auto delivery = plain_delivery(n, std::string(words * 5, 'w'));
  delivery.received_at = 1'700'000'000'000 + n * 60'000;
  if (n % 3 == 0) delivery.webhook_id = "msg_" + std::to_string(n);
  auto event = decode_plain(delivery);
  archive.store(std::move(delivery), std::move(event));
}

class MendTest : public testing::Test {
 protected:
  MendTest() {
    Archive archive({.path = path()}, decode_plain);
    // Some bodies need pages of their own.
    for (int n = 1; n <= kTold; ++n) tell(archive, n, n % 50 == 0 ? 3000 : 20);
    tell(archive, 7, 20);
    archive.close();
  }
  std::string path() const { return folder_.file("archive.db"); }
  std::string file(const std::string& name) const { return folder_.file(name); }

  void overwrite_page(int number, char with = '\0') const {
    std::fstream damaged(path(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(static_cast<std::streamoff>(number - 1) * kPage);
    damaged << std::string(kPage, with);
  }
  // A page of the ledger, as dbstat(https://www.sqlite.org/dbstat.html) would say; the library may not have that.
  int root_of_ledger() const {
    return std::stoi(ask(path(), "SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'"));
  }
  // The first page that is a leaf of a table and holds that text.
  int leaf_with(const std::string& text) const {
    std::ifstream in(path(), std::ios::binary);
    std::string page(kPage, '\0');
    for (int number = 1; in.read(page.data(), kPage); ++number) {
      if (page[0] == 13 && page.find(text) != std::string::npos) return number;
    }
    throw std::runtime_error("no page with " + text);
  }
  SalvageResult salvaged() const { return salvage({.path = path()}, file("new.db"), decode_plain, kSilent); }
  std::string integrity() const {
    for (const auto& finding :
         examine({.archive = {.path = path()}, .quick = true}, decode_plain, [](const auto&) {})) {
      if (finding.name == "integrity" && finding.verdict == Finding::Verdict::fail) return finding.text;
    }
    return "ok";
  }
  void expect_sound(const std::string& archive) const {
    for (const auto& finding : examine({.archive = {.path = archive}}, decode_plain, [](const auto&) {})) {
      EXPECT_NE(finding.verdict, Finding::Verdict::fail) << finding.name << ": " << finding.text;
    }
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(MendTest, OfAWholeFileSalvageMakesTheSame) {
  const auto result = salvaged();
  EXPECT_EQ(result.deliveries, kTold);
  EXPECT_EQ(result.lost, 0);
  EXPECT_EQ(ledger_of(file("new.db")), ledger_of(path()));
  for (const char* setting : {"archive_id", "default_region"}) {
    const auto sql = std::string("SELECT value FROM settings WHERE name = '") + setting + "'";
    EXPECT_EQ(ask(file("new.db"), sql), ask(path(), sql));
  }
  expect_sound(file("new.db"));
}

TEST_F(MendTest, OneLeafIsLostAndAllOthersKeepTheirNumbers) {
  const auto before = ask(path(), "SELECT received_at FROM deliveries WHERE id = 250");
  const int leaf = leaf_with("msg_120");
  overwrite_page(leaf);
  EXPECT_THAT(integrity(), testing::HasSubstr("callarchive salvage"));
  const auto result = salvaged();
  EXPECT_EQ(result.deliveries, kTold);
  EXPECT_GT(result.lost, 0);
  EXPECT_LT(result.lost, 60);
  EXPECT_EQ(ask(file("new.db"), "SELECT received_at FROM deliveries WHERE id = 250"), before);
  EXPECT_EQ(ask(file("new.db"), "SELECT count(*) FROM deliveries WHERE outcome = 'quarantined'"),
            std::to_string(result.lost));
  expect_sound(file("new.db"));
}

// The way from the root to the leaves is gone: the leaves are found by themselves.
TEST_F(MendTest, WithoutItsRootEveryDeliveryIsStillFound) {
  const auto before = ledger_of(path());
  overwrite_page(root_of_ledger());
  const auto result = salvaged();
  EXPECT_EQ(result.lost, 0);
  EXPECT_EQ(result.from_pages, kTold);
  EXPECT_EQ(ledger_of(file("new.db")), before);
  expect_sound(file("new.db"));
}

// Not even a database any more for SQLite.
TEST_F(MendTest, WithoutItsFirstPageEveryDeliveryIsStillFound) {
  const auto before = ledger_of(path());
  overwrite_page(1, '\x5a');
  const auto result = salvaged();
  EXPECT_EQ(result.lost, 0);
  EXPECT_EQ(ledger_of(file("new.db")), before);
}

TEST_F(MendTest, ADamagedIndexIsForRebuild) {
  const auto page = std::stoi(ask(path(), "SELECT rootpage FROM sqlite_master WHERE name = 'calls_by_id'"));
  overwrite_page(page);
  EXPECT_THAT(integrity(), testing::HasSubstr("`callarchive rebuild` mends it"));
  rebuild({.path = path()}, decode_plain, kSilent);
  expect_sound(path());
}

TEST_F(MendTest, SalvageRefusesWhatHasNoDelivery) {
  std::ofstream(file("notes.txt")) << std::string(9000, '.');
  EXPECT_THROW(salvage({.path = file("notes.txt")}, file("new.db"), decode_plain, kSilent), CannotOpen);
  EXPECT_FALSE(fs::exists(file("new.db")));
  EXPECT_THROW(salvage({.path = path()}, path(), decode_plain, kSilent), CannotOpen);
}

// A backup, more deliveries, a loss, a restore, more deliveries: the lost ones come out of the old file.
TEST_F(MendTest, MergeBringsWhatARestoredBackupLacks) {
  backup(path(), file("copy.db"), [](const auto&) {});
  {
    Archive archive({.path = path()}, decode_plain);
    for (int n = kTold + 1; n <= kTold + 40; ++n) tell(archive, n);
    archive.close();
  }
  restore(file("copy.db"), file("restored.db"), [](const auto&) {});
  Archive archive({.path = file("restored.db")}, decode_plain);
  for (int n = kTold + 41; n <= kTold + 60; ++n) tell(archive, n);
  const auto merged = merge_from(archive, path(), decode_plain, kSilent);
  EXPECT_EQ(merged.read, kTold + 40);
  EXPECT_EQ(merged.merged, 40);
  EXPECT_EQ(merge_from(archive, path(), decode_plain, kSilent).merged, 0);
  archive.close();

  Archive whole({.path = file("whole.db")}, decode_plain);
  for (int n = 1; n <= kTold; ++n) tell(whole, n, n % 50 == 0 ? 3000 : 20);
  tell(whole, 7, 20);
  for (int n = kTold + 1; n <= kTold + 60; ++n) tell(whole, n);
  whole.close();
  EXPECT_EQ(ledger_of(file("restored.db")), ledger_of(file("whole.db")));
  std::string expected, found;
  dump_tables(file("whole.db"), [&](auto line) { (expected += line) += '\n'; });
  dump_tables(file("restored.db"), [&](auto line) { (found += line) += '\n'; });
  EXPECT_EQ(found, expected);
  expect_sound(file("restored.db"));
}

}  // namespace
}  // namespace callarchive
