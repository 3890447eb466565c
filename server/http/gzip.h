#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace callarchive::http {

// One gzip member (RFC 1952), made piece by piece.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Appends to `out` what is ready; with `last` all of it. Throws std::bad_alloc only.
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
