#include "server/cli/transport.h"

#include "server/cli/options.h"
#include "server/cli/text.h"
#include "server/http/client.h"
#include "server/http/local.h"
#include "server/http/url.h"
#include "server/ingest/decode.h"
#include "server/routes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace callarchive::cli {
namespace {

// A line for each parameter that was wrong, by the name of its flag.
std::string mistakes(const nlohmann::json& errors, const ApiRequest& request) {
  std::string text;
  for (const auto& error : errors) {
    if (!error.is_object()) continue;
    const std::string field = error.value("field", "?");
    const auto argument = request.arguments.find(field);
    text += text.empty() ? "" : "\n  ";
    text +=
        (argument == request.arguments.end() ? flag_of(field) : argument->second) + ": " + error.value("message", "?");
  }
  return text;
}

// Throws the detail of a problem (RFC 9457); for any other body, the status and who sent it.
[[noreturn]] void refuse(int status, std::string_view content_type, const std::string& body, const std::string& who,
                         const ApiRequest& request) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  if (!content_type.starts_with("application/problem+json") || !problem.is_object() || !problem.contains("detail") ||
      !problem["detail"].is_string()) {
    throw Refused(who + " answered with status " + std::to_string(status));
  }
  const auto detail = problem["detail"].get<std::string>();
  if (status != 400) throw Refused(harmless_lines(detail));
  const auto text = mistakes(problem.value("errors", nlohmann::json::array()), request);
  throw UsageError(harmless_lines(text.empty() ? detail : text));
}

class FileTransport : public Transport {
 public:
  explicit FileTransport(const ArchiveOptions& options)
      : archive_(options, decode), routes_(make_routes(make_services(options))) {}

  void get(const ApiRequest& request, const Sink& sink) override {
    http::Response response = routes_.get(request.target());
    if (response.status != 200) refuse(response.status, response.content_type, response.body, "the archive", request);
    if (!response.stream) return sink(response.body);
    for (bool more = true; more;) {
      std::string piece;
      more = response.stream(piece);
      sink(piece);
    }
  }

  http::Response send(const std::string& target) override { return routes_.get(target); }

 private:
  // Receiving webhooks and metrics are not needed here.
  Services make_services(const ArchiveOptions& options) {
    Services services{.api = {archive_, options.query_timeout}, .receive = {}, .show_metrics = {}, .scopes = {}};
    services.scopes = [](const http::Request&) { return std::vector<std::string>{"read", "admin"}; };
    return services;
  }

  Archive archive_;
  const http::LocalRoutes routes_;
};

class ServerTransport : public Transport {
 public:
  explicit ServerTransport(const RemoteOptions& options)
      : client_({options.url, options.token, options.ca_file}), url_(options.url) {
    if (!options.token.empty() && client_.is_in_the_clear()) {
      std::cerr << "callarchive: warning: " << url_ << " does not use https; others may read the token in transit\n";
    }
  }

  void get(const ApiRequest& request, const Sink& sink) override {
    const auto answer = client_.get(request.target(), sink);
    if (answer.status != 200) refuse(answer.status, answer.content_type, answer.body, url_, request);
  }

  http::Response send(const std::string& target) override {
    http::Response response;
    auto answer = client_.get(target, [&](std::string_view piece) { response.body += piece; });
    response.status = answer.status;
    if (answer.status != 200) response.body = std::move(answer.body);
    return response;
  }

 private:
  http::Client client_;
  const std::string url_;
};

}  // namespace

std::string flag_of(const std::string& parameter) {
  std::string flag = "--" + parameter;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string ApiRequest::target() const { return http::make_target(path, parameters); }

bool ApiRequest::has(const std::string& parameter) const {
  return std::any_of(parameters.begin(), parameters.end(), [&](const auto& one) { return one.first == parameter; });
}

nlohmann::ordered_json ask(Transport& transport, const ApiRequest& request) {
  std::string body;
  transport.get(request, [&](std::string_view piece) { body += piece; });
  auto json = nlohmann::ordered_json::parse(body, nullptr, false);
  if (!json.is_object())
    throw Refused("the response to " + request.path + " is not a JSON object; is the server a callarchive?");
  return json;
}

std::unique_ptr<Transport> make_file_transport(ArchiveOptions options) {
  options.read_only = true;
  return std::make_unique<FileTransport>(options);
}

std::unique_ptr<Transport> make_server_transport(const RemoteOptions& options) {
  try {
    return std::make_unique<ServerTransport>(options);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--server: ") + error.what());
  }
}

}  // namespace callarchive::cli
