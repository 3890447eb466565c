#include "server/access/tokens.h"

#include "server/access/random_bytes.h"
#include "server/text/base64.h"
#include "storage/sqlite/digest.h"
#include "storage/text/ascii.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace callarchive {
namespace {

constexpr std::array<std::string_view, 3> kScopes = {"read", "admin", "ingest"};
constexpr std::string_view kPrefix = "ca_";  // lets scanners for leaked secrets know one

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return ascii::is_letter(c) || ascii::is_digit(c) || c == '.' || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_scope(std::string_view text) { return std::find(kScopes.begin(), kScopes.end(), text) != kScopes.end(); }

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

NewToken make_token(const std::string& name, const std::string& scope, const std::string& created) {
  if (!is_name(name)) throw std::invalid_argument("name: expected 1 to 64 letters, digits, '.', '_' or '-'");
  if (!is_scope(scope)) throw std::invalid_argument("scope: expected read, admin or ingest");
  const std::string secret = std::string(kPrefix) + base64url(random_bytes(32));
  return {secret, name + " " + scope + " " + storage::sha256_hex(secret) + " " + created};
}

std::vector<Token> parse_tokens(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) {
    throw std::invalid_argument("line 1: the file begins with a byte-order mark; save it as UTF-8 without one");
  }
  std::vector<Token> tokens;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto fail = [number](const std::string& why) {
      throw std::invalid_argument("line " + std::to_string(number) + ": " + why);
    };
    std::istringstream fields(line);
    Token token;
    std::string extra;
    fields >> token.name;
    if (token.name.empty() || token.name.front() == '#') continue;
    fields >> token.scope >> token.sha256 >> token.created;
    if (!is_name(token.name)) fail("the name is invalid");
    if (!is_scope(token.scope)) fail("the scope is not read, admin or ingest");
    if (!is_sha256(token.sha256)) fail("the third field is not a SHA-256 in lower-case hex");
    if (fields >> extra) fail("more than four fields");
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::vector<Token> read_tokens(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf() || stream.peek() == std::ifstream::traits_type::eof())) {
    throw std::runtime_error(file + ": cannot be read");
  }
  try {
    return parse_tokens(text.str());
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
}

std::optional<Token> find_token(const std::vector<Token>& tokens, std::string_view secret) {
  const std::string digest = storage::sha256_hex(secret);
  const Token* found = nullptr;
  for (const Token& token : tokens) {
    if (CRYPTO_memcmp(token.sha256.data(), digest.data(), digest.size()) == 0) found = &token;
  }
  return found ? std::optional(*found) : std::nullopt;
}

}  // namespace callarchive
