#include "tests/process/feeder.h"

#include "server/access/signature.h"
#include "tests/process/service.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <random>
#include <thread>
#include <utility>

namespace callarchive::process {
namespace {

using test::Sent;

// The places of one lane in the log, some of them again later.
std::vector<std::size_t> with_repeats(std::vector<std::size_t> places, std::mt19937& random) {
  const std::size_t originals = places.size();
  for (std::size_t i = 0; i < originals; ++i) {
    if (random() % 5 != 0) continue;
    // Behind the first time: a copy that overtook it would be the first time.
    const auto first = std::find(places.begin(), places.end(), places[i]) - places.begin();
    const auto room = places.size() - static_cast<std::size_t>(first);
    const auto at = first + 1 + static_cast<std::ptrdiff_t>(random() % room);
    places.insert(places.begin() + at, places[static_cast<std::size_t>(first)]);
  }
  return places;
}

std::string headers_of(const Sent& sent, const Keys& keys) {
  if (keys.secret.empty()) return sent.webhook_id ? "webhook-id: " + *sent.webhook_id + "\r\n" : "";
  if (!sent.webhook_id) return "Authorization: Bearer " + keys.token + "\r\n";
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string time = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  return "webhook-id: " + *sent.webhook_id + "\r\nwebhook-timestamp: " + time +
         "\r\nwebhook-signature: " + sign(*sent.webhook_id, time, sent.body, parse_signing_secret(keys.secret)) +
         "\r\n";
}

std::map<std::string, int> feed_one(int port, const std::vector<const Sent*>& line, const Keys& keys) {
  std::map<std::string, int> outcomes;
  http::testing::KeptClient client(port);
  for (const Sent* sent : line) {
    ++outcomes[outcome(client.ask(http::testing::post("/webhooks/allo", sent->body, headers_of(*sent, keys))))];
  }
  return outcomes;
}

}  // namespace

Plan shuffle(const std::vector<Sent>& log, std::size_t connections, unsigned seed) {
  std::mt19937 random(seed);
  std::map<std::string, std::vector<std::size_t>> lanes;
  for (std::size_t place = 0; place < log.size(); ++place) {
    // What may arrive at any time is a lane of its own.
    lanes[log[place].lane.empty() ? "\n" + std::to_string(place) : log[place].lane].push_back(place);
  }
  struct Turn {
    std::size_t connection;
    std::vector<std::size_t>* lane;
  };
  std::vector<Turn> turns;
  for (auto& [name, places] : lanes) {
    places = with_repeats(std::move(places), random);
    const bool is_free = name.front() == '\n';
    const std::size_t own = random() % connections;
    for (std::size_t i = 0; i < places.size(); ++i) {
      turns.push_back({is_free && i > 0 ? random() % connections : own, &places});
    }
    std::reverse(places.begin(), places.end());  // taken from the end
  }
  std::shuffle(turns.begin(), turns.end(), random);
  Plan plan(connections);
  for (const auto& [connection, lane] : turns) {
    plan[connection].push_back(&log[lane->back()]);
    lane->pop_back();
  }
  return plan;
}

std::map<std::string, int> feed(int port, const Plan& plan, const Keys& keys) {
  std::vector<std::map<std::string, int>> outcomes(plan.size());
  std::vector<std::exception_ptr> errors(plan.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        outcomes[i] = feed_one(port, plan[i], keys);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<std::string, int> all;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (errors[i]) std::rethrow_exception(errors[i]);
    for (const auto& [name, count] : outcomes[i]) all[name] += count;
  }
  return all;
}

}  // namespace callarchive::process
