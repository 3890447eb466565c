#include "server/api/answer.h"
#include "server/api/filters.h"
#include "server/http/url.h"
#include "tests/fuzz/lines.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace callarchive;
using namespace callarchive::api;

constexpr const char* kPaths[] = {"/v1/calls",   "/v1/messages",  "/v1/contacts", "/v1/numbers/+1/timeline",
                                  "/v1/numbers", "/v1/deliveries"};
constexpr std::chrono::milliseconds kTimeout{1000};

void expect(bool holds) {
  if (!holds) std::abort();
}

void read_filter(std::size_t kind, Query& query) {
  switch (kind) {
    case 0: query.numbers("number"), read_call_filter(query), query.includes_transcript(); return;
    case 1: query.numbers("number"), read_message_filter(query); return;
    case 2: read_contact_filter(query); return;
    case 3: read_timeline_filter(query); return;
    case 4: read_number_filter(query), query.flag("known"), query.time_zone(); return;
    default: read_delivery_filter(query); return;
  }
}

// What the query is understood as; nothing when it is refused.
optional<string> understood(std::size_t kind, const http::Request& request) {
  try {
    Query query(request);
    read_filter(kind, query);
    const ListOptions options = read_list_options(query);
    const auto timeout = query.timeout(kTimeout);
    query.finish();
    expect(options.limit >= 1 && options.limit <= kMostLimit && timeout.count() >= 1 && timeout <= kTimeout);
    return query.fingerprint();
  } catch (const http::HttpError& error) {
    expect(error.status() == 400 && !error.errors().empty());
    expect(nlohmann::json::accept(http::problem(error, "id").body));
    return {};
  }
}

}  // namespace

// A line says what is asked for, the rest is the query string. It is refused as a whole, or understood in the same way
// in any order of its parameters; written into a link it reads as the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view route = fuzz::take_line(rest);
  const std::size_t kind = (route.empty() ? 0u : static_cast<unsigned char>(route.front())) % std::size(kPaths);
  const auto parameters = http::parse_query(rest);
  if (!parameters) return 0;
  http::Request request{.method = "GET", .path = kPaths[kind], .query = *parameters};
  const auto meaning = understood(kind, request);

  std::reverse(request.query.begin(), request.query.end());
  expect(understood(kind, request) == meaning);

  const string link = target_without(request, "cursor");
  std::erase_if(request.query, [](const auto& parameter) { return parameter.first == "cursor"; });
  const auto mark = std::min(link.find('?'), link.size());
  expect(http::percent_decode(std::string_view(link).substr(0, mark), false) == request.path);
  const auto again = http::parse_query(std::string_view(link).substr(std::min(mark + 1, link.size())));
  expect(again == request.query);
  return 0;
}
