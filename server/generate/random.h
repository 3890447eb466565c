#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace callarchive::generate {

// Random numbers that are the same on every machine for the same seed: only whole numbers, and no distributions of the
// standard library, whose results depend on the implementation.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // From 0 to count - 1.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  // From least to greatest, both included.
  std::int64_t between(std::int64_t least, std::int64_t greatest) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(greatest - least) + 1));
  }
  bool chance(std::uint64_t percent) { return below(100) < percent; }

  template <typename List>
  const auto& one_of(const List& list) {
    return list[static_cast<std::size_t>(below(std::size(list)))];
  }

 private:
  std::mt19937_64 engine_;
};

// Ranks with the frequencies of words in a language: the second is half as frequent as the first, the third a third,
// and so on.
class Zipf {
 public:
  explicit Zipf(std::size_t count) {
    std::uint64_t sum = 0;
    sums_.reserve(count);
    for (std::size_t rank = 1; rank <= count; ++rank) sums_.push_back(sum += 1'000'000'000'000 / rank);
  }

  // From 0, the most frequent, to count - 1.
  std::size_t rank(Random& random) const {
    const auto place = std::upper_bound(sums_.begin(), sums_.end(), random.below(sums_.back()));
    return static_cast<std::size_t>(place - sums_.begin());
  }

 private:
  std::vector<std::uint64_t> sums_;
};

// A number that looks random but is always the same for `value` (SplitMix64, Steele and others, 2014).
inline std::uint64_t scramble(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

}  // namespace callarchive::generate
