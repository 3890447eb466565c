#pragma once

#include <chrono>
#include <thread>

namespace callarchive::test {

// Asks until the answer is yes, for what ends by itself; false when a minute has passed.
template <typename Predicate>
bool eventually(Predicate holds) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace callarchive::test
