#include "storage/recordings/media_store.h"

#include "storage/errors.h"
#include "storage/sqlite/digest.h"
#include "tests/support/temporary_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace callarchive {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MediaStoreTest : public ::testing::Test {
 protected:
  PublishedFile keep(const string& bytes) {
    auto file = store.receive();
    file.append(bytes);
    return store.publish(std::move(file));
  }
  vector<string> files() const {
    vector<string> found;
    for (const auto& entry : fs::recursive_directory_iterator(store.folder())) {
      if (entry.is_regular_file()) found.push_back(fs::relative(entry.path(), store.folder()).string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  static string content(const string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode(const string& path) {
    struct stat info {};
    ::stat(path.c_str(), &info);
    return info.st_mode & 07777;
  }

  test::TemporaryFolder folder;
  MediaStore store{folder.file("archive.db")};
};

TEST_F(MediaStoreTest, NamesAFileAfterItsContentForItsOwnerAlone) {
  const auto published = keep("some sound");
  EXPECT_EQ(published.sha256, storage::sha256_hex("some sound"));
  EXPECT_EQ(published.bytes, 10);
  const string name = published.sha256.substr(0, 2) + "/" + published.sha256;
  EXPECT_THAT(files(), ElementsAre(name));
  EXPECT_EQ(store.path_of(published.sha256), folder.file("archive.db.media/" + name));
  EXPECT_EQ(content(store.path_of(published.sha256)), "some sound");
  EXPECT_EQ(mode(store.folder()), 0700u);
  EXPECT_EQ(mode(store.folder() + "/" + published.sha256.substr(0, 2)), 0700u);
  EXPECT_EQ(mode(store.path_of(published.sha256)), 0600u);
}

TEST_F(MediaStoreTest, KeepsTheSameSoundOnce) {
  const auto first = keep("same");
  struct stat before {
  }, after{};
  ::stat(store.path_of(first.sha256).c_str(), &before);
  EXPECT_EQ(keep("same").sha256, first.sha256);
  ::stat(store.path_of(first.sha256).c_str(), &after);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(MediaStoreTest, MendsADamagedFileWhenTheSoundComesAgain) {
  const auto published = keep("whole");
  std::ofstream(store.path_of(published.sha256)) << "whol";
  keep("whole");
  EXPECT_EQ(content(store.path_of(published.sha256)), "whole");
}

TEST_F(MediaStoreTest, LeavesNothingOfAFileThatWasNotPublished) {
  {
    auto file = store.receive();
    file.append("half");
    EXPECT_EQ(files().size(), 1u);
  }
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(MediaStoreTest, GoesOnWithWhatWasLeft) {
  auto file = store.receive();
  file.append("first ");
  store.leave(std::move(file), "abc123");
  EXPECT_FALSE(store.resume("abc124"));
  EXPECT_FALSE(store.resume("../abc123"));
  auto rest = store.resume("abc123");
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->size(), 6);
  rest->append("second");
  const auto published = store.publish(std::move(*rest));
  EXPECT_EQ(content(store.path_of(published.sha256)), "first second");
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(MediaStoreTest, SweepsWhatAKilledProcessLeft) {
  const auto published = keep("kept");
  auto killed = store.receive();
  killed.append("half");
  auto unfinished = store.receive();
  unfinished.append("may go on");
  store.leave(std::move(unfinished), "a1");
  auto old = store.receive();
  old.append("too old");
  store.leave(std::move(old), "a2");
  fs::last_write_time(store.folder() + "/incoming/a2.part", fs::file_time_type::clock::now() - std::chrono::hours(100));
  store.sweep();
  EXPECT_THAT(files(), ElementsAre(published.sha256.substr(0, 2) + "/" + published.sha256, "incoming/a1.part"));
}

TEST_F(MediaStoreTest, TellsItsFilesFromOthers) {
  const auto published = keep("kept");
  std::ofstream(store.folder() + "/notes.txt") << "mine";
  fs::create_directory(store.folder() + "/zz");
  std::ofstream(store.folder() + "/zz/" + published.sha256) << "in the wrong folder";
  const auto waiting = store.receive();
  vector<string> sounds, others;
  store.for_files([&](const string& sha256, std::int64_t) { sounds.push_back(sha256); },
                  [&](const string& path) { others.push_back(fs::path(path).lexically_relative(store.folder())); });
  std::sort(others.begin(), others.end());
  EXPECT_THAT(sounds, ElementsAre(published.sha256));
  EXPECT_THAT(others, ElementsAre("notes.txt", "zz/" + published.sha256));
}

TEST_F(MediaStoreTest, OpensNothingButDigests) {
  for (const char* name : {"", "..", "../archive.db", "ab", "/etc/passwd"}) EXPECT_FALSE(store.open(name)) << name;
  EXPECT_FALSE(store.open(string(64, 'a')));
  const auto published = keep("kept");
  EXPECT_TRUE(store.open(published.sha256));
}

TEST_F(MediaStoreTest, DoesNotFollowALinkInPlaceOfASound) {
  const auto published = keep("kept");
  fs::remove(store.path_of(published.sha256));
  fs::create_symlink("/etc/passwd", store.path_of(published.sha256));
  EXPECT_FALSE(store.open(published.sha256));
}

TEST_F(MediaStoreTest, LeavesTheReserveAlone) {
  const MediaStore modest(folder.file("archive.db"), 1 << 20);
  EXPECT_NO_THROW(modest.require_room(1 << 20));
  const MediaStore greedy(folder.file("archive.db"), std::int64_t{1} << 60);
  EXPECT_THROW(greedy.require_room(0), NotDurable);
}

TEST_F(MediaStoreTest, SaysWhyAFolderCannotBeWritten) {
  std::ofstream(store.folder()) << "a file is in the way";
  EXPECT_THROW(store.receive(), NotDurable);
}

}  // namespace
}  // namespace callarchive
