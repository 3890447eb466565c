#include "server/vendor/client.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

namespace callarchive::vendor {
namespace {

using nlohmann::json;
using std::optional;
using std::string;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kLongestAnswer = 64u << 20;
constexpr milliseconds kFirstByte = seconds(60);  // a search may take long
constexpr auto kWholeAnswer = std::chrono::minutes(2);
constexpr auto kAttention = milliseconds(100);
constexpr std::int64_t kLeastUnixTime = 1'000'000'000;  // no pause has so many seconds

string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<string>() : "";
}

// A word of the vendor's, such as RECORDING_ACCESS_DENIED or allo_number; anything else could hold what is private.
string plain_word(const string& text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  return is_plain && text.size() <= 64 ? text : "";
}

// The daily quota of version 1: "limit=1000;type=DAILY;reset_in=3600".
optional<seconds> pause_of_quota(const json& error) {
  const auto details = error.find("details");
  if (details == error.end() || !details->is_array()) return {};
  for (const auto& detail : *details) {
    if (!detail.is_object()) continue;
    const string message = text_of(detail, "message");
    const auto at = message.find("reset_in=");
    if (at == string::npos) continue;
    std::int64_t count = 0;
    const char* begin = message.data() + at + 9;
    if (std::from_chars(begin, message.data() + message.size(), count).ec == std::errc()) return seconds(count);
  }
  return {};
}

// Version 1 has its error at the top, version 2 in "error".
void read_error(Reply& reply) {
  const auto body = json::parse(reply.body, nullptr, false);
  if (!body.is_object()) return;
  const auto inner = body.find("error");
  const json& error = inner != body.end() && inner->is_object() ? *inner : body;
  reply.code = plain_word(text_of(error, "code"));
  reply.param = plain_word(text_of(error, "param"));
  if (const auto found = error.find("retryable"); found != error.end() && found->is_boolean()) {
    reply.is_retryable = found->get<bool>();
  }
  if (reply.retry_after) return;
  if (const auto found = error.find("retry_after_seconds"); found != error.end() && found->is_number()) {
    reply.retry_after = seconds(static_cast<std::int64_t>(std::clamp(found->get<double>(), 0.0, 1e7)) + 1);
  } else {
    reply.retry_after = pause_of_quota(error);
  }
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Of a time, so that many clients do not come back at once: three to five quarters.
milliseconds about(milliseconds time) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(time.count()) *
                                                std::uniform_real_distribution<double>(0.75, 1.25)(random)));
}

// "GET /v2/api/users": a query may hold numbers, and an id is nobody's business.
string name_of_request(const string& method, const string& path) {
  return method + ' ' + path.substr(0, path.find('?'));
}

string describe(const Reply& reply) {
  return "the vendor answers " + std::to_string(reply.status) + (reply.code.empty() ? "" : " " + reply.code);
}

bool may_pass(const Reply& reply) { return reply.status == 429 || reply.status >= 500 || reply.is_retryable; }

}  // namespace

optional<seconds> pause_of_reset(const string& text, std::int64_t now) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !(number >= 0) || number > 1e13) return {};
  auto count = static_cast<std::int64_t>(number);
  if (count >= kLeastUnixTime) count -= now;
  return seconds(std::max<std::int64_t>(count, 0) + 1);
}

Client::Client(ClientOptions options)
    : options_([&] {
        options.transfer.hosts = {host_of(options.url)};
        options.transfer.max_bytes = kLongestAnswer;
        options.transfer.first_byte = std::max(options.transfer.first_byte, kFirstByte);
        return std::move(options);
      }()) {}

Reply Client::once(const string& method, const string& path, const string& body) {
  if (!options_.limiter->acquire(method == "GET" ? Kind::read : Kind::other, options_.may_go_on)) throw Stopped();
  TransferRequest request{.url = options_.url + path,
                          .method = method,
                          .body = body,
                          .headers = {"Authorization: " + options_.key, "Accept: application/json"},
                          .deadline = std::chrono::steady_clock::now() + kWholeAnswer,
                          .may_go_on = options_.may_go_on};
  if (!body.empty()) request.headers.emplace_back("Content-Type: application/json");
  ++requests_;
  Reply reply;
  const auto answer =
      transfer(options_.transfer, request, [&](const TransferAnswer&, std::string_view bytes) { reply.body += bytes; });
  reply.status = answer.status;
  reply.retry_after = answer.retry_after;
  if (reply.status >= 400) read_error(reply);
  const auto reset = pause_of_reset(answer.rate_reset, unix_now());
  if (reply.status == 429 && !reply.retry_after) reply.retry_after = reset;
  // The last one that the vendor lets pass for now: the next one waits, instead of being refused.
  if (answer.rate_remaining == "0" && reset && *reset <= options_.longest_pause) options_.limiter->pause(*reset);
  return reply;
}

string Client::get(const string& path) { return insist("GET", path, {}); }
string Client::post(const string& path, const string& body) { return insist("POST", path, body); }

string Client::insist(const string& method, const string& path, const string& body) {
  const string request = name_of_request(method, path);
  milliseconds backoff = options_.first_wait;
  for (int tried = 1;; ++tried) {
    string trouble;
    Reply reply;
    try {
      reply = once(method, path, body);
      if (reply.status >= 200 && reply.status < 300) return std::move(reply.body);
      trouble = request + ": " + describe(reply);
      if (!may_pass(reply)) throw VendorError(trouble, reply);
    } catch (const TransferError& error) {
      trouble = request + ": " + error.what();
    }
    const bool asks_for_too_much = reply.retry_after && *reply.retry_after > options_.longest_pause;
    if (reply.retry_after && !asks_for_too_much) options_.limiter->pause(*reply.retry_after);  // acquire() waits for it
    if (tried == options_.tries || asks_for_too_much) {
      if (reply.retry_after)
        trouble += ", and asks for " + std::to_string(reply.retry_after->count()) + " s of patience";
      throw VendorError(trouble, std::move(reply));
    }
    if (reply.retry_after) continue;
    wait(about(backoff));
    backoff = std::min(backoff * 2, options_.longest_wait);
  }
}

void Client::wait(milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
    if (options_.may_go_on && !options_.may_go_on()) throw Stopped();
    std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(kAttention, until - std::chrono::steady_clock::now()));
  }
}

}  // namespace callarchive::vendor
