#include "tests/http/live_server.h"

#include "server/http/file_answer.h"

#include <algorithm>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace callarchive::http::testing {
namespace {

Response text(std::string body) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

Response echo(const Request& request) {
  std::string lines = "path=" + request.path + "\n";
  for (const auto& [name, value] : request.query) lines += "query " + name + "=" + value + "\n";
  for (const auto& [name, value] : request.headers) lines += "header " + name + "=" + value + "\n";
  return text(lines + "from=" + request.client_address + "\n");
}

// A file without a name, one for all.
std::shared_ptr<const int> open_file() {
  const int descriptor = ::memfd_create("file", MFD_CLOEXEC);
  const std::string& bytes = file_bytes();
  if (::write(descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) throw std::bad_alloc();
  return share_descriptor(descriptor);
}

Response send_file(const Request& request) {
  static const auto descriptor = open_file();
  return answer_file(request, descriptor, static_cast<std::int64_t>(file_bytes().size()), "audio/mpeg", "\"tag\"");
}

Response stream(std::size_t pieces, bool breaks) {
  Response response;
  response.content_type = "text/plain";
  response.stream = [pieces, breaks, made = std::size_t{0}](std::string& piece) mutable {
    if (made == pieces) {
      if (breaks) throw std::runtime_error("the stream's secret");
      return false;
    }
    piece.assign(64u << 10, static_cast<char>('a' + made % 26));
    ++made;
    return true;
  };
  return response;
}

}  // namespace

const std::string& file_bytes() {
  static const std::string kBytes = [] {
    std::string bytes;
    for (int line = 0; bytes.size() < (4u << 20); ++line) bytes += std::to_string(line) + '\n';
    return bytes;
  }();
  return kBytes;
}

ServerOptions patient() {
  ServerOptions options;
  options.request_seconds = 60;
  options.keep_alive_seconds = 60;
  options.ingest_threads = 2;
  options.query_threads = 2;
  return options;
}

LiveServer::LiveServer(ServerOptions options, Gate gate) {
  options.port = 0;
  options.on_failure = [this](const Request&, const std::string& what) {
    const std::lock_guard lock(mutex_);
    failures_.push_back(what);
  };
  server_ =
      std::make_unique<Server>(options, routes(), std::move(gate), [this](const Request&, const Outcome& outcome) {
        const std::lock_guard lock(mutex_);
        observed_[std::string(outcome.route)].push_back(outcome.status);
        changed_.notify_all();
      });
  port_ = server_->bind();
  thread_ = std::thread([this] { server_->serve(); });
}

LiveServer::~LiveServer() {
  release_slow();
  stop();
}

void LiveServer::stop() {
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

void LiveServer::release_slow() {
  const std::lock_guard lock(mutex_);
  slow_may_go_ = true;
  changed_.notify_all();
}

void LiveServer::wait_for_slow(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return in_slow_ >= count; });
}

void LiveServer::wait_for_status(const std::string& route, int status) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const auto& statuses = observed_[route];
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
  });
}

std::vector<std::string> LiveServer::failures() {
  const std::lock_guard lock(mutex_);
  return failures_;
}

std::map<std::string, std::vector<int>> LiveServer::observed() {
  const std::lock_guard lock(mutex_);
  return observed_;
}

std::vector<Route> LiveServer::routes() {
  const auto slow = [this](const Request&) {
    std::unique_lock lock(mutex_);
    ++in_slow_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return slow_may_go_; });
    --in_slow_;
    return text("done");
  };
  const auto asleep = [](const Request& request) {
    Response response = text("nothing");
    if (request.may_wait) response.wait = {.seen = UINT64_MAX, .at_most = std::chrono::minutes(1)};
    return response;
  };
  const auto bad_header = [](const Request&) {
    Response response = text("");
    response.headers.emplace_back("X-Note", "a\r\nSet-Cookie: b");
    return response;
  };
  return {
      {"GET", "/hello", Access::open, [](const Request&) { return text("hello"); }},
      {"GET", "/echo", Access::open, echo},
      {"GET", "/items/{id}", Access::open, [](const Request& request) { return text(request.path_parameters.at(0)); }},
      {"GET", "/large", Access::open, [](const Request&) { return text(std::string(1u << 20, 'x')); }},
      {"GET", "/huge", Access::open, [](const Request&) { return text(std::string(4u << 20, 'x')); }},
      {"GET", "/precompressed", Access::open,
       [](const Request&) {
         Response response = text(std::string(1u << 20, 'x'));
         response.precompressed = true;
         return response;
       }},
      {"GET", "/medium", Access::open, [](const Request&) { return text(std::string(128u << 10, 'x')); }},
      {"GET", "/file", Access::open, send_file, Pool::query, true},
      {"GET", "/stream", Access::open, [](const Request&) { return stream(1024, false); }},
      {"GET", "/endless-stream", Access::open, [](const Request&) { return stream(SIZE_MAX, false); }},
      {"GET", "/broken-stream", Access::open, [](const Request&) { return stream(4, true); }},
      {"GET", "/throws", Access::open, [](const Request&) -> Response { throw std::runtime_error("the secret"); }},
      {"GET", "/bad-header", Access::open, bad_header},
      {"GET", "/slow", Access::open, slow},
      {"GET", "/asleep", Access::open, asleep},
      {"POST", "/webhook", Access::webhook,
       [](const Request& request) { return text(std::to_string(request.body.size())); }, Pool::ingest},
  };
}

}  // namespace callarchive::http::testing
