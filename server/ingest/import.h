#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <stdexcept>
#include <string>

namespace callarchive {

// Longer than any delivery: a value that is still open here is broken.
constexpr std::size_t kImportLimitBytes = std::size_t{64} << 20;

// Called with the bytes of one JSON value exactly as they are in the file, and the line, from 1, of the first byte.
using EnvelopeFound = std::function<void(std::string body, std::size_t line)>;

// The input could not be read to its end, or is something else than JSON. what() says why, not which input.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How the input must begin.
enum class Beginning {
  of_json,  // nothing that looks like another kind of file: CSV, XML, an export of this program …
  any,      // anything but compressed data
};

// Finds the envelopes in one pass, holding one at a time: one per line, spread over several lines, one directly after
// the other, the elements of an array, or any mixture of these. What is broken (a line that was cut, a stray word) is
// passed on like the rest, so that it can be counted, and reading goes on after it.
// Throws Unreadable if reading fails, after what was found before has been passed on, and, before anything is passed
// on, if the input does not begin as expected.
void for_each_envelope(std::istream& input, const EnvelopeFound& found, Beginning expected = Beginning::of_json);

}  // namespace callarchive
