#include "server/http/gzip.h"

#include <zlib.h>

#include <array>
#include <new>

namespace callarchive::http {

struct Gzip::State {
  z_stream stream{};
};

Gzip::Gzip() : state_(std::make_unique<State>()) {
  // Level 1: the rest of the levels save a tenth of the bytes for twice the time. 16 more window bits mean gzip.
  if (deflateInit2(&state_->stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
}

Gzip::~Gzip() { deflateEnd(&state_->stream); }

void Gzip::add(std::string_view text, bool last, std::string& out) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  std::array<char, 16384> buffer;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  } while (stream.avail_out == 0);
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::size_t comma = accept_encoding.find(',');
    std::string_view part = accept_encoding.substr(0, comma);
    accept_encoding = comma == std::string_view::npos ? std::string_view() : accept_encoding.substr(comma + 1);
    const std::size_t begin = part.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    part.remove_prefix(begin);
    const std::string_view coding = part.substr(0, part.find_first_of(" \t;"));
    const std::size_t weight = part.find("q=");
    const bool refused =
        weight != std::string_view::npos && part.find_first_not_of("0. \t", weight + 2) == std::string_view::npos;
    if (coding == "gzip" || coding == "x-gzip") return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

bool is_compressible(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("+xml") ||
         type.ends_with("javascript") || type == "application/xml";
}

}  // namespace callarchive::http
