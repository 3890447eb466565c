#include "tests/api/asking.h"

#include "server/http/url.h"
#include "server/ingest/decode.h"

namespace callarchive::test {
namespace {

ArchiveOptions options_in(const TemporaryFolder& folder) {
  ArchiveOptions options;
  options.path = folder.file("archive.db");
  options.default_region = "US";
  return options;
}

http::Response answer_nothing(const http::Request&) { return {}; }

}  // namespace

Asking::Asking()
    : archive_(options_in(folder_), [](Delivery& delivery) { return decode(delivery); }),
      routes_(make_routes({.api = {archive_, std::chrono::seconds(1)},
                           .receive = answer_nothing,
                           .show_metrics = answer_nothing,
                           .scopes = [this](const http::Request&) { return scopes; }})),
      router_(routes_) {}

Receipt Asking::receive(const string& body) {
  Delivery delivery;
  delivery.body = body;
  delivery.received_at = now += 1000;
  Event event = open_and_decode(delivery).event;
  return archive_.store(std::move(delivery), std::move(event));
}

http::Response Asking::get(const string& target, std::vector<std::pair<string, string>> headers) {
  const auto question_mark = target.find('?');
  http::Request request;
  request.method = "GET";
  request.headers = std::move(headers);
  request.request_id = "test";
  const string raw_path = target.substr(0, question_mark);
  request.path = http::percent_decode(raw_path, false).value();
  if (question_mark != string::npos) request.query = http::parse_query(target.substr(question_mark + 1)).value();
  const auto match = router_.match("GET", raw_path);
  if (!match.route) throw std::logic_error("no route for " + target);
  request.path_parameters = match.parameters;
  try {
    auto response = match.route->handler(request);
    while (response.stream && response.stream(response.body)) {}
    return response;
  } catch (const http::HttpError& error) {
    return http::problem(error, request.request_id);
  }
}

nlohmann::ordered_json Asking::ask(const string& target) {
  const auto response = get(target);
  EXPECT_EQ(response.status, 200) << target << ": " << response.body;
  return nlohmann::ordered_json::parse(response.body);
}

string Asking::refused(const string& target, int status) {
  const auto response = get(target);
  EXPECT_EQ(response.status, status) << target << ": " << response.body;
  EXPECT_EQ(response.content_type, "application/problem+json") << target;
  return nlohmann::json::parse(response.body).value("code", "");
}

string Asking::header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace callarchive::test
