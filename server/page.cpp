#include "server/page.h"

#include "embedded/page.h"
#include "server/http/gzip.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callarchive {
namespace {

using http::Request;
using http::Response;

// Scripts, styles and data from this server alone, and nothing written into the page itself runs. Recordings are
// played from where the vendor keeps them.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "media-src 'self' https:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

std::optional<std::string_view> find_file(std::string_view name) {
  const auto files = embedded::page();
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (found == files.end()) return std::nullopt;
  return found->content;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

// Tells one build's index.html from another's. Weak, since it stands for the compressed text too.
std::string tag_of(std::string_view content) {
  std::uint64_t sum = 14695981039346656037u;  // FNV-1a
  for (const char c : content) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return "W/\"" + std::to_string(sum) + "\"";
}

Response answer(const Request& request, const std::string& name, std::string_view cache_control) {
  auto content = name.ends_with(".gz") ? std::nullopt : find_file(name);
  if (!content) throw http::HttpError(404, "not_found", "the page has no file " + name);
  Response response;
  response.content_type = type_of(name);
  response.headers = {
      {"Cache-Control", std::string(cache_control)},
      {"Content-Security-Policy", std::string(kPolicy)},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"ETag", tag_of(*content)},
  };
  if (request.header("if-none-match") == std::string_view(response.headers.back().second)) {
    response.status = 304;
    return response;
  }
  // Without a twin the answer is left to the server's own compression.
  if (const auto twin = find_file(name + ".gz")) {
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (http::accepts_gzip(request.header("accept-encoding").value_or(""))) {
      response.headers.emplace_back("Content-Encoding", "gzip");
      content = twin;
    } else {
      response.headers.emplace_back("Content-Encoding", "identity");
    }
  }
  response.body = *content;
  return response;
}

Response show_index(const Request& request) { return answer(request, "index.html", "no-cache"); }

// Their names carry a hash of their content, so they never change.
Response show_asset(const Request& request) {
  return answer(request, request.path_parameters.at(0), "public, max-age=31536000, immutable");
}

}  // namespace

std::vector<http::Route> page_routes() {
  return {
      {"GET", "/", http::Access::open, show_index},
      {"GET", "/assets/{name}", http::Access::open, show_asset},
  };
}

}  // namespace callarchive
