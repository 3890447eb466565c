#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace callarchive::storage {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
// The same as lower-case hex.
std::string sha256_hex(std::string_view bytes);
std::string to_hex(std::string_view bytes);
// The bytes of lower-case hex; empty for anything else.
std::string from_hex(std::string_view hex);

inline std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Whether the SHA-256 of `bytes` is `digest`, which is 32 bytes, not hex.
inline bool fits(std::string_view bytes, std::string_view digest) { return bytes_of(sha256(bytes)) == digest; }

// A 64-bit digest of text. It is part of the file format, so it must never change. FNV-1a with the finalizer of
// MurmurHash3, so that all bits depend on all of the text. Not for use against attackers.
constexpr std::uint64_t digest64(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdu;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53u;
  hash ^= hash >> 33;
  return hash;
}

// A row key made from what identifies the row: 48 bits, which SQLite stores in six bytes. Always odd, so never 0.
constexpr std::int64_t row_key(std::string_view text) {
  return static_cast<std::int64_t>(digest64(text) & 0xffff'ffff'ffffu) | 1;
}

}  // namespace callarchive::storage
