#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace callarchive::http {

// When the first certificate of a PEM file ends, in Unix seconds. Throws std::runtime_error.
std::int64_t certificate_expiry(const std::string& certificate_file);

// A certificate chain and its key, as new connections present them. TLS 1.2 and newer. Any thread.
class Tls {
 public:
  // PEM files. Throws std::runtime_error with OpenSSL's message.
  Tls(std::string certificate_file, std::string key_file);
  // Reads the files again. Throws likewise; then the old ones remain in use.
  void reload();
  std::shared_ptr<ssl_ctx_st> current() const;

 private:
  const std::string certificate_file_;
  const std::string key_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace callarchive::http
