#include "tests/support/temporary_archive.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdlib>
#include <stdexcept>

namespace callarchive::test {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "callarchive-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TemporaryArchive::TemporaryArchive(ArchiveOptions options) : options_(std::move(options)) {
  if (options_.path.empty()) options_.path = folder_.file("archive.db");
  options_.query_timeout = std::chrono::seconds(60);
  reopen();
}

void TemporaryArchive::reopen() {
  archive_.reset();
  archive_ = std::make_unique<Archive>(options_, decoder());
}

Decoder TemporaryArchive::decoder() const {
  return [said = said_](Delivery& delivery) -> Event {
    const auto found = said->find(delivery.body);
    if (found == said->end()) return Quarantined{"not a word of the test"};
    delivery.event_time = found->second.time;
    delivery.event_micros = found->second.micros;
    delivery.dialect = "test";
    return found->second.event;
  };
}

Receipt TemporaryArchive::tell(const Event& event, optional<Millis> time, std::string body) {
  if (body.empty()) body = "said " + std::to_string(said_->size() + 1);
  said_->emplace(body, Said{event, time, 0});
  return tell_again(body);
}

Receipt TemporaryArchive::tell_at(const Event& event, Millis time, int micros, std::string body) {
  if (body.empty()) body = "said " + std::to_string(said_->size() + 1);
  said_->emplace(body, Said{event, time, micros});
  return tell_again(body);
}

void TemporaryArchive::tell_all(const std::vector<Event>& events) {
  vector<std::pair<Delivery, Event>> told;
  for (const auto& event : events) {
    const auto body = "said " + std::to_string(said_->size() + 1);
    said_->emplace(body, Said{event, {}, 0});
    told.emplace_back(made_of(body), event);
  }
  archive_->store_all(std::move(told));
}

Delivery TemporaryArchive::made_of(const std::string& body) {
  Delivery delivery;
  delivery.body = body;
  delivery.received_at = now += 1000;
  return delivery;
}

Receipt TemporaryArchive::tell_again(const std::string& body) {
  auto delivery = made_of(body);
  auto event = decoder()(delivery);
  return archive_->store(std::move(delivery), std::move(event));
}

std::string TemporaryArchive::dump() const {
  std::string text;
  dump_tables(options_.path, [&](std::string_view line) { (text += line) += '\n'; });
  return text;
}

std::string TemporaryArchive::ask(const std::string& sql) const {
  SQLite::Database database(options_.path, SQLite::OPEN_READONLY);
  return database.execAndGet(sql).getString();
}

}  // namespace callarchive::test
