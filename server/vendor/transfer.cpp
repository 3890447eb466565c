#include "server/vendor/transfer.h"

#include "server/vendor/address_kind.h"

#include <curl/curl.h>

#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace callarchive::vendor {
namespace {

using std::string;
using Steady = std::chrono::steady_clock;

constexpr long kConnectMilliseconds = 10'000;
constexpr const char* kHttpsPort = "443";

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Url = std::unique_ptr<CURLU, CurlFree>;
using List = std::unique_ptr<curl_slist, CurlFree>;

string lowered(std::string_view text) {
  string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  string copy = text;
  curl_free(text);
  return copy;
}

struct Origin {
  string scheme = {};
  string host = {};  // lower case, without a dot at its end
  string port = {};
};

Origin origin_of(const string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) return {};
  Origin origin{part_of(url.get(), CURLUPART_SCHEME), lowered(part_of(url.get(), CURLUPART_HOST)),
                part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  while (origin.host.ends_with('.')) origin.host.pop_back();
  return origin;
}

// The address that a reference means on a page; empty for none.
string resolve(const string& page, const string& reference) {
  if (reference.empty()) return {};
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, page.c_str(), 0) != CURLUE_OK) return {};
  if (curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) return {};
  return part_of(url.get(), CURLUPART_URL);
}

// "host:port" of a rule; the port behind a bracketed IPv6 address too.
std::pair<string, string> split_rule(const string& rule) {
  const auto colon = rule.rfind(':');
  const bool has_port = colon != string::npos && rule.find(']', colon) == string::npos;
  return {lowered(rule.substr(0, has_port ? colon : string::npos)), has_port ? rule.substr(colon + 1) : kHttpsPort};
}

bool allows(const string& rule, const Origin& origin) {
  const auto [host, port] = split_rule(rule);
  if (port != origin.port) return false;
  if (host.starts_with("*.")) {
    return origin.host.size() + 1 > host.size() && origin.host.ends_with(host.substr(1));
  }
  return origin.host == host;
}

// The state of one request, which libcurl's callbacks are given.
struct Course {
  const TransferRules& rules;
  const TransferRequest& request;
  const std::function<void(const TransferAnswer&, std::string_view)>& take;
  CURL* handle = nullptr;
  TransferAnswer answer = {};
  bool has_head = false;
  std::int64_t taken = 0;
  Steady::time_point begun = Steady::now();
  string refused_address = {};  // why an address was not connected to
  string ended = {};            // why the request was ended here
  bool stopped = false;
  std::exception_ptr thrown = {};
};

void read_head(Course& course) {
  auto& answer = course.answer;
  long status = 0;
  curl_off_t length = -1, retry_after = 0;
  curl_easy_getinfo(course.handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(course.handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  curl_easy_getinfo(course.handle, CURLINFO_RETRY_AFTER, &retry_after);
  answer.status = static_cast<int>(status);
  if (length >= 0) answer.length = length;
  if (retry_after > 0) answer.retry_after = std::chrono::seconds(retry_after);
  const auto header = [&](const char* name) -> string {
    curl_header* found = nullptr;
    const auto code = curl_easy_header(course.handle, name, 0, CURLH_HEADER, -1, &found);
    return code == CURLHE_OK ? found->value : "";
  };
  answer.etag = header("etag");
  answer.content_range = header("content-range");
  answer.location = resolve(course.request.url, header("location"));
  answer.rate_remaining = header("x-ratelimit-remaining");
  answer.rate_reset = header("x-ratelimit-reset");
  course.has_head = true;
}

std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& course = *static_cast<Course*>(self);
  try {
    if (!course.has_head) read_head(course);
    course.taken += static_cast<std::int64_t>(size);
    if (course.taken > course.rules.max_bytes) {
      course.ended = "more than " + std::to_string(course.rules.max_bytes) + " bytes came, which is the limit";
      return 0;
    }
    course.take(course.answer, {bytes, size});
    return size;
  } catch (...) {
    course.thrown = std::current_exception();
    return 0;  // fewer than were given: libcurl ends the request
  }
}

int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& course = *static_cast<Course*>(self);
  const auto now = Steady::now();
  if (course.request.may_go_on && !course.request.may_go_on()) {
    course.stopped = true;
  } else if (course.taken == 0 && now - course.begun > course.rules.first_byte) {
    course.ended = "no byte of an answer came in time";
  } else if (now > course.request.deadline) {
    course.ended = "it exceeded its time limit";
  } else {
    return 0;
  }
  return 1;
}

// Between the name and the connection: what the name was looked up as, now, is what is connected to.
curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& course = *static_cast<Course*>(self);
  const auto kind = kind_of(address->addr);
  const bool allowed = kind == AddressKind::global || (kind == AddressKind::local && course.rules.allow_private) ||
                       (kind == AddressKind::loopback && course.rules.allow_loopback);
  if (!allowed) {
    course.refused_address =
        kind == AddressKind::local      ? "its address is in a private network (--allow-private-addresses)"
        : kind == AddressKind::loopback ? "its address is this machine (--allow-loopback-addresses)"
                                        : "its address is one that nothing is fetched from";
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK) throw std::runtime_error(string("libcurl: ") + curl_easy_strerror(code));
}

void set_up(Course& course, const List& headers, const List& resolve, char* error) {
  CURL* handle = course.handle;
  const TransferRules& rules = course.rules;
  set(handle, CURLOPT_ERRORBUFFER, error);
  set(handle, CURLOPT_URL, course.request.url.c_str());
  if (course.request.method != "GET") set(handle, CURLOPT_CUSTOMREQUEST, course.request.method.c_str());
  if (!course.request.body.empty()) {
    set(handle, CURLOPT_POSTFIELDS, course.request.body.c_str());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(course.request.body.size()));
  }
  set(handle, CURLOPT_PROTOCOLS_STR, "https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(handle, CURLOPT_PROXY, "");  // a proxy would resolve names itself, past on_open_socket
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_USERAGENT, "callarchive");
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!rules.ca_file.empty()) set(handle, CURLOPT_CAINFO, rules.ca_file.c_str());
  if (headers) set(handle, CURLOPT_HTTPHEADER, headers.get());
  if (resolve) set(handle, CURLOPT_RESOLVE, resolve.get());
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, std::min<long>(kConnectMilliseconds, rules.first_byte.count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(rules.least_speed));
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(rules.least_speed_for.count()));
  set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(rules.max_bytes));
  set(handle, CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  set(handle, CURLOPT_OPENSOCKETDATA, &course);
  set(handle, CURLOPT_WRITEFUNCTION, &on_body);
  set(handle, CURLOPT_WRITEDATA, &course);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(handle, CURLOPT_XFERINFODATA, &course);
}

string describe(const Course& course, CURLcode code, const char* error) {
  if (!course.ended.empty()) return course.ended;
  switch (code) {
    case CURLE_PARTIAL_FILE: return "the answer was cut off";
    case CURLE_FILESIZE_EXCEEDED:
      return "it has more than " + std::to_string(course.rules.max_bytes) + " bytes, which is the limit";
    case CURLE_OPERATION_TIMEDOUT:
      return course.taken > 0 ? "it came more slowly than it may" : "no connection in time";
    case CURLE_COULDNT_CONNECT:
      if (!course.refused_address.empty()) return course.refused_address;
      break;
    default: break;
  }
  // libcurl's own words name host and port, never the path, where the secret of a link is.
  return *error ? error : curl_easy_strerror(code);
}

List list_of(const std::vector<string>& lines) {
  curl_slist* list = nullptr;
  for (const auto& line : lines) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (!longer) {
      curl_slist_free_all(list);
      throw std::bad_alloc();
    }
    list = longer;
  }
  return List(list);
}

}  // namespace

string host_of(const string& url) {
  const Origin origin = origin_of(url);
  if (origin.scheme != "https") return {};
  return origin.port == kHttpsPort ? origin.host : origin.host + ":" + origin.port;
}

bool is_same_origin(const string& url, const string& other) {
  const Origin a = origin_of(url), b = origin_of(other);
  return !a.host.empty() && a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool is_host_rule(const string& rule) {
  const auto [host, port] = split_rule(rule);
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535) return false;
  const string name = host.starts_with("*.") ? host.substr(2) : host;
  return !name.empty() && name.find('*') == string::npos && origin_of("https://" + name + "/").host == name;
}

void check_url(const TransferRules& rules, const string& url) {
  const Origin origin = origin_of(url);
  if (origin.host.empty()) throw TransferError("the link is not a web address");
  if (origin.scheme != "https") throw TransferError("the link is not https");
  const bool allowed =
      std::any_of(rules.hosts.begin(), rules.hosts.end(), [&](const string& rule) { return allows(rule, origin); });
  if (!allowed) {
    throw TransferError(host_of(url) + " is not a host that recordings are fetched from (--recording-host)");
  }
}

TransferAnswer transfer(const TransferRules& rules, const TransferRequest& request,
                        const std::function<void(const TransferAnswer& head, std::string_view bytes)>& take) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) throw std::runtime_error("libcurl cannot be used");
  check_url(rules, request.url);
  const std::unique_ptr<CURL, CurlFree> handle(curl_easy_init());
  if (!handle) throw std::bad_alloc();
  char error[CURL_ERROR_SIZE] = "";
  const List headers = list_of(request.headers), resolve = list_of(rules.resolve);
  Course course{.rules = rules, .request = request, .take = take, .handle = handle.get()};
  set_up(course, headers, resolve, error);
  const CURLcode code = curl_easy_perform(handle.get());
  if (course.thrown) std::rethrow_exception(course.thrown);
  if (course.stopped) throw Stopped();
  if (code != CURLE_OK) throw TransferError(host_of(request.url) + ": " + describe(course, code, error));
  if (!course.has_head) read_head(course);
  return course.answer;
}

}  // namespace callarchive::vendor
