#include "server/access/access.h"

#include <algorithm>

namespace callarchive {
namespace {

using http::Access;
using http::HttpError;
using http::Request;
using http::Route;

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

// "localhost:8080" → "localhost", "[::1]:8080" → "[::1]". Nothing when what follows the name is no port.
std::optional<std::string> host_name(std::string_view authority) {
  const std::size_t name_end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const std::string_view port = name_end >= authority.size() ? std::string_view() : authority.substr(name_end);
  if (!port.empty() && (port.front() != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  return lowered(authority.substr(0, name_end));
}

// What follows "Bearer ", in any case of that word. Nothing when there is no such credential.
std::optional<std::string_view> bearer_of(const Request& request) {
  const auto header = request.header("authorization");
  if (!header || lowered(header->substr(0, 7)) != "bearer ") return std::nullopt;
  const std::size_t start = header->find_first_not_of(' ', 7);
  return start == std::string_view::npos ? std::string_view() : header->substr(start);
}

HttpError unauthorized(const std::string& detail, const std::string& challenge) {
  HttpError error(401, "unauthorized", detail);
  error.headers.emplace_back("WWW-Authenticate", challenge);
  return error;
}

bool includes(const std::string& scope, const std::string& wanted) {
  return scope == wanted || (scope == "admin" && wanted == "read");
}

std::shared_ptr<const std::vector<Token>> load(const std::string& file) {
  return file.empty() ? nullptr : std::make_shared<const std::vector<Token>>(read_tokens(file));
}

}  // namespace

AccessControl::AccessControl(AccessOptions options, http::FailureLimit::Now now)
    : options_(std::move(options)), failures_(options_.failures, std::move(now)), tokens_(load(options_.tokens_file)) {}

void AccessControl::reload() {
  auto tokens = load(options_.tokens_file);
  const std::lock_guard lock(mutex_);
  tokens_ = std::move(tokens);
}

void AccessControl::check(const Request& request, const Route& route) {
  const bool without_tokens = options_.tokens_file.empty();
  const bool checked_later = route.access == Access::webhook && !options_.webhook_is_open;
  if (without_tokens && options_.on_loopback && !checked_later) check_origin(request);
  if (route.access == Access::open || route.access == Access::webhook) return;
  if (without_tokens && options_.on_loopback) return;
  check_token(request, route.access == Access::admin ? "admin" : "read");
}

void AccessControl::check_origin(const Request& request) const {
  const auto is_ours = [&](std::string_view authority) {
    const auto name = host_name(authority);
    if (!name) return false;
    if (*name == "localhost" || *name == "127.0.0.1" || *name == "[::1]") return true;
    return std::any_of(options_.allowed_hosts.begin(), options_.allowed_hosts.end(),
                       [&](const std::string& allowed) { return lowered(allowed) == *name; });
  };
  const std::string_view host = request.header("host").value_or("");
  if (!is_ours(host)) throw HttpError(403, "foreign_host", "Host: not a name of this server; see --allowed-host");
  const auto origin = request.header("origin");
  if (!origin) return;
  const std::string given = lowered(*origin);
  const std::string expected = lowered(host);
  if (given != "http://" + expected && given != "https://" + expected) {
    throw HttpError(403, "foreign_origin", "Origin: pages of other sites may not ask");
  }
}

void AccessControl::check_token(const Request& request, const std::string& wanted) {
  const auto secret = bearer_of(request);
  if (!secret) throw unauthorized("a bearer token is needed", "Bearer realm=\"callarchive\"");
  const auto token = token_of(request);
  if (!token) {
    // Only wrong tokens are counted, and a right one is let in however many wrong ones came from the same address.
    if (const int seconds = failures_.fail(request.client_address)) {
      HttpError error(429, "too_many_failures", "too many wrong tokens from this address");
      error.headers.emplace_back("Retry-After", std::to_string(seconds));
      throw error;
    }
    throw unauthorized("the token is not known", "Bearer realm=\"callarchive\", error=\"invalid_token\"");
  }
  if (!includes(token->scope, wanted)) {
    HttpError error(403, "insufficient_scope", "a token of scope " + wanted + " is needed");
    error.headers.emplace_back("WWW-Authenticate",
                               "Bearer realm=\"callarchive\", error=\"insufficient_scope\", scope=\"" + wanted + "\"");
    throw error;
  }
}

std::optional<Token> AccessControl::token_of(const Request& request) const {
  const auto secret = bearer_of(request);
  std::shared_ptr<const std::vector<Token>> tokens;
  {
    const std::lock_guard lock(mutex_);
    tokens = tokens_;
  }
  return secret && tokens ? find_token(*tokens, *secret) : std::nullopt;
}

std::vector<std::string> AccessControl::scopes_of(const Request& request) const {
  if (options_.tokens_file.empty()) {
    return options_.on_loopback ? std::vector<std::string>{"read", "admin"} : std::vector<std::string>();
  }
  const auto token = token_of(request);
  if (!token) return {};
  return token->scope == "admin" ? std::vector<std::string>{"read", "admin"} : std::vector{token->scope};
}

bool AccessControl::may_deliver(const Request& request) const {
  const auto token = token_of(request);
  return token && token->scope == "ingest";
}

http::Gate make_gate(std::shared_ptr<AccessControl> access) {
  return [access = std::move(access)](const Request& request, const Route& route) { access->check(request, route); };
}

}  // namespace callarchive
