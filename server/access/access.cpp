#include "server/access/access.h"

#include "server/access/authorization.h"
#include "storage/text/ascii.h"

#include <algorithm>

namespace callarchive {
namespace {

using http::Access;
using http::HttpError;
using http::Request;
using http::Route;

// "localhost:8080" → "localhost", "[::1]:8080" → "[::1]". Nothing when what follows the name is not a port.
std::optional<std::string> host_name(std::string_view authority) {
  const std::size_t name_end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const std::string_view port = name_end >= authority.size() ? std::string_view() : authority.substr(name_end);
  if (!port.empty() && (port.front() != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  return ascii::lower(authority.substr(0, name_end));
}

bool includes(const std::string& scope, const std::string& wanted) {
  return scope == wanted || (scope == "admin" && wanted == "read");
}

bool is_from_another_site(const Request& request) {
  const auto site = request.header("sec-fetch-site");
  return site == "cross-site" || site == "same-site";
}

// Somebody follows a link, or opens a bookmark in a page of another site.
bool is_visit_of_the_page(const Request& request) {
  return request.path == "/" && (request.method == "GET" || request.method == "HEAD") &&
         request.header("sec-fetch-mode") == "navigate" && request.header("sec-fetch-dest") == "document";
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
  if (route.access == Access::webhook) return;
  check_origin(request);
  if (route.access == Access::open || is_open()) return;
  check_token(request, route.access == Access::admin ? "admin" : "read");
}

void AccessControl::check_origin(const Request& request) const {
  if (!is_open()) return;
  const auto is_ours = [&](std::string_view authority) {
    const auto name = host_name(authority);
    if (!name) return false;
    if (*name == "localhost" || *name == "127.0.0.1" || *name == "[::1]") return true;
    return std::any_of(options_.allowed_hosts.begin(), options_.allowed_hosts.end(),
                       [&](const std::string& allowed) { return ascii::lower(allowed) == *name; });
  };
  const std::string_view host = request.header("host").value_or("");
  if (!is_ours(host)) throw HttpError(403, "foreign_host", "Host not allowed; see --allowed-host");
  if (is_from_another_site(request) && !is_visit_of_the_page(request)) {
    throw HttpError(403, "foreign_origin", "cross-origin request not allowed");
  }
  const auto origin = request.header("origin");
  if (!origin) return;
  const std::string given = ascii::lower(*origin);
  const std::string expected = ascii::lower(host);
  if (given != "http://" + expected && given != "https://" + expected) {
    throw HttpError(403, "foreign_origin", "cross-origin request not allowed");
  }
}

void AccessControl::check_token(const Request& request, const std::string& wanted) {
  if (!authorization(request, "Bearer")) throw unauthorized("bearer token required", "Bearer realm=\"callarchive\"");
  const auto token = token_of(request);
  if (!token) {
    // Only wrong tokens are counted, and a right one is accepted however many wrong ones came from the same address.
    if (const int seconds = failures_.fail(request.client_address)) throw too_many_failures(seconds);
    throw unauthorized("unknown token", "Bearer realm=\"callarchive\", error=\"invalid_token\"");
  }
  if (!includes(token->scope, wanted)) {
    HttpError error(403, "insufficient_scope", "a token with scope " + wanted + " is required");
    error.headers.emplace_back("WWW-Authenticate",
                               "Bearer realm=\"callarchive\", error=\"insufficient_scope\", scope=\"" + wanted + "\"");
    throw error;
  }
}

std::optional<Token> AccessControl::token_of(const Request& request) const {
  const auto secret = authorization(request, "Bearer");
  std::shared_ptr<const std::vector<Token>> tokens;
  {
    const std::lock_guard lock(mutex_);
    tokens = tokens_;
  }
  return secret && tokens ? find_token(*tokens, *secret) : std::nullopt;
}

std::vector<std::string> AccessControl::scopes_of(const Request& request) const {
  if (is_open()) return {"read", "admin"};
  const auto token = token_of(request);
  if (!token) return {};
  return token->scope == "admin" ? std::vector<std::string>{"read", "admin"} : std::vector{token->scope};
}

bool AccessControl::has_ingest_token(const Request& request) const {
  const auto token = token_of(request);
  return token && token->scope == "ingest";
}

http::Gate make_gate(std::shared_ptr<AccessControl> access) {
  return [access = std::move(access)](const Request& request, const Route& route) { access->check(request, route); };
}

}  // namespace callarchive
