#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// API tokens. Only their SHA-256 is stored, in a text file with one token per line:
//
//   # name   scope  SHA-256 of the token, hex                                         created
//   grafana  read   0f343b0931126a20f133d67c2b018a3b5c1d3a4f2c7f9d3d0c2c9d1f5a7f3c11  2026-11-23T12:00:00Z
//
// Fields are separated by spaces; '#' begins a comment line. A token is 256 random bits, which nobody can guess, so a
// plain fast hash is enough.

namespace callarchive {

struct Token {
  std::string name = {};     // [A-Za-z0-9._-], at most 64
  std::string scope = {};    // read, admin (includes read), ingest
  std::string sha256 = {};   // lower-case hex
  std::string created = {};  // ISO 8601, for people
  bool operator==(const Token&) const = default;
};

struct NewToken {
  std::string secret;  // "ca_…", to be shown once
  std::string line;    // for the tokens file, without line break
};

// Throws std::invalid_argument for an invalid name or scope, std::runtime_error if the system provides no randomness.
NewToken make_token(const std::string& name, const std::string& scope, const std::string& created);

// Reads the lines of a tokens file. Throws std::invalid_argument with the number of the invalid line, never with its
// text.
std::vector<Token> parse_tokens(std::string_view text);

// Reads a tokens file. Throws std::runtime_error if it cannot be read or is not a tokens file.
std::vector<Token> read_tokens(const std::string& file);

// The token whose secret a caller presented, or nothing. Takes the same time for every secret, whether it is known or
// not.
std::optional<Token> find_token(const std::vector<Token>& tokens, std::string_view secret);

}  // namespace callarchive
