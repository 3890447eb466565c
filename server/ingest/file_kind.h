#pragma once

#include <optional>
#include <string>
#include <string_view>

// Recognizes files that were given to `import` by mistake.

namespace callarchive::ingest {

// What `import` expects in a file, for messages.
constexpr std::string_view kImportExpectation =
    "expected webhook bodies as JSON in UTF-8: one per line, an array of them, or one after the other";

// What the beginning of a file (the first 64 KiB or more, or all of it) looks like, with a command that helps if there
// is one: "gzip data; use `zcat FILE | callarchive import -`". Absent if it may be JSON in UTF-8.
std::optional<std::string> describe_foreign_file(std::string_view beginning);

// The same, but only for compressed data, which can never be read.
std::optional<std::string> describe_compressed_file(std::string_view beginning);

// What a JSON value that is not an envelope looks like: "a row of `callarchive calls --json`". Absent if it is unknown.
std::optional<std::string> describe_foreign_json(const std::string& text);

}  // namespace callarchive::ingest
