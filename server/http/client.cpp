#include "server/http/client.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <exception>

namespace callarchive::http {
namespace {

constexpr std::size_t kMostOfAnError = 1 << 20;  // bytes; who sends more is no archive
constexpr auto kConnectTimeout = std::chrono::seconds(10);
constexpr auto kReadTimeout = std::chrono::seconds(120);  // between two pieces

struct Url {
  std::string origin;  // "https://archive.example:8443", as the library wants it
  std::string host;
  std::string base;  // "/archive", or empty
  bool tls = false;
};

[[noreturn]] void refuse_url(const std::string& text, const std::string& why) {
  throw std::invalid_argument(text + ": " + why + "; expected a URL such as https://archive.example:8443");
}

Url parse_url(const std::string& text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) refuse_url(text, "neither http:// nor https://");
  const auto printable = [](char c) { return c > ' ' && c < 0x7F; };
  if (!std::all_of(text.begin(), text.end(), printable))
    refuse_url(text, "it contains a space or a non-ASCII character");
  const auto begin = text.find("//") + 2;
  const auto end = std::min(text.find_first_of("/?#", begin), text.size());
  std::string host = text.substr(begin, end - begin);
  if (host.find('@') != std::string::npos) refuse_url(text, "it contains a user name; pass a token with --token");
  if (text.find_first_of("?#", begin) != std::string::npos) refuse_url(text, "it contains a query or fragment");
  url.base = text.substr(end);
  while (!url.base.empty() && url.base.back() == '/') url.base.pop_back();
  url.origin = text.substr(0, end);
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    int port = 0;
    const char* last = host.data() + host.size();
    const auto [stop, error] = std::from_chars(host.data() + colon + 1, last, port);
    if (error != std::errc() || stop != last || port < 1 || port > 65535) refuse_url(text, "invalid port");
    host.resize(colon);
  }
  if (host.empty()) refuse_url(text, "it has no host");
  url.host = host;
  return url;
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(ClientOptions options)
      : options_(std::move(options)), url_(parse_url(options_.url)), client_(url_.origin) {
    const auto allowed = [](char c) { return c > ' ' && c < 0x7F; };
    if (!std::all_of(options_.token.begin(), options_.token.end(), allowed)) {
      throw std::invalid_argument("the token contains a space or a non-ASCII character");
    }
    client_.set_follow_location(false);
    client_.set_url_encode(false);  // targets come encoded
    client_.set_keep_alive(false);
    client_.set_connection_timeout(kConnectTimeout);
    client_.set_read_timeout(kReadTimeout);
    client_.enable_server_certificate_verification(true);
    if (!options_.ca_file.empty()) client_.set_ca_cert_path(options_.ca_file.c_str());
  }

  ClientAnswer get(const std::string& target, const std::function<void(std::string_view)>& sink) {
    ClientAnswer answer;
    std::exception_ptr failure;
    httplib::Headers headers = {{"Accept", "application/json, */*"}};
    if (!options_.token.empty()) headers.emplace("Authorization", "Bearer " + options_.token);
    const auto result = client_.Get(
        url_.base + target, headers,
        [&](const httplib::Response& head) {
          answer.status = head.status;
          answer.content_type = head.get_header_value("Content-Type");
          return true;
        },
        [&](const char* data, std::size_t size) {
          if (answer.status != 200) {
            answer.body.append(data, size);
            return answer.body.size() <= kMostOfAnError;
          }
          try {
            sink({data, size});
            return true;
          } catch (...) {
            failure = std::current_exception();
            return false;
          }
        });
    if (failure) std::rethrow_exception(failure);
    if (!result) throw ConnectionError(url_.origin + ": " + reason(result.error(), answer.status != 0));
    return answer;
  }

  bool is_in_the_clear() const {
    return !url_.tls && url_.host != "localhost" && url_.host != "[::1]" && !url_.host.starts_with("127.");
  }

 private:
  static std::string reason(httplib::Error error, bool has_begun) {
    switch (error) {
      case httplib::Error::Connection: return "cannot connect";
      case httplib::Error::ConnectionTimeout: return "cannot connect: no answer in time";
      case httplib::Error::SSLConnection: return "no TLS connection";
      case httplib::Error::SSLLoadingCerts: return "cannot read the trusted certificates";
      case httplib::Error::SSLServerVerification: return "its certificate cannot be trusted";
      default: return has_begun ? "the answer was cut" : "no answer: " + httplib::to_string(error);
    }
  }

  const ClientOptions options_;
  const Url url_;
  httplib::Client client_;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
ClientAnswer Client::get(const std::string& target, const std::function<void(std::string_view)>& sink) {
  return impl_->get(target, sink);
}
bool Client::is_in_the_clear() const { return impl_->is_in_the_clear(); }

}  // namespace callarchive::http
