#include "server/http/failure_limit.h"

#include "server/http/address.h"

#include <algorithm>
#include <cmath>

namespace callarchive::http {
namespace {

std::string client_of(const std::string& address) {
  const auto ip = parse_ip(address);
  if (!ip) return address;
  const auto length = ip->is_v4() ? ip->bytes.size() : ip->bytes.size() / 2;
  return std::string(ip->bytes.begin(), ip->bytes.begin() + static_cast<std::ptrdiff_t>(length));
}

}  // namespace

FailureLimit::FailureLimit(Options options, Now now) : options_(options), now_(std::move(now)) {}

int FailureLimit::fail(const std::string& client_address) {
  const auto now = now_();
  const std::string client = client_of(client_address);
  const std::lock_guard lock(mutex_);
  if (!buckets_.contains(client) && buckets_.size() >= options_.clients) {
    buckets_.erase(std::min_element(buckets_.begin(), buckets_.end(),
                                    [](const auto& a, const auto& b) { return a.second.at < b.second.at; }));
  }
  Bucket& bucket = buckets_.try_emplace(client, Bucket{0, now}).first->second;
  const double minutes = std::chrono::duration<double, std::ratio<60>>(now - bucket.at).count();
  bucket.failures = std::max(0.0, bucket.failures - minutes * options_.per_minute);
  bucket.at = now;
  if (bucket.failures + 1 > options_.burst) {
    return static_cast<int>(std::ceil((bucket.failures + 1 - options_.burst) / options_.per_minute * 60));
  }
  bucket.failures += 1;
  return 0;
}

std::size_t FailureLimit::clients() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace callarchive::http
