#include "server/cli/serve_flags.h"

#include "server/access/tokens.h"
#include "server/cli/address.h"
#include "server/http/address.h"
#include "server/http/tls.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <unistd.h>

namespace callarchive::cli {
namespace {

LogFormat parse_log_format(const std::string& name) {
  return name == "json" ? LogFormat::json : name == "text" ? LogFormat::text : LogFormat::automatic;
}

// A valid token is accepted after any number of wrong ones, so it must be impossible to guess.
constexpr std::size_t kLeastTokenCharacters = 20;

WebhookCredentials read_credentials(const ServeFlags& flags) {
  WebhookCredentials credentials;
  for (const auto& text : values_or_files("--webhook-secret", flags.webhook_secrets)) {
    try {
      credentials.secrets.push_back(parse_signing_secret(text));
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("--webhook-secret: ") + error.what() + "; make one with `callarchive secret new`");
    }
  }
  credentials.tokens = values_or_files("--webhook-token", flags.webhook_tokens);
  for (const auto& token : credentials.tokens) {
    if (token.size() >= kLeastTokenCharacters) continue;
    throw UsageError("--webhook-token: a token of " + std::to_string(token.size()) +
                     " characters can be guessed; at least " + std::to_string(kLeastTokenCharacters) +
                     " are required; make one with `callarchive secret new --token`");
  }
  return credentials;
}

bool has_ingest_token(const std::string& tokens_file) {
  if (tokens_file.empty()) return false;
  try {
    const auto tokens = read_tokens(tokens_file);
    return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return token.scope == "ingest"; });
  } catch (const std::exception& error) {
    throw UsageError(std::string("--tokens-file: ") + error.what());
  }
}

void check_networks(const std::vector<std::string>& proxies) {
  for (const auto& text : proxies) {
    if (!http::Network::parse(text)) {
      throw UsageError("--trusted-proxy " + text + ": expected an address or a network, such as 10.0.0.0/8");
    }
  }
}

// An origin as a browser writes it (https://fetch.spec.whatwg.org, "Origin header"), with which it is compared byte by
// byte.
std::string read_origin(const std::string& text) {
  const std::string origin = CLI::detail::to_lower(text);
  const std::string scheme = origin.substr(0, origin.find("://"));
  const bool is_web = (scheme == "https" || scheme == "http") && origin.size() > scheme.size() + 3;
  if (!is_web || origin.find_first_of("/ \t*?#@", scheme.size() + 3) != std::string::npos) {
    throw UsageError("--cors-origin " + text +
                     ": expected only scheme, name and port, such as https://crm.example.org");
  }
  if (origin.ends_with(scheme == "https" ? ":443" : ":80")) {
    throw UsageError("--cors-origin " + text + ": leave out the scheme's default port, as browsers do");
  }
  return origin;
}

void check_tls(const http::ServerOptions& server) {
  if (server.tls_certificate.empty() != server.tls_key.empty()) {
    throw UsageError("--tls-cert and --tls-key: only one of them is set; both are needed");
  }
  if (server.tls_certificate.empty()) return;
  try {
    const http::Tls tls(server.tls_certificate, server.tls_key);
  } catch (const std::runtime_error& error) {
    throw UsageError(std::string("--tls-cert and --tls-key: ") + error.what());
  }
}

// Why an address can be reached from other machines; empty if it cannot.
std::string exposure(const Address& address, const std::string& flag, const ServeFlags& flags) {
  if (!address.is_loopback()) return flag + " " + address.host + " can be reached from other machines";
  if (!flags.server.trusted_proxies.empty()) return "--trusted-proxy makes it reachable from other machines";
  return {};
}

}  // namespace

ServeSettings read_settings(const ServeFlags& flags) {
  if (flags.server.max_body_bytes > flags.server.max_held_bytes) {
    throw UsageError("--max-body: such a body could never be accepted, because --max-held-bytes is smaller");
  }
  check_networks(flags.server.trusted_proxies);
  check_tls(flags.server);
  if (!flags.cors_origins.empty() && flags.tokens_file.empty()) {
    throw UsageError("--cors-origin: pages of other origins need a token; set --tokens-file");
  }
  ServeSettings settings;
  settings.archive = flags.archive.options();
  settings.query_timeout = std::chrono::milliseconds(flags.archive.query_timeout_ms);
  settings.listen = parse_address(flags.listen);
  if (!flags.ingest_listen.empty()) settings.ingest_listen = parse_address(flags.ingest_listen);
  settings.server = flags.server;
  for (const auto& origin : flags.cors_origins) settings.cors_origins.push_back(read_origin(origin));
  settings.webhooks = read_credentials(flags);
  settings.archive.media_reserve = flags.recording.media_reserve;
  std::shared_ptr<vendor::Limiter> limiter;  // one for all that use the key
  if (auto options = read_fetcher_options(flags.recording); flags.recordings == "on") {
    limiter = options.download.limiter;
    settings.recordings = std::move(options);
  }
  if (auto client = read_client_options(flags.recording.vendor); !client.key.empty()) {
    if (limiter) client.limiter = limiter;
    settings.vendor = vendor::ReconcilerOptions{.client = std::move(client),
                                                .archive_path = settings.archive.path,
                                                .days = flags.reconcile_days,
                                                .gap = static_cast<Millis>(flags.reconcile_gap_hours * 3600 * 1000)};
  }
  settings.log_format = parse_log_format(flags.log_format);
  settings.log_level = flags.log_level;

  const std::string exposed = exposure(settings.listen, "--listen", flags);
  const std::string exposed_to_senders =
      settings.ingest_listen ? exposure(*settings.ingest_listen, "--ingest-listen", flags) : exposed;
  const bool has_credentials = !settings.webhooks.is_empty() || has_ingest_token(flags.tokens_file);
  if (!exposed_to_senders.empty() && !has_credentials) {
    throw UsageError(exposed_to_senders +
                     ", and nothing says who may submit webhooks: set --webhook-secret (v2) or --webhook-token (v1), or"
                     " listen on 127.0.0.1");
  }
  if (!exposed.empty() && flags.tokens_file.empty()) {
    throw UsageError(exposed +
                     ", and nothing says who may read the archive: make a token with `callarchive token new --scope"
                     " read`, put its line into a file and pass that with --tokens-file, or listen on 127.0.0.1 (with"
                     " --ingest-listen for webhooks, if only they are to be reached)");
  }
  settings.webhooks_are_open = !has_credentials && flags.tokens_file.empty();
  settings.vendor_shape_hosts = flags.vendor_shape_hosts;
  settings.access = {
      .tokens_file = flags.tokens_file,
      .on_loopback = exposed.empty(),
      .allowed_hosts = flags.allowed_hosts,
      .failures = {.burst = flags.failures_per_minute, .per_minute = flags.failures_per_minute},
  };
  auto& allowed = settings.access.allowed_hosts;
  allowed.insert(allowed.end(), flags.vendor_shape_hosts.begin(), flags.vendor_shape_hosts.end());
  return settings;
}

void check_archive_path(const std::string& path) {
  std::error_code error;
  const auto folder = std::filesystem::absolute(path, error).parent_path();
  if (!std::filesystem::is_directory(folder, error)) throw UsageError("--db " + path + ": no such folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) throw UsageError("--db " + path + ": its folder cannot be written");
  if (!std::filesystem::exists(path, error)) return;
  if (!std::filesystem::is_regular_file(path, error)) throw UsageError("--db " + path + ": not a file");
  if (::access(path.c_str(), R_OK | W_OK) != 0) throw UsageError("--db " + path + ": cannot be read and written");
}

void add_serve_flags(CLI::App& command, ServeFlags& flags) {
  add_archive_flags(command, flags.archive);
  add(command, "listen", flags.listen, "ADDRESS:PORT; port 0 lets the system pick one");
  add(command, "ingest-listen", flags.ingest_listen,
      "ADDRESS:PORT for webhooks only; they are then not received at --listen");
  add(command, "tls-cert", flags.server.tls_certificate,
      "PEM file with the certificate chain; enables TLS, and TLS only");
  add(command, "tls-key", flags.server.tls_key, "PEM file with the private key, without passphrase");
  add(command, "webhook-secret", flags.webhook_secrets,
      "Secret of a v2 webhook, whsec_…; several while rotating; or @FILE with one per line");
  add(command, "webhook-token", flags.webhook_tokens,
      "Token of a v1 webhook, sent in the path, as bearer or as basic-auth password; or @FILE");
  add(command, "tokens-file", flags.tokens_file,
      "File with API tokens, one line per `callarchive token new`; without it any local program can read");
  add(command, "allowed-host", flags.allowed_hosts,
      "Host names besides localhost under which local programs reach it without a token");
  add(command, "vendor-shape-host", flags.vendor_shape_hosts,
      "Host names under which only the vendor's REST API is answered, as api.withallo.com would");
  add(command, "trusted-proxy", flags.server.trusted_proxies,
      "Addresses or networks of reverse proxies trusted for the client's address");
  add(command, "proxies-send-forwarded", flags.server.proxies_send_forwarded,
      "true: they send Forwarded (RFC 7239); false: X-Forwarded-For");
  add(command, "cors-origin", flags.cors_origins,
      "Origins of web pages that may send queries from a browser, such as https://crm.example.org");
  add(command, "max-failures", flags.failures_per_minute, "Failed credentials per client and minute; beyond that 429")
      ->check(number_between(1, 100000));
  add(command, "max-body", flags.server.max_body_bytes, "Largest body of a webhook, in bytes")
      ->check(CLI::Range(std::size_t{1024}, std::size_t{1} << 30));
  add(command, "ingest-threads", flags.server.ingest_threads, "Threads that receive webhooks")
      ->check(CLI::Range(1, 1024));
  add(command, "query-threads", flags.server.query_threads,
      "Threads that answer queries; at most half of them send exports")
      ->check(CLI::Range(1, 1024));
  add(command, "max-connections", flags.server.max_connections, "Connections at the same time; beyond that 503")
      ->check(CLI::Range(8, 100000));
  add(command, "max-queued-requests", flags.server.max_queued_requests,
      "Queued requests per pool of threads; beyond that 503")
      ->check(CLI::Range(1, 100000));
  add(command, "max-held-bytes", flags.server.max_held_bytes,
      "Bytes of request bodies and unsent answers in memory, in total; beyond that 503")
      ->check(CLI::Range(std::size_t{1} << 20, std::size_t{1} << 40));
  add(command, "request-seconds", flags.server.request_seconds,
      "Seconds for a request to arrive, and the same again for each MiB of its body")
      ->check(CLI::Range(1, 3600));
  add(command, "keep-alive-seconds", flags.server.keep_alive_seconds,
      "Seconds that a connection stays open for the next request")
      ->check(CLI::Range(1, 3600));
  add(command, "recordings", flags.recordings, "on or off: whether the recordings of calls are fetched and kept")
      ->check(CLI::IsMember({"on", "off"}));
  add_recording_flags(command, flags.recording);
  add(command, "reconcile-days", flags.reconcile_days,
      "With --vendor-key: days that are compared with the vendor each night, and after a time without webhooks; 0: "
      "none")
      ->check(CLI::Range(0, 3660));
  add(command, "reconcile-gap", flags.reconcile_gap_hours, "Hours without webhooks that are such a time")
      ->check(number_between(0, 87600));
  add(command, "log-format", flags.log_format, "text, json, or auto: text on a terminal")
      ->check(CLI::IsMember({"auto", "text", "json"}));
  add(command, "log-level", flags.log_level, "Least severe lines to write: debug, info, warn, error or off")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
  command.add_flag("--check-config", flags.check_config, "Check all options and the files they name, then exit")
      ->configurable(false);
  command.add_flag("--print-config", flags.print_config, "Print the options in effect, secrets hidden, then exit")
      ->configurable(false);
}

}  // namespace callarchive::cli
