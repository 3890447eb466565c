#include "server/clock.h"
#include "server/cli/commands.h"
#include "server/cli/serve_flags.h"
#include "server/cli/service_manager.h"
#include "server/cli/signals.h"
#include "server/cors.h"
#include "server/ingest/decode.h"
#include "server/ingest/receive.h"
#include "server/log.h"
#include "server/page.h"
#include "server/routes.h"

#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>
#include <thread>

#include <unistd.h>

namespace callarchive::cli {
namespace {

// One address that is served.
class Listener {
 public:
  Listener(const ServeFlags& flags, const Address& address, std::vector<http::Route> routes, http::Gate gate,
           http::Observer observe)
      : host_(address.host), server_(options(flags, address), std::move(routes), std::move(gate), std::move(observe)) {
    port_ = server_.bind();
  }
  ~Listener() { stop(); }

  void start() {
    thread_ = std::thread([this] {
      try {
        server_.serve();
      } catch (const std::exception& error) {
        log_error(std::string("serving ") + name() + ": " + error.what());
        has_failed_ = true;
        ::kill(::getpid(), SIGTERM);  // ends the other listeners as well
      }
    });
  }
  // Returns when every request has been answered or refused.
  void stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }
  bool has_failed() const { return has_failed_; }
  std::string name() const {
    return (host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]") + ":" + std::to_string(port_);
  }

 private:
  static http::ServerOptions options(const ServeFlags& flags, const Address& address) {
    http::ServerOptions options = flags.server;
    options.host = address.host;
    options.port = address.port;
    options.on_failure = log_failure;
    return options;
  }

  const std::string host_;
  http::Server server_;
  int port_ = 0;
  std::atomic<bool> has_failed_{false};
  std::thread thread_;
};

// Who may deliver and who may ask, exchanged on a hangup.
class Protection {
 public:
  Protection(const ServeFlags& flags, const ServePlan& plan)
      : flags_(flags),
        access_(std::make_shared<AccessControl>(plan.access)),
        webhook_is_open_(plan.access.webhook_is_open),
        credentials_(std::make_shared<SharedCredentials>(complete(plan.credentials))) {}

  // All or nothing: what is wrong is logged, and then the old ones stay.
  void reload() {
    try {
      const ServePlan plan = make_plan(flags_);
      if (plan.access.webhook_is_open != webhook_is_open_) {
        throw UsageError("whether anybody may deliver is settled at the start; restart to change it");
      }
      access_->reload();
      credentials_->set(complete(plan.credentials));
      log_info("credentials read again");
    } catch (const std::exception& error) {
      log_error(std::string("credentials not read again, the old ones stay: ") + error.what());
    }
  }

  std::shared_ptr<AccessControl> access() const { return access_; }
  std::shared_ptr<const SharedCredentials> credentials() const { return credentials_; }
  bool webhook_is_open() const { return webhook_is_open_; }

 private:
  WebhookCredentials complete(WebhookCredentials credentials) const {
    if (!webhook_is_open_) {
      credentials.is_known_elsewhere = [access = access_](const http::Request& request) {
        return access->may_deliver(request);
      };
    }
    return credentials;
  }

  const ServeFlags& flags_;
  const std::shared_ptr<AccessControl> access_;
  const bool webhook_is_open_;
  const std::shared_ptr<SharedCredentials> credentials_;
};

// Takes the routes of the receiver out of `routes`, and a copy of /livez.
std::vector<http::Route> split_off_receiver(std::vector<http::Route>& routes) {
  std::vector<http::Route> receiver, others;
  for (auto& route : routes) {
    if (route.pattern == "/livez") receiver.push_back(route);
    (route.pool == http::Pool::ingest ? receiver : others).push_back(std::move(route));
  }
  routes = std::move(others);
  return receiver;
}

void warn_of_open_doors(const ServePlan& plan) {
  if (plan.access.webhook_is_open) {
    log_warning("no --webhook-secret and no --webhook-token: every program on this machine may deliver");
  }
  if (plan.access.tokens_file.empty() && plan.access.on_loopback) {
    log_warning("no --tokens-file: every program on this machine may ask");
  }
}

// Answers hangups and the service manager's watchdog until somebody wants the end. A write that cannot be committed
// is no sign of life.
void attend(const Signals& signals, Protection& protection, Archive& archive) {
  const auto watchdog = watchdog_interval();
  for (;;) {
    const auto signal = signals.wait(watchdog.value_or(std::chrono::hours(1)));
    if (signal && *signal != SIGHUP) return;
    if (signal) protection.reload();
    if (!watchdog) continue;
    try {
      archive.check_writable();
      tell_service_manager("WATCHDOG=1");
    } catch (const NotDurable& error) {
      log_error(std::string("the archive cannot be written: ") + error.what());
    }
  }
}

int serve(const ServeFlags& flags) {
  const ServePlan plan = make_plan(flags);
  start_log(parse_log_format(flags.log_format), flags.log_level);
  const Signals signals;
  Archive archive(flags.archive.options(), decode);
  Protection protection(flags, plan);
  const Services services{
      .api = {archive, std::chrono::milliseconds(flags.archive.query_timeout_ms)},
      .receive = make_receiver(archive, protection.credentials(), now),
      .show_metrics = {},
      .scopes = [access = protection.access()](const http::Request& request) { return access->scopes_of(request); },
  };
  auto routes = make_routes(services);
  for (auto& route : page_routes()) routes.push_back(std::move(route));
  const auto gate = with_cors(make_gate(protection.access()), flags.cors_origins);
  std::vector<std::unique_ptr<Listener>> listeners;
  if (plan.ingest_listen) {
    auto receiver = split_off_receiver(routes);
    listeners.push_back(
        std::make_unique<Listener>(flags, *plan.ingest_listen, std::move(receiver), gate, log_request));
  }
  routes = with_cors(std::move(routes), flags.cors_origins);
  listeners.push_back(std::make_unique<Listener>(flags, plan.listen, std::move(routes), gate, log_request));

  warn_of_open_doors(plan);
  std::cout << "callarchive is listening on http://" << listeners.back()->name();
  if (plan.ingest_listen) std::cout << ", and for webhooks on http://" << listeners.front()->name();
  std::cout << std::endl;
  for (const auto& listener : listeners) {
    log_info("serving " + flags.archive.db + " on " + listener->name());
    listener->start();
  }
  tell_service_manager("READY=1");
  attend(signals, protection, archive);

  tell_service_manager("STOPPING=1");
  log_info("stopping");
  signals.let_the_next_kill();
  bool has_failed = false;
  for (const auto& listener : listeners) {
    listener->stop();
    has_failed |= listener->has_failed();
  }
  archive.close();
  log_info("stopped");
  return has_failed ? 1 : 0;
}

}  // namespace

Run add_serve(CLI::App& app) {
  auto flags = std::make_shared<ServeFlags>();
  auto* command = app.add_subcommand("serve", "Receive webhooks and answer questions over HTTP");
  command->footer(
      "Example: callarchive serve --db callarchive.db --webhook-secret @/etc/callarchive/secret\n"
      "Point the vendor at https://<your host>/webhooks/allo; ask at /v1/calls. @FILE reads a value from a file.");
  add_serve_flags(*command, *flags);
  return [flags, command] {
    if (flags->print_config) {
      std::cout << print_config(*command);
      return 0;
    }
    if (flags->check_config) {
      make_plan(*flags);
      check_archive_path(flags->archive.db);
      std::cerr << "the configuration is good\n";
      return 0;
    }
    return serve(*flags);
  };
}

}  // namespace callarchive::cli
