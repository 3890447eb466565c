#include "server/observe/log.h"

#include "server/text/harmless.h"
#include "server/text/json_writer.h"
#include "storage/text/ascii.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <stdexcept>

#include <unistd.h>

namespace callarchive {
namespace {

bool writes_json = false;

// A string of JSON, with its quotes. It has no line breaks and nothing that misleads on a terminal.
std::string json_text(std::string_view text) {
  return harmless_json(written([&](JsonWriter& json) { json.value(text); }));
}

void write(spdlog::level::level_enum level, const std::string& message) {
  if (!writes_json) {
    spdlog::log(level, "{}", harmless(message));
    return;
  }
  spdlog::log(level, "\"message\":{}", json_text(message));
}

// The client may send any word as its method.
std::string_view known_method(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// "no such row 'Marie' 33612345678" → "no such row '…' …"
std::string without_content(const std::string& text) {
  constexpr std::size_t kLongestNumber = 5;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (is_quote(text[at])) {
      const auto end = text.find(text[at], at + 1);
      out += "'...'";
      if (end == std::string::npos) break;  // what is quoted may itself be cut off
      at = end + 1;
    } else if (ascii::is_digit(text[at])) {
      const auto begin = at;
      while (at < text.size() && ascii::is_digit(text[at])) ++at;
      out += at - begin > kLongestNumber ? "..." : text.substr(begin, at - begin);
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace

void start_log(LogFormat format, const std::string& level) {
  const auto chosen = spdlog::level::from_str(level);
  if (chosen == spdlog::level::off && level != "off") {
    throw std::invalid_argument("log level '" + level + "': expected debug, info, warn, error or off");
  }
  writes_json = format == LogFormat::json || (format == LogFormat::automatic && ::isatty(STDERR_FILENO) == 0);
  auto logger = std::make_shared<spdlog::logger>("callarchive", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const char* pattern =
      writes_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v";
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger->set_level(chosen);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_info(const std::string& message) { write(spdlog::level::info, message); }
void log_warning(const std::string& message) { write(spdlog::level::warn, message); }
void log_error(const std::string& message) { write(spdlog::level::err, message); }

void log_failure(const http::Request& request, const std::string& what) {
  log_error("request " + request.request_id + " failed: " + without_content(what));
}

void log_request(const http::Request& request, const http::Outcome& outcome) {
  const bool is_refused_webhook = outcome.status >= 400 && outcome.route.starts_with("/webhooks/");
  // Probes come every few seconds, for years.
  const bool is_probe = outcome.route == "/livez" || outcome.route == "/readyz" || outcome.route == "/metrics";
  const auto level = outcome.status >= 500 || is_refused_webhook ? spdlog::level::warn
                     : is_probe && outcome.status < 400          ? spdlog::level::debug
                                                                 : spdlog::level::info;
  if (!spdlog::should_log(level)) return;
  const double milliseconds = outcome.seconds * 1000;
  if (!writes_json) {
    spdlog::log(level, "{} {} {}{}{} {:.1f} ms [{}]", known_method(request.method), outcome.route, outcome.status,
                outcome.problem_code.empty() ? "" : " ", outcome.problem_code, milliseconds, request.request_id);
    return;
  }
  std::string code;
  if (!outcome.problem_code.empty()) code = R"(,"code":)" + json_text(outcome.problem_code);
  spdlog::log(level, R"("message":"request","id":"{}","method":"{}","route":{},"status":{}{},"milliseconds":{:.3f})",
              request.request_id, known_method(request.method), json_text(outcome.route), outcome.status, code,
              milliseconds);
}

}  // namespace callarchive
