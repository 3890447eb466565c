#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <stdexcept>
#include <string>

namespace callarchive {

// Longer than any delivery; a text that is still open here is broken.
constexpr std::size_t kImportLimitBytes = std::size_t{64} << 20;

// Called with the bytes of one JSON value exactly as they stand in the file, and the line, from 1, of the first.
using EnvelopeFound = std::function<void(std::string body, std::size_t line)>;

// The input broke off or is no text. what() says why, not which.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Finds the envelopes in one pass, holding one at a time: one per line, or spread over many lines, or one
// directly behind the other, or the elements of an array, and any mixture. What is broken (a line cut short, a stray
// word) is handed over like the rest, so that it can be counted, and reading goes on behind it.
// Throws Unreadable when reading fails, and for what gzip has compressed; what was found before has been handed over
// then.
void for_each_envelope(std::istream& input, const EnvelopeFound& found);

}  // namespace callarchive
