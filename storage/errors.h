#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

// What the archive throws. Each says who can do something about it; what() is a sentence for people.

namespace callarchive {

// The write could not be made durable, and left no trace. what() says why. Trying again may work.
struct NotDurable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Too many deliveries wait for the writer already, or the archive is closing.
struct QueueFull : NotDurable {
  using NotDurable::NotDurable;
};

// The file cannot be used at all: missing folder, newer schema, held by another process, no database.
struct CannotOpen : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Another process writes the file, and it alone may.
struct IsWritten : CannotOpen {
  using CannotOpen::CannotOpen;
};

// The query exceeded its limit of time or memory. The connection is clean and can be used again.
struct QueryTimeout : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A filter that looks for words has none: nothing but punctuation, which is in no row or in every one.
struct EmptyFilter : std::runtime_error {
  explicit EmptyFilter(std::string filter)
      : std::runtime_error("expected a word to look for"), field(std::move(filter)) {}
  std::string field;  // "name"
};

// The search text asks for nothing: it is empty, or nothing but punctuation.
struct EmptySearch : std::runtime_error {
  EmptySearch() : std::runtime_error("the search text has no words") {}
};

// The search text has more words than a query may have.
struct TooManyWords : std::runtime_error {
  explicit TooManyWords(std::size_t most)
      : std::runtime_error("expected at most " + std::to_string(most) +
                           " words, those of phrases and exclusions counted") {}
};

}  // namespace callarchive
