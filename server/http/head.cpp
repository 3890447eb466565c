#include "server/http/head.h"

#include "storage/text/ascii.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace callarchive::http {
namespace {

using Field = std::pair<std::string, std::string>;

[[noreturn]] void refuse(int status, std::string code, const std::string& detail) {
  throw HttpError(status, std::move(code), detail);
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  const auto allowed = [](char c) {
    return ascii::is_letter(c) || ascii::is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// RFC 9110, section 5.6.3.
std::string_view trim(std::string_view text) { return ascii::trim(text, " \t"); }

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

void check_characters(std::string_view line, std::string_view what) {
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      refuse(400, "invalid_head", std::string(what) + ": control character");
    }
  }
}

// "http://name:port/path" → "/path", with "name:port" as the authority (RFC 9112, 3.2.2). Nothing for other forms.
std::optional<std::pair<std::string_view, std::string>> parse_absolute_form(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string name = ascii::lower(target.substr(0, scheme));
  if (name != "http" && name != "https") return std::nullopt;
  target.remove_prefix(scheme + 3);
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  const std::string_view authority = target.substr(0, end);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:[]").find(c) != std::string_view::npos;
  };
  if (authority.empty() || !std::all_of(authority.begin(), authority.end(), allowed)) return std::nullopt;
  const std::string_view rest = target.substr(end);
  return std::pair(authority, rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest));
}

void parse_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) refuse(400, "invalid_head", "malformed request line");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) refuse(400, "invalid_head", "invalid method");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other_version = version.starts_with("HTTP/") && version.size() == 8;
    if (other_version) refuse(505, "invalid_version", "expected HTTP/1.1 or HTTP/1.0");
    refuse(400, "invalid_head", "request line: expected HTTP/1.1 or HTTP/1.0 at its end");
  }
  const bool visible =
      std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
  if (!visible) refuse(400, "invalid_target", "request target: expected a path");
  if (target.starts_with('/')) {
    head.target = target;
  } else if (auto absolute = parse_absolute_form(target)) {
    head.authority = absolute->first;
    head.target = std::move(absolute->second);
  } else {
    refuse(400, "invalid_target", "request target: expected a path");
  }
  head.method = method;
  head.http_1_0 = version == "HTTP/1.0";
}

// Names under which servers keep what they know about the connection itself.
bool is_dropped(std::string_view name) {
  static constexpr std::array kDropped = {"remote-addr", "remote-port", "local-addr", "local-port"};
  std::string dashed(name);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return std::find(kDropped.begin(), kDropped.end(), dashed) != kDropped.end();
}

Field parse_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') refuse(400, "invalid_head", "header: line folding is not supported");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    refuse(400, "invalid_head", "header: expected a name and a colon");
  }
  return {ascii::lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))};
}

// The value of a field that may occur once at most; null when it is missing.
const std::string* only_one(const Head& head, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : head.headers) {
    if (key != name) continue;
    if (found) refuse(400, "invalid_head", std::string(name) + ": must not be repeated");
    found = &value;
  }
  return found;
}

void replace_host(Head& head) {
  const auto host =
      std::find_if(head.headers.begin(), head.headers.end(), [](const Field& field) { return field.first == "host"; });
  if (host != head.headers.end()) {
    host->second = head.authority;
  } else {
    head.headers.emplace_back("host", head.authority);  // HTTP/1.0
  }
}

bool may_have_body(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "DELETE" && method != "OPTIONS" && method != "TRACE";
}

void read_length(Head& head, const HeadLimits& limits) {
  const std::string* length = only_one(head, "content-length");
  if (length && !ascii::is_digits(*length)) refuse(400, "invalid_length", "Content-Length: not a number");
  if (const std::string* coding = only_one(head, "transfer-encoding")) {
    if (length) refuse(400, "invalid_length", "Content-Length and Transfer-Encoding exclude each other");
    if (head.http_1_0) refuse(400, "invalid_length", "Transfer-Encoding does not exist in HTTP/1.0");
    if (ascii::lower(*coding) != "chunked")
      refuse(400, "invalid_length", "Transfer-Encoding: only chunked is supported");
    if (!may_have_body(head.method))
      refuse(400, "unexpected_body", "a " + head.method + " request must not have a body");
    head.is_chunked = true;
    return;
  }
  if (!length) {
    head.lacks_length = may_have_body(head.method);
    return;
  }
  const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), head.content_length);
  const bool too_large = error != std::errc() || head.content_length > limits.body;
  if (!may_have_body(head.method) && (too_large || head.content_length > 0)) {
    refuse(400, "unexpected_body", "a " + head.method + " request must not have a body");
  }
  if (too_large) refuse(413, "body_too_large", "body exceeds " + std::to_string(limits.body) + " bytes");
}

void check_body_kind(const Head& head) {
  const std::string encoding = ascii::lower(head.header("content-encoding"));
  if (!encoding.empty() && encoding != "identity") {
    refuse(415, "unsupported_encoding", "Content-Encoding is not supported; send the body uncompressed");
  }
  if (ascii::lower(head.header("content-type")).starts_with("multipart/")) {
    refuse(415, "unsupported_media_type", "multipart bodies are not supported");
  }
}

void read_connection(Head& head) {
  head.keep_alive = !head.http_1_0;
  for (const auto& [name, value] : head.headers) {
    if (name != "connection") continue;
    if (has_token(value, "close")) {
      head.keep_alive = false;
      return;
    }
    if (has_token(value, "keep-alive")) head.keep_alive = true;
  }
}

void read_expectation(Head& head) {
  const std::string expectation = ascii::lower(head.header("expect"));
  if (expectation.empty()) return;
  if (expectation != "100-continue") refuse(417, "unknown_expectation", "Expect: only 100-continue is supported");
  head.expects_continue = !head.http_1_0 && (head.content_length > 0 || head.is_chunked);
}

[[noreturn]] void refuse_long_line(const HeadLimits& limits) {
  refuse(414, "target_too_long", "request line exceeds " + std::to_string(limits.request_line) + " bytes");
}

[[noreturn]] void refuse_long_head(const HeadLimits& limits) {
  refuse(431, "head_too_large", "header section exceeds " + std::to_string(limits.head) + " bytes");
}

}  // namespace

std::string_view Head::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Field& field) { return field.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (ascii::lower(trim(list.substr(0, comma))) == token) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

std::size_t find_head_end(std::string_view bytes, std::size_t& scanned) {
  const std::size_t end = bytes.find("\r\n\r\n", scanned);
  if (end != std::string_view::npos) return end + 4;
  scanned = bytes.size() < 3 ? 0 : bytes.size() - 3;
  return 0;
}

std::optional<Head> peek_request_line(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  try {
    Head head;
    check_characters(bytes.substr(0, end), "request line");
    parse_request_line(bytes.substr(0, end), head);
    return head;
  } catch (const HttpError&) {
    return std::nullopt;
  }
}

void check_unfinished_head(std::string_view bytes, const HeadLimits& limits) {
  if (bytes.size() > limits.request_line && bytes.substr(0, limits.request_line).find('\n') == std::string_view::npos) {
    refuse_long_line(limits);
  }
  if (bytes.size() > limits.head) refuse_long_head(limits);
}

Head parse_head(std::string_view bytes, const HeadLimits& limits) {
  if (bytes.size() > limits.head) refuse_long_head(limits);
  Head head;
  head.headers.reserve(16);
  const std::string_view request_line = take_line(bytes);
  if (request_line.size() > limits.request_line) refuse_long_line(limits);
  check_characters(request_line, "request line");
  parse_request_line(request_line, head);

  std::size_t count = 0;
  while (bytes.size() > 2) {
    const std::string_view line = take_line(bytes);
    if (++count > limits.headers)
      refuse(431, "too_many_headers", "more than " + std::to_string(limits.headers) + " header fields");
    check_characters(line, "header");
    Field field = parse_field(line);
    if (!is_dropped(field.first)) head.headers.push_back(std::move(field));
  }

  if (!only_one(head, "host") && !head.http_1_0) refuse(400, "invalid_head", "Host is missing");
  if (!head.authority.empty()) replace_host(head);
  read_length(head, limits);
  if (head.content_length > 0 || head.is_chunked) check_body_kind(head);
  read_connection(head);
  read_expectation(head);
  return head;
}

}  // namespace callarchive::http
