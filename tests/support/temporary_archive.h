#pragma once

#include "storage/archive.h"
#include "storage/care/dump.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace callarchive::test {

// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A real archive in a folder of its own, told events directly: the body of a delivery is a made-up word that the
// decoder looks up, so that storage is tested without any dialect.
class TemporaryArchive {
 public:
  explicit TemporaryArchive(ArchiveOptions options = {});

  // Tells the archive an event. `time` is the event's own; without one, arrival counts. `body` is the word
  // that stands for it; without one, "said 1", "said 2" …
  Receipt tell(const Event& event, optional<Millis> time = {}, std::string body = {});
  // The same for an event so many microseconds after the time.
  Receipt tell_at(const Event& event, Millis time, int micros, std::string body = {});
  // Tells all of them at once: they share a commit.
  void tell_all(const std::vector<Event>& events);
  // Sends a body again that was sent before.
  Receipt tell_again(const std::string& body);
  // Closes and opens again.
  void reopen();
  void close() { archive_.reset(); }

  Archive& archive() { return *archive_; }
  Reader reader() { return archive_->reader(); }
  std::string path() const { return options_.path; }
  const ArchiveOptions& options() const { return options_; }
  Decoder decoder() const;
  // The projected tables, one line for each row.
  std::string dump() const;
  // A single value, asked with sqlite's own words.
  std::string ask(const std::string& sql) const;

  Millis now = 1'700'000'000'000;  // of the next arrival; moves by a second with each

 private:
  Delivery made_of(const std::string& body);
  struct Said {
    Event event;
    optional<Millis> time;
    int micros = 0;
  };
  TemporaryFolder folder_;
  ArchiveOptions options_;
  std::shared_ptr<std::map<std::string, Said>> said_ = std::make_shared<std::map<std::string, Said>>();
  std::unique_ptr<Archive> archive_;
};

}  // namespace callarchive::test
