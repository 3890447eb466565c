#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// API tokens. The program keeps their SHA-256 only, in a text file with one token a line:
//
//   # name   scope  SHA-256 of the token, hex                                         created
//   grafana  read   0f343b0931126a20f133d67c2b018a3b5c1d3a4f2c7f9d3d0c2c9d1f5a7f3c11  2026-11-23T12:00:00Z
//
// Fields are parted by blanks; '#' begins a comment line. A token is 256 random bits, so a plain fast hash is enough:
// there is nothing to guess.

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

// Throws std::invalid_argument for a name or scope that is none, std::runtime_error when the system has no randomness.
NewToken make_token(const std::string& name, const std::string& scope, const std::string& created);

// Throws std::invalid_argument with the number of the bad line, never with its text.
std::vector<Token> parse_tokens(std::string_view text);

// Reads and parses. Throws std::runtime_error when the file cannot be read or is no tokens file.
std::vector<Token> read_tokens(const std::string& file);

// The token that a caller presented, or nothing. Takes the same time whichever of them it is, and if it is none.
std::optional<Token> find_token(const std::vector<Token>& tokens, std::string_view secret);

}  // namespace callarchive
