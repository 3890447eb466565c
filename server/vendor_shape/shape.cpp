#include "server/vendor_shape/shape.h"

#include "server/access/random_bytes.h"
#include "server/api/query.h"
#include "server/vendor_shape/recording_link.h"
#include "storage/search/grammar.h"
#include "storage/text/ascii.h"

#include <algorithm>
#include <charconv>

namespace callarchive::vendor_shape {
namespace {

using http::Access;
using http::Request;
using http::Response;
using http::Route;

constexpr std::int64_t kMostRows = 100;  // on a page

// The vendor takes a key as it is, or behind Api-Key; its tokens are sent as Bearer.
string bearer(std::string_view authorization) {
  for (const std::string_view scheme : {"Bearer ", "Api-Key "}) {
    if (ascii::starts_with_ignoring_case(authorization, scheme)) authorization.remove_prefix(scheme.size());
  }
  return "Bearer " + string(ascii::trim(authorization, " "));
}

void authenticate(AccessControl& access, const Request& request) {
  Request rewritten;
  rewritten.headers = request.headers;
  rewritten.method = request.method;
  rewritten.path = request.path;
  rewritten.client_address = request.client_address;
  for (auto& [name, value] : rewritten.headers) {
    if (name == "authorization") value = bearer(value);
  }
  static const Route kReads{"GET", "", Access::read, {}};
  access.check(rewritten, kReads);
}

// What the archive throws at a query, in the vendor's words.
template <typename Ask>
Json ask_archive(Ask ask) {
  try {
    return ask();
  } catch (const EmptySearch& error) {
    throw Refusal(400, "INVALID_SEARCH_QUERY", error.what(), "search");
  } catch (const TooManyWords& error) {
    throw Refusal(400, "INVALID_SEARCH_QUERY", error.what(), "search");
  } catch (const EmptyFilter& error) {
    throw Refusal(400, "INVALID_SEARCH_QUERY", error.what(), error.field);
  } catch (const QueryTimeout& error) {
    Refusal refusal(503, "INTERNAL_SERVER_ERROR", error.what());
    refusal.retry_after = 1;
    throw refusal;
  } catch (const http::HttpError& error) {
    throw refusal_of(error);
  }
}

Refusal too_many(Version version, const http::RequestRate::Left& left) {
  const bool is_v1 = version == Version::v1;
  Refusal refusal(429, is_v1 ? "API_KEY_QUOTA_EXCEEDED" : "RATE_LIMIT_EXCEEDED",
                  is_v1 ? "limit=" + std::to_string(left.limit) + ";type=SECOND;reset_in=1" : "too many requests",
                  is_v1 ? "SECOND" : "");
  refusal.retry_after = 1;
  return refusal;
}

http::Handler on(const std::shared_ptr<Shape>& shape, Version version, Handle handle) {
  return [=](const Request& request) {
    const auto left = shape->rate.count(request.client_address);
    Response response;
    try {
      if (!left.is_allowed) throw too_many(version, left);
      const Json answer = ask_archive([&] {
        authenticate(*shape->access, request);
        return handle(*shape, request);
      });
      response.body = answer.dump(-1, ' ', false, Json::error_handler_t::replace);
    } catch (const Refusal& refusal) {
      response = answer_refusal(version, refusal, request.request_id);
    }
    response.headers.emplace_back("X-RateLimit-Limit", std::to_string(left.limit));
    response.headers.emplace_back("X-RateLimit-Remaining", std::to_string(left.remaining));
    response.headers.emplace_back("X-RateLimit-Reset", std::to_string(left.reset));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  };
}

Json refuse_write(Shape&, const Request&) {
  throw Refusal(403, "API_KEY_INSUFFICIENT_SCOPE",
                "this API key cannot write: it is one of an archive, which only reads", "scope");
}

Json refuse_path(Shape&, const Request& request) {
  throw Refusal(404, "ENDPOINT_NOT_FOUND", "no such endpoint: " + request.method + " " + request.path);
}

// Every path under the vendor's that is not a query: writes are refused as such, and others do not exist.
void add_refusals(std::vector<Route>& routes, const string& prefix, const std::shared_ptr<Shape>& shape) {
  for (const auto& [version, root] : {std::pair(Version::v1, "/v1/api"), std::pair(Version::v2, "/v2/api")}) {
    const string pattern = prefix + root + "/{...}";
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      routes.push_back({method, pattern, Access::open, on(shape, version, refuse_write)});
    }
    routes.push_back({"GET", pattern, Access::open, on(shape, version, refuse_path)});
  }
}

}  // namespace

bool is_vendor_path(std::string_view path) {
  if (path.starts_with(kPrefix)) path.remove_prefix(std::string_view(kPrefix).size());
  return path.starts_with("/v1/api/") || path.starts_with("/v2/api/") || path.starts_with(kLinkPath);
}

std::vector<Route> make_routes(const api::Context& api, std::shared_ptr<AccessControl> access) {
  const std::shared_ptr<Shape> shape(new Shape{api, std::move(access)});  // it cannot be moved
  shape->link_secret = random_bytes(32);
  std::vector<Route> routes;
  for (const string prefix : {"", kPrefix}) {
    for (const auto* operations : {&operations_v1(), &operations_v2()}) {
      for (const auto& operation : *operations) {
        // The handlers decide about access, to refuse in the vendor's words.
        routes.push_back({operation.method, prefix + operation.pattern, Access::open,
                          on(shape, operation.version, operation.handle)});
      }
    }
    add_refusals(routes, prefix, shape);
  }
  routes.push_back({"GET", string(kLinkPath).append("{id}"), Access::open,
                    [shape](const Request& request) { return show_linked_recording(*shape, request); },
                    http::Pool::query, true});
  return routes;
}

Reader open_reader(const Shape& shape) { return shape.api.archive.reader(shape.api.query_timeout); }

optional<string> parameter(const Request& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name && !value.empty()) return value;
  }
  return {};
}

bool is_extended(const optional<string>& extend, std::string_view name) {
  return extend && extend->find(name) != string::npos;
}

string required(const optional<string>& value, const char* code, const char* name) {
  if (value) return api::restored_number(*value);
  throw Refusal(400, code, string(name) + " is required", name);
}

PageNumber page_of(Version version, const optional<std::int64_t>& page, const optional<std::int64_t>& size) {
  const std::int64_t first = version == Version::v1 ? 0 : 1;
  PageNumber wanted{0, page.value_or(first), size.value_or(version == Version::v1 ? 10 : 20)};
  constexpr std::int64_t kMostPages = 1'000'000'000;
  if (wanted.page < first || wanted.page > kMostPages) {
    throw Refusal(400, "INVALID_PAGE_SIZE", "page: expected a number from " + std::to_string(first), "page");
  }
  if (wanted.size < 1 || wanted.size > kMostRows) {
    throw Refusal(400, "INVALID_PAGE_SIZE", "size: expected a number from 1 to 100", "size");
  }
  wanted.begin = (wanted.page - first) * wanted.size;
  return wanted;
}

PageNumber page_of(Version version, const Request& request) {
  const auto number = [&](const char* name) -> optional<std::int64_t> {
    const auto text = parameter(request, name);
    if (!text) return {};
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error == std::errc() && end == text->data() + text->size()) return value;
    throw Refusal(400, "INVALID_PAGE_SIZE", string(name) + ": expected a whole number", name);
  };
  return page_of(version, number("page"), number("size"));
}

Keys keys_of_page(const Keys& all, const PageNumber& page, bool reversed) {
  const auto count = static_cast<std::int64_t>(all.size());
  const auto begin = std::min(page.begin, count), end = std::min(page.begin + page.size, count);
  if (!reversed) return {all.begin() + begin, all.begin() + end};
  return {all.rbegin() + begin, all.rbegin() + end};
}

std::int64_t total_pages(const Keys& all, const PageNumber& page) {
  return (static_cast<std::int64_t>(all.size()) + page.size - 1) / page.size;
}

std::shared_ptr<const Keys> keys_of(Shape& shape, Reader& reader, const string& name,
                                    const std::function<Keys()>& load) {
  return shape.lists.find(name, reader.find_newest_delivery(), load);
}

std::shared_ptr<const Keys> item_keys(Shape& shape, Reader& reader, const ItemListFilter& filter) {
  const auto instant = [](const optional<Millis>& at) { return at ? Json(*at) : Json(); };
  const auto text = [](const optional<string>& value) { return value ? Json(*value) : Json(); };
  const Json name = {filter.calls,
                     filter.messages,
                     text(filter.line),
                     text(filter.contact),
                     text(filter.contact_id),
                     text(filter.direction),
                     filter.results,
                     text(filter.user_email),
                     instant(filter.since),
                     instant(filter.until),
                     filter.tags,
                     filter.has_recording_link,
                     text(filter.q)};
  return keys_of(shape, reader, name.dump(-1, ' ', false, Json::error_handler_t::replace),
                 [&] { return reader.find_item_keys(filter); });
}

http::Gate on_own_hosts(std::vector<std::string> hosts, http::Gate gate) {
  if (hosts.empty()) return gate;
  return [hosts = std::move(hosts), gate = std::move(gate)](const Request& request, const Route& route) {
    const auto host = request.header("host").value_or("");
    const auto name = host.substr(0, host.find(':'));
    const bool is_own = std::any_of(hosts.begin(), hosts.end(),
                                    [&](const auto& own) { return ascii::equals_ignoring_case(own, name); });
    if (is_own && !is_vendor_path(request.path)) throw http::HttpError(404, "not_found", "no such path");
    gate(request, route);
  };
}

}  // namespace callarchive::vendor_shape
