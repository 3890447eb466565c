#pragma once

#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace callarchive::http {

// The certificate chain and key for new connections. TLS 1.2 and newer. Any thread.
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
