#include "server/api/answer.h"

#include "server/http/url.h"
#include "server/text/base64.h"
#include "storage/sqlite/digest.h"

namespace callarchive::api {
namespace {

// RFC 9110 section 13.1.2: a list of tags, compared weakly, or "*".
bool names_tag(std::string_view if_none_match, std::string_view tag) {
  return if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
}

}  // namespace

string target_without(const http::Request& request, std::string_view left_out) {
  string url;
  for (const char c : request.path) {
    url += c == '/' ? "/" : http::percent_encode({&c, 1});
  }
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    if (name == left_out) continue;
    url += separator + http::percent_encode(name) + '=' + http::percent_encode(value);
    separator = '&';
  }
  return url;
}

Reader open_reader(const Context& context, Query& query) {
  const auto timeout = query.timeout(context.query_timeout);
  query.finish();
  return context.archive.reader(timeout);
}

http::HttpError not_found(std::string_view kind, std::string_view id) {
  return {404, "not_found", "there is no " + string(kind) + " \"" + string(id) + "\""};
}

http::Response answer_one(const http::Request& request, string body, string content_type) {
  const auto digest = storage::sha256(body);
  const string tag = '"' + base64url(storage::bytes_of(digest)) + '"';
  http::Response response;
  response.content_type = std::move(content_type);
  response.headers = {{"ETag", tag}, {"Cache-Control", "private, no-cache"}};
  if (names_tag(request.header("if-none-match").value_or(""), tag)) {
    response.status = 304;
  } else {
    response.body = std::move(body);
  }
  return response;
}

Page page_of(const ListOptions& options) {
  Page page{.limit = options.limit};
  if (options.after) {
    page.after = options.after->key;
    page.after_text = options.after->text;
  }
  return page;
}

ListOptions read_list_options(Query& query) {
  ListOptions options;
  options.limit = query.limit();
  options.counting = query.counting();
  // A wrong filter is the more useful error; with it the cursor cannot match either.
  if (const auto cursor = query.cursor(); cursor && !query.has_mistakes()) {
    options.after = read_cursor(*cursor, query.fingerprint());
  }
  return options;
}

http::Response end_list(const Query& query, string body, optional<CursorPosition> last, optional<Count> total) {
  optional<string> next;
  if (last) next = make_cursor(*last, query.fingerprint());

  body += R"(,"page":)";
  JsonWriter json(body);
  json.begin_object();
  json.member("next_cursor", next);
  json.member("has_more", next.has_value());
  if (total) {
    json.member("total", total->total);
    json.member("total_is_exact", total->exact);
  }
  json.end_object();
  body += '}';

  http::Response response;
  if (next) {
    string target = target_without(query.request(), "cursor");
    target += (target.find('?') == string::npos ? "?cursor=" : "&cursor=") + *next;
    response.headers.emplace_back("Link", '<' + target + R"(>; rel="next")");
  }
  response.body = std::move(body);
  return response;
}

}  // namespace callarchive::api
