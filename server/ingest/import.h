#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <stdexcept>
#include <string>

namespace callarchive {

// The longest value in a file, in bytes. No delivery is as long: a value that has not ended by then is broken.
constexpr std::size_t kImportLimitBytes = std::size_t{64} << 20;

// Called with the bytes of one JSON value exactly as they are in the file, and the line, from 1, of the first byte.
using EnvelopeFound = std::function<void(std::string body, std::size_t line)>;

// The input could not be read to its end, or is not JSON. what() says why, but does not name the input.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How the input must begin.
enum class Beginning {
  of_json,  // nothing that looks like another kind of file: CSV, XML, an export of this program …
  any,      // anything but compressed data
};

// Finds the envelopes in one pass, holding one in memory at a time: one per line, spread over several lines, one
// directly after the other, the elements of an array, or any mixture of these. Broken pieces (a line that was cut, a
// stray word) are passed on like the rest, so that they can be counted, and reading continues after them. Throws
// Unreadable if reading fails, after passing on what was found before that; and, before passing on anything, if the
// input does not begin as expected.
void for_each_envelope(std::istream& input, const EnvelopeFound& found, Beginning expected = Beginning::of_json);

}  // namespace callarchive
