#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace callarchive::http {

// Compresses to one gzip member (RFC 1952), piece by piece.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Compresses `text`, and appends to `out` what is ready, or with `last` everything.
  void add(std::string_view text, bool last, std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether an Accept-Encoding value asks for gzip (RFC 9110, 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

// Whether content of this type gets smaller.
bool is_compressible(std::string_view content_type);

}  // namespace callarchive::http
