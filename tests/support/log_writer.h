#pragma once

#include "tests/support/delivery_log.h"

#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace callarchive::test {

using Json = nlohmann::ordered_json;

enum class Dialect { v2, v1, v1_camel, body, mobile };

// The same draws on every machine: the distributions of the standard library may differ.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  bool in_hundred(std::size_t chance) { return below(100) < chance; }
  template <typename T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// What one thing is called in the dialects.
struct TopicNames {
  const char* v2 = "";
  const char* v1 = "";
  const char* mobile = "";
};

// Writes deliveries down as the vendor would in each dialect, and puts them into the order of their times.
class LogWriter {
 public:
  explicit LogWriter(Random& random) : random_(random) {}

  // `object` names what it speaks of, for the lane.
  void write(Dialect dialect, const TopicNames& topic, Json data, Millis when, const std::string& object);
  // Any bytes.
  void write_raw(std::string body, Millis when);

  std::vector<Sent> take();

 private:
  void add(Millis when, Sent sent) { all_.emplace_back(when, std::move(sent)); }

  Random& random_;
  std::vector<std::pair<Millis, Sent>> all_ = {};
  int next_id_ = 1;
};

}  // namespace callarchive::test
