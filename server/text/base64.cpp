#include "server/text/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace callarchive {
namespace {

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

void replace_all(std::string& text, char from, char to) { std::replace(text.begin(), text.end(), from, to); }

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends the text with a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets(bytes), static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  // OpenSSL forgives spaces around the text and takes padding for zero bytes, so both are looked at here.
  const auto end = text.find_last_not_of('=') + 1;
  const auto padding = text.size() - end;
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bool plain = text.substr(0, end).find_first_not_of(kAlphabet) == std::string_view::npos;
  if (text.size() % 4 != 0 || padding > 2 || !plain) return std::nullopt;

  std::string bytes(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), octets(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string base64url(std::string_view bytes) {
  std::string text = base64(bytes);
  text.erase(std::min(text.find('='), text.size()));
  replace_all(text, '+', '-');
  replace_all(text, '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string padded(text);
  replace_all(padded, '-', '+');
  replace_all(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = from_base64(padded);
  // Stray low bits and padding are taken there; one value must have one text.
  if (!bytes || base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace callarchive
