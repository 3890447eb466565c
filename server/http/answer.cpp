#include "server/http/answer.h"

#include "server/http/gzip.h"
#include "server/http/reason.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>

namespace callarchive::http {
namespace {

constexpr std::size_t kCompressFrom = 1024;       // bytes
constexpr std::size_t kCopyUpTo = 16u << 10;      // bytes: cheaper to copy after the head than to send separately
constexpr std::size_t kStreamBuffer = 64u << 10;  // bytes collected before they are sent

// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second and thread.
const std::string& http_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 32> rest{};
    text = std::string(kDays[static_cast<std::size_t>(utc.tm_wday)]) + ", ";
    std::strftime(rest.data(), rest.size(), "%d ", &utc);
    text += rest.data();
    text += kMonths[static_cast<std::size_t>(utc.tm_mon)];
    std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &utc);
    text += rest.data();
    made_at = now;
  }
  return text;
}

void add_number(std::string& out, std::size_t number, int base = 10) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

const std::string* find_header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (ascii::equals_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

void check_header(std::string_view name, std::string_view value) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const bool bad_name = name.empty() || name.find_first_of(" :\t") != std::string_view::npos;
  if (bad_name || std::any_of(name.begin(), name.end(), is_control) ||
      std::any_of(value.begin(), value.end(), is_control)) {
    throw std::logic_error("invalid character in a header of an answer");
  }
}

// Status line and the headers of every answer. A compressed answer is another representation, so its entity tag
// can only be a weak one (RFC 9110, 8.8.1).
void add_head(std::string& out, const Connection& connection, const Response& response, bool compressed) {
  out.reserve(512);
  out += "HTTP/1.1 ";
  add_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  add_header(out, "Date", http_date());
  for (const auto& [name, value] : response.headers) {
    check_header(name, value);
    const bool weaken = compressed && value.starts_with('"') && ascii::equals_ignoring_case(name, "etag");
    add_header(out, name, weaken ? "W/" + value : value);
  }
  if (!find_header(response, "cache-control")) add_header(out, "Cache-Control", "no-store");
  add_header(out, "X-Content-Type-Options", "nosniff");
  // No page of another origin may use an answer that CORS has not opened to it, not even as an image or a script.
  if (!find_header(response, "access-control-allow-origin") && !find_header(response, "cross-origin-resource-policy")) {
    add_header(out, "Cross-Origin-Resource-Policy", "same-origin");
  }
  add_header(out, "X-Request-Id", connection.exchange.request.request_id);
  if (compressed) add_header(out, "Content-Encoding", "gzip");
  if (!connection.exchange.keep_alive) {
    add_header(out, "Connection", "close");
  } else if (connection.exchange.http_1_0) {
    add_header(out, "Connection", "keep-alive");
  }
}

bool may_compress(const Response& response) {
  return !response.precompressed && is_compressible(response.content_type);
}

bool has_no_body(int status) { return status == 204 || status == 304; }

void add_type(std::string& out, const Response& response, bool negotiable) {
  if (!response.content_type.empty()) {
    check_header("Content-Type", response.content_type);
    add_header(out, "Content-Type", response.content_type);
  }
  if (negotiable) add_header(out, "Vary", "Accept-Encoding");
}

// Wraps text as one chunk. Empty text adds nothing, since an empty chunk ends the body.
void add_chunk(std::string& out, std::string_view text) {
  if (text.empty()) return;
  add_number(out, text.size(), 16);
  out.append("\r\n").append(text).append("\r\n");
}

}  // namespace

void put_answer(Connection& connection, Response response) {
  const bool compressible = response.body.size() > kCompressFrom && may_compress(response);
  const bool compressed = compressible && connection.exchange.accepts_gzip;
  if (compressed) {
    std::string smaller;
    Gzip().add(response.body, true, smaller);
    response.body = std::move(smaller);
  }
  std::string head;
  add_head(head, connection, response, compressed);
  if (!has_no_body(response.status)) {
    add_type(head, response, compressible);
    head += "Content-Length: ";
    add_number(head, response.file.descriptor ? static_cast<std::size_t>(response.file.length) : response.body.size());
    head += "\r\n";
  }
  head += "\r\n";
  const bool silent = has_no_body(response.status) || connection.exchange.request.method == "HEAD";
  if (silent) {
    response.body.clear();
    response.file = {};
  }
  connection.output_file = std::move(response.file);
  if (response.body.size() <= kCopyUpTo) {
    head += response.body;
  } else {
    connection.output_body = std::move(response.body);
  }
  connection.output_head = std::move(head);
}

bool send_stream(Connection& connection, Response response, const std::function<bool()>& may_go_on,
                 const std::function<bool(bool is_last)>& write) {
  const bool chunked = !connection.exchange.http_1_0;
  if (!chunked) connection.exchange.keep_alive = false;
  const bool compressible = may_compress(response);
  std::optional<Gzip> gzip;
  if (compressible && connection.exchange.accepts_gzip) gzip.emplace();

  std::string& out = connection.output_head;
  add_head(out, connection, response, gzip.has_value());
  add_type(out, response, compressible);
  if (chunked) add_header(out, "Transfer-Encoding", "chunked");
  out += "\r\n";
  if (connection.exchange.request.method == "HEAD") return write(true);

  std::string piece;
  std::string ready;
  for (bool more = true; more;) {
    if (!may_go_on()) return false;
    piece.clear();
    more = response.stream(piece);
    if (gzip) {
      gzip->add(piece, !more, ready);
    } else {
      ready += piece;
    }
    if (more && ready.size() < kStreamBuffer) continue;
    if (chunked) {
      add_chunk(out, ready);
      if (!more) out += "0\r\n\r\n";
    } else {
      out += ready;
    }
    ready.clear();
    if (!out.empty() && !write(!more)) return false;
  }
  return true;
}

}  // namespace callarchive::http
