#include "server/cli/address.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/ingest/receive.h"
#include "server/log.h"
#include "server/page.h"
#include "server/routes.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <thread>

#include <pthread.h>

namespace callarchive::cli {
namespace {

struct Flags {
  ArchiveFlags archive;
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> webhook_secrets;
  std::vector<std::string> webhook_tokens;
  http::ServerOptions server;
  LogFormat log_format = LogFormat::automatic;
  std::string log_level = "info";
};

WebhookCredentials read_credentials(const Flags& flags) {
  WebhookCredentials credentials;
  for (const auto& text : values_or_files(flags.webhook_secrets)) {
    try {
      credentials.secrets.push_back(parse_signing_secret(text));
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("--webhook-secret: ") + error.what());
    }
  }
  credentials.tokens = values_or_files(flags.webhook_tokens);
  return credentials;
}

// Signals are taken by one thread that waits for them, so that nothing is interrupted half-way.
class Signals {
 public:
  Signals() {
    sigemptyset(&wanted_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted_, signal);
    pthread_sigmask(SIG_BLOCK, &wanted_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  int wait() const {
    int signal = 0;
    sigwait(&wanted_, &signal);
    return signal;
  }

 private:
  sigset_t wanted_;
};

int serve(const Flags& flags) {
  start_log(flags.log_format, flags.log_level);
  const Signals signals;
  const Address address = parse_address(flags.listen);
  auto credentials = std::make_shared<SharedCredentials>(read_credentials(flags));
  const auto current = credentials->get();
  const bool anybody_may_deliver = current->secrets.empty() && current->tokens.empty();
  if (!address.is_loopback() && anybody_may_deliver) {
    throw UsageError("--listen " + flags.listen +
                     " can be reached from other machines, and nothing says who may deliver: set --webhook-secret or"
                     " --webhook-token, or listen on 127.0.0.1");
  }

  Archive archive(flags.archive.options(), decode);
  Services services{
      .api = {archive, std::chrono::milliseconds(flags.archive.query_timeout_ms)},
      .receive = make_receiver(archive, credentials, now),
      .show_metrics = {},
      .scopes = [](const http::Request&) { return std::vector<std::string>{"read", "admin"}; },
  };
  http::ServerOptions options = flags.server;
  options.host = address.host;
  options.port = address.port;
  options.on_failure = [](const http::Request& request, const std::string& what) {
    log_error("request " + request.request_id + " failed: " + what);
  };
  const http::Gate gate = [](const http::Request&, const http::Route&) {};
  auto routes = make_routes(services);
  for (auto& route : page_routes()) routes.push_back(std::move(route));
  http::Server server(options, std::move(routes), gate, log_request);
  const int port = server.bind();
  if (anybody_may_deliver) {
    log_warning("no --webhook-secret and no --webhook-token: every program on this machine may deliver");
  }
  const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  std::cout << "callarchive is listening on http://" << host << ":" << port << std::endl;
  log_info("serving " + flags.archive.db + " on " + host + ":" + std::to_string(port));

  std::thread serving([&] { server.serve(); });
  for (int signal = signals.wait(); signal == SIGHUP; signal = signals.wait()) {
    try {
      credentials->set(read_credentials(flags));
      log_info("credentials read again");
    } catch (const UsageError& error) {
      log_error(std::string("credentials not read again: ") + error.what());
    }
  }
  log_info("stopping");
  server.stop();
  serving.join();
  archive.close();
  log_info("stopped");
  return 0;
}

}  // namespace

Run add_serve(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("serve", "Receive webhooks and answer questions over HTTP");
  command->footer(
      "Example: callarchive serve --db callarchive.db --webhook-secret @/etc/callarchive/secret\n"
      "Point the vendor at https://<your host>/webhooks/allo; ask at /v1/calls. @FILE reads a value from a file.");
  add_archive_flags(*command, flags->archive);
  add(*command, "listen", flags->listen, "ADDRESS:PORT; port 0 lets the system pick one");
  add(*command, "webhook-secret", flags->webhook_secrets,
      "Secret of a v2 webhook, whsec_…; several while rotating; or @FILE with one a line");
  add(*command, "webhook-token", flags->webhook_tokens,
      "Token of a v1 webhook, in the path, as bearer or as basic-auth password; or @FILE");
  add(*command, "max-body", flags->server.max_body_bytes, "Largest body of a webhook, in bytes")
      ->check(CLI::Range(std::size_t{1024}, std::size_t{1} << 30));
  add(*command, "ingest-threads", flags->server.ingest_threads, "Threads that receive")->check(CLI::Range(1, 1024));
  add(*command, "query-threads", flags->server.query_threads, "Threads that answer questions")
      ->check(CLI::Range(1, 1024));
  add(*command, "max-connections", flags->server.max_connections, "Connections at once; past it 503")
      ->check(CLI::Range(8, 100000));
  const std::map<std::string, LogFormat> formats = {
      {"auto", LogFormat::automatic}, {"text", LogFormat::text}, {"json", LogFormat::json}};
  command->add_option("--log-format", flags->log_format, "text, json, or auto: text on a terminal")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))
      ->default_str("auto");
  add(*command, "log-level", flags->log_level, "debug, info, warn, error or off");
  return [flags] { return serve(*flags); };
}

}  // namespace callarchive::cli
