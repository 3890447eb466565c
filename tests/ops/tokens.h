#pragma once

#include "server/access/tokens.h"

#include <fstream>
#include <string>
#include <utility>

namespace callarchive::process {

// A tokens file with one token for each scope.
struct Tokens {
  explicit Tokens(std::string path) : file(std::move(path)) {
    std::ofstream out(file);
    for (auto* token : {&read, &admin, &ingest}) out << token->line << '\n';
  }
  NewToken read = make_token("reader", "read", "2026-01-01T00:00:00Z");
  NewToken admin = make_token("owner", "admin", "2026-01-01T00:00:00Z");
  NewToken ingest = make_token("forwarder", "ingest", "2026-01-01T00:00:00Z");
  std::string file;
};

inline std::string bearer(const std::string& secret) { return "Authorization: Bearer " + secret + "\r\n"; }

}  // namespace callarchive::process
