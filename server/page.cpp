#include "server/page.h"

#include "embedded/page.h"
#include "server/http/gzip.h"
#include "storage/sqlite/digest.h"

#include <map>
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
    "media-src 'self' blob: https:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

// A file of the page. Its entity tag is weak, since it also names the compressed form.
struct PageFile {
  std::string_view content;
  std::string_view gzip;  // empty if there is no compressed form
  std::string tag;
};

std::map<std::string_view, PageFile> index_files() {
  std::map<std::string_view, PageFile> files;
  for (const auto& file : embedded::page()) {
    if (file.name.ends_with(".gz")) continue;
    files[file.name] = {file.content, {}, "W/\"" + std::to_string(storage::digest64(file.content)) + "\""};
  }
  for (const auto& file : embedded::page()) {
    if (!file.name.ends_with(".gz")) continue;
    const auto plain = files.find(file.name.substr(0, file.name.size() - 3));
    if (plain != files.end()) plain->second.gzip = file.content;
  }
  return files;
}

Response answer(const Request& request, const std::string& name, std::string_view cache_control) {
  static const auto files = index_files();
  const auto found = files.find(name);
  if (found == files.end()) throw http::HttpError(404, "not_found", "the page has no file " + name);
  const PageFile& file = found->second;
  Response response;
  response.content_type = type_of(name);
  response.headers = {
      {"Cache-Control", std::string(cache_control)},
      {"Content-Security-Policy", std::string(kPolicy)},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"ETag", file.tag},
  };
  if (request.header("if-none-match") == std::string_view(file.tag)) {
    response.status = 304;
    return response;
  }
  response.body = file.content;
  if (file.gzip.empty()) return response;  // left to the server's own compression
  response.precompressed = true;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (http::accepts_gzip(request.header("accept-encoding").value_or(""))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file.gzip;
  }
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
