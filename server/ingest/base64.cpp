#include "server/ingest/base64.h"

#include <openssl/evp.h>

#include <vector>

namespace callarchive::ingest {

std::string encode_base64(std::span<const unsigned char> bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);
  const int length = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + length};
}

std::optional<std::string> decode_base64(std::string_view text) {
  // OpenSSL forgives spaces around the text and takes padding for zero bytes, so both are looked at here.
  const auto end = text.find_last_not_of('=') + 1;
  const auto padding = text.size() - end;
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bool plain = text.substr(0, end).find_first_not_of(kAlphabet) == std::string_view::npos;
  if (text.size() % 4 != 0 || padding > 2 || !plain) return std::nullopt;

  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace callarchive::ingest
