#pragma once

#include <optional>
#include <string>
#include <string_view>

// What a file is that was given to `import` by mistake.

namespace callarchive::ingest {

// What must be in a file to be imported.
constexpr std::string_view kImportExpectation =
    "expected webhook bodies as JSON in UTF-8: one a line, an array of them, or one after the other";

// What the beginning of a file (the first 64 KiB or more, or all of it) looks like, with a command that helps where
// there is one: "gzip data; use `zcat FILE | callarchive import -`". Absent if it may be JSON in UTF-8.
std::optional<std::string> describe_foreign_file(std::string_view beginning);

// The same for compressed data alone, which can never be read.
std::optional<std::string> describe_compressed_file(std::string_view beginning);

// What a JSON value looks like that is not an envelope: "a row of `callarchive calls --json`". Absent if nobody knows.
std::optional<std::string> describe_foreign_json(const std::string& text);

}  // namespace callarchive::ingest
