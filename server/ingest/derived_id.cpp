#include "server/ingest/derived_id.h"

#include <openssl/sha.h>

#include <array>

namespace callarchive::ingest {

std::string derive_id(std::string_view prefix, std::initializer_list<std::optional<std::string>> parts) {
  // 12:+33612345678 for a text, - for none: no two lists of parts can run together into one.
  std::string content;
  for (const auto& part : parts) content += part ? std::to_string(part->size()) + ':' + *part : std::string("-");

  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id(prefix);
  for (std::size_t i = 0; i < 16; ++i) {
    id += kHex[digest[i] >> 4];
    id += kHex[digest[i] & 15];
  }
  return id;
}

}  // namespace callarchive::ingest
