#include "server/api/deliveries.h"

#include "server/api/answer.h"
#include "server/api/filters.h"

#include <charconv>

namespace callarchive::api {
namespace {

optional<std::int64_t> parse_delivery_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

http::Response list_deliveries(const Context& context, const http::Request& request) {
  Query query(request);
  const DeliveryFilter filter = read_delivery_filter(query);
  return answer_list(
      context, query, [&](Reader& reader, const Page& page) { return reader.find_deliveries(filter, page); },
      [&](Reader& reader, bool exact) { return reader.count_deliveries(filter, exact); },
      [](JsonWriter& json, const DeliveryRecord& delivery) { to_json(json, delivery); });
}

http::Response show_delivery(const Context& context, const http::Request& request) {
  Query query(request);
  const bool raw = query.flag("raw");
  const string& text = request.path_parameters.at(0);
  const auto number = parse_delivery_number(text);
  Reader reader = open_reader(context, query);
  auto delivery = number ? reader.find_delivery(*number) : optional<DeliveryRecord>();
  if (!delivery) throw not_found("delivery", text);
  // A browser must neither run nor show what somebody else sent.
  if (raw) return answer_one(request, std::move(delivery->body), "application/octet-stream");
  return answer_one(request, written([&](JsonWriter& json) { to_json_with_body(json, *delivery); }));
}

}  // namespace callarchive::api
