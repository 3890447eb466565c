#include "server/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <stdexcept>

#include <unistd.h>

namespace callarchive {
namespace {

bool writes_json = false;

std::string json_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // What is not ASCII is nothing that the program says itself: shown as bytes, so that a line stays a line.
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

void write(spdlog::level::level_enum level, const std::string& message) {
  if (!writes_json) {
    spdlog::log(level, "{}", message);
    return;
  }
  spdlog::log(level, "\"message\":\"{}\"", json_escaped(message));
}

}  // namespace

void start_log(LogFormat format, const std::string& level) {
  const auto chosen = spdlog::level::from_str(level);
  if (chosen == spdlog::level::off && level != "off") {
    throw std::invalid_argument("log level '" + level + "': expected debug, info, warn, error or off");
  }
  writes_json = format == LogFormat::json || (format == LogFormat::automatic && ::isatty(STDERR_FILENO) == 0);
  auto logger = std::make_shared<spdlog::logger>("callarchive", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const char* pattern = writes_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v";
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger->set_level(chosen);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_info(const std::string& message) { write(spdlog::level::info, message); }
void log_warning(const std::string& message) { write(spdlog::level::warn, message); }
void log_error(const std::string& message) { write(spdlog::level::err, message); }

void log_request(const http::Request& request, const std::string& route, int status, double seconds) {
  const auto level = status >= 500 ? spdlog::level::warn : spdlog::level::info;
  if (!spdlog::should_log(level)) return;
  if (!writes_json) {
    spdlog::log(level, "{} {} {} {:.1f} ms [{}]", request.method, route, status, seconds * 1000, request.request_id);
    return;
  }
  spdlog::log(level, R"("message":"request","id":"{}","method":"{}","route":"{}","status":{},"milliseconds":{:.3f})",
              json_escaped(request.request_id), json_escaped(request.method), json_escaped(route), status,
              seconds * 1000);
}

}  // namespace callarchive
