#pragma once

#include <cstdint>
#include <string>

// Webhooks as a busy line sends them: 30 % calls of 20 transcript entries (about 5.3 KB), 60 % messages
// (about 0.35 KB), 10 % contacts. Words follow Zipf's law over 50,000; other parties are skewed over 100,000 numbers;
// there are four own lines. The n-th delivery is the same in every process and at every run.

namespace callarchive::bench {

struct Webhook {
  std::string id;    // webhook-id
  std::string body;  // dialect v2
};
Webhook make_webhook(std::int64_t n);

enum class Kind { call, message, contact };
Kind kind_of(std::int64_t n);

// Parts of it, for asking.
std::string own_line(int which);             // 0 to 3
std::string other_party(std::int64_t rank);  // 0 is met most often
std::string word(std::int64_t rank);         // 0 is the most common one
constexpr std::int64_t kWords = 50000;
constexpr std::int64_t kNumbers = 100000;

}  // namespace callarchive::bench
