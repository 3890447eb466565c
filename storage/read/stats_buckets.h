#pragma once

#include "storage/stats.h"

#include <memory>

namespace callarchive::storage {

struct Bucket {
  Millis from = 0;
  Millis to = 0;  // exclusive
  string label = {};
};

// The hours, days, weeks or months of local time in a zone. Each instant is in exactly one bucket. A day begins with
// its first instant, even if the clock skips midnight. An hour that the clock repeats is two buckets.
class Buckets {
 public:
  // Throws UnknownTimeZone.
  Buckets(StatsBucket per, const string& time_zone);
  ~Buckets();
  Buckets(const Buckets&) = delete;
  Buckets& operator=(const Buckets&) = delete;
  Bucket at(Millis instant) const;

 private:
  struct Zone;
  StatsBucket per_;
  std::unique_ptr<Zone> zone_;
};

// Throws UnknownTimeZone unless there is one of that name.
void check_time_zone(const string& time_zone);

}  // namespace callarchive::storage
