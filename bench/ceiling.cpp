// The ceiling of ingest: the same schema and projection in one thread, events decoded beforehand.
//   bench_ceiling FILE EVENTS BATCH…   for each batch size a fresh file; one line of JSON each
//   bench_ceiling --fill FILE EVENTS   keeps the file: a data set to ask

#include "bench/workload.h"
#include "server/ingest/decode.h"
#include "storage/ledger/projector.h"
#include "storage/search/index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace callarchive;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMillis = 1000;
constexpr int kFillBatch = 5000;

struct Prepared {
  Delivery delivery;
  Event event;
};

Prepared prepare(std::int64_t n) {
  auto webhook = bench::make_webhook(n);
  Prepared prepared;
  prepared.delivery.body = std::move(webhook.body);
  prepared.delivery.webhook_id = std::move(webhook.id);
  prepared.delivery.received_at = (1'577'836'800 + n * 25 + 400) * kMillis;
  prepared.event = decode(prepared.delivery);
  return prepared;
}

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(path + suffix);
}

// Stores batch by batch, with a checkpoint at 40 MB of log as the server has.
class Store {
 public:
  explicit Store(const std::string& path)
      : connection_(path, storage::Connection::Mode::writer), projector_(connection_, "", decode) {
    storage::migrate(connection_, storage::migrations());
    connection_.execute("PRAGMA wal_autocheckpoint = 10000");
  }
  void store(const std::vector<Prepared>& events, std::size_t begin, std::size_t end) {
    storage::Transaction transaction(connection_);
    for (auto i = begin; i < end; ++i) {
      Delivery delivery = events[i].delivery;
      projector_.store(delivery, events[i].event, {.window = 48 * 3600 * kMillis, .grace = 600 * kMillis});
    }
    projector_.finish();
    transaction.commit();
  }
  storage::Connection& connection() { return connection_; }

 private:
  storage::Connection connection_;
  storage::Projector projector_;
};

void measure(const std::string& path, const std::vector<Prepared>& events, std::size_t batch) {
  remove_database(path);
  std::uintmax_t body_bytes = 0;
  for (const auto& prepared : events) body_bytes += prepared.delivery.body.size();
  double seconds = 0;
  {
    Store store(path);
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < events.size(); i += batch) store.store(events, i, std::min(i + batch, events.size()));
    seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto bytes = fs::file_size(path);
  std::printf("{\"batch\":%zu,\"rate\":%.1f,\"events\":%zu,\"body_bytes\":%ju,\"disk_bytes\":%ju}\n", batch,
              static_cast<double>(events.size()) / seconds, events.size(), body_bytes, bytes);
  std::fflush(stdout);
  remove_database(path);
}

void fill(const std::string& path, std::int64_t count) {
  remove_database(path);
  Store store(path);
  store.connection().execute("PRAGMA synchronous = OFF");  // made once, thrown away afterwards
  std::vector<Prepared> events;
  for (std::int64_t n = 0; n < count; ++n) {
    events.push_back(prepare(n));
    if (events.size() < kFillBatch && n + 1 < count) continue;
    store.store(events, 0, events.size());
    events.clear();
    if (n % 100000 < kFillBatch)
      std::fprintf(stderr, "%jd of %jd\n", static_cast<std::intmax_t>(n), static_cast<std::intmax_t>(count));
  }
  while (storage::merge_search(store.connection())) {}  // as the writer does when nobody sends anything
  store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--fill") == 0) {
    fill(argv[2], std::atoll(argv[3]));
    return 0;
  }
  if (argc < 4) {
    std::fprintf(stderr, "usage: bench_ceiling FILE EVENTS BATCH… | --fill FILE EVENTS\n");
    return 2;
  }
  std::vector<Prepared> events;
  for (std::int64_t n = 0; n < std::atoll(argv[2]); ++n) events.push_back(prepare(n));
  for (int i = 3; i < argc; ++i) measure(argv[1], events, std::strtoul(argv[i], nullptr, 10));
  return 0;
}
