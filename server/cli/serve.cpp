#include "server/access/cors.h"
#include "server/api/local_date.h"
#include "server/cli/commands.h"
#include "server/cli/listener.h"
#include "server/cli/protection.h"
#include "server/cli/service_manager.h"
#include "server/cli/signals.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/ingest/receive.h"
#include "server/ingest/topics.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/page.h"
#include "server/routes.h"

#include <csignal>
#include <functional>
#include <iostream>
#include <memory>

namespace callarchive::cli {
namespace {

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

std::vector<std::string> known_topics() {
  using ingest::Dialect;
  std::vector<std::string> names;
  for (const auto dialect : {Dialect::v2, Dialect::v1, Dialect::v1_camel, Dialect::body, Dialect::mobile}) {
    for (const auto& topic : ingest::topics_of(dialect)) names.emplace_back(topic.name);
  }
  return names;
}

// Notes the clock difference of deliveries whose signature was verified, whether in time or not.
http::Handler noting_clock(http::Handler receive, std::shared_ptr<const SharedCredentials> credentials,
                           Metrics& metrics) {
  const auto note = [credentials = std::move(credentials), &metrics](const http::Request& request) {
    const auto sent_at = request.header("webhook-timestamp");
    if (!sent_at || !request.header("webhook-signature") || credentials->get()->secrets.empty()) return;
    metrics.note_clock_difference(static_cast<double>(now()) / 1000 -
                                  std::strtod(std::string(*sent_at).c_str(), nullptr));
  };
  return [receive = std::move(receive), note](const http::Request& request) {
    try {
      http::Response response = receive(request);
      note(request);
      return response;
    } catch (const http::HttpError& error) {
      if (error.code() == "clock_skew") note(request);
      throw;
    }
  };
}

// Reads secrets, tokens and certificates again. What is wrong is logged, and then the old ones stay.
void reload(Protection& protection, const std::vector<std::unique_ptr<Listener>>& listeners) {
  tell_service_manager("RELOADING=1");
  try {
    protection.reload();
    for (const auto& listener : listeners) listener->reload();
    log_info("credentials read again");
  } catch (const std::exception& error) {
    log_error(std::string("credentials not read again, the old ones stay: ") + error.what());
  }
  tell_service_manager("READY=1");
}

// Answers hangups and the service manager's watchdog until somebody wants the end. A write that cannot be committed
// is no sign of life.
void attend(const Signals& signals, const std::function<void()>& reload, Archive& archive) {
  const auto watchdog = watchdog_interval();
  for (;;) {
    const auto signal = signals.wait(watchdog.value_or(std::chrono::hours(1)));
    if (signal && *signal != SIGHUP) return;
    if (signal) reload();
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
  api::is_time_zone("UTC");  // reads the list of all zones, which somebody's first question would wait for
  Archive archive(flags.archive.options(), decode);
  Protection protection(flags, plan);
  Metrics metrics(archive, {CALLARCHIVE_VERSION, flags.archive.db, known_topics(), now});
  const auto receive = make_receiver(
      archive, protection.credentials(), now,
      [&metrics](const std::string& topic, const Receipt& receipt) { metrics.count_delivery(topic, receipt); });
  const Services services{
      .api = {archive, std::chrono::milliseconds(flags.archive.query_timeout_ms)},
      .receive = protection.limited(noting_clock(receive, protection.credentials(), metrics)),
      .show_metrics = [&metrics](const http::Request&) { return show_metrics(metrics); },
      .scopes = [access = protection.access()](const http::Request& request) { return access->scopes_of(request); },
  };
  auto routes = make_routes(services);
  for (auto& route : page_routes()) routes.push_back(std::move(route));
  metrics.know_routes(routes);
  const auto observe = [&metrics](const http::Request& request, const std::string& route, int status, double seconds) {
    metrics.count_request(route, status, seconds);
    log_request(request, route, status, seconds);
  };
  const auto gate = make_gate(protection.access());
  std::vector<std::unique_ptr<Listener>> listeners;
  if (plan.ingest_listen) {
    auto receiver = split_off_receiver(routes);
    listeners.push_back(
        std::make_unique<Listener>(flags.server, *plan.ingest_listen, std::move(receiver), gate, observe));
  }
  auto options = flags.server;
  allow_origins(plan.cors_origins, routes, options);
  listeners.push_back(std::make_unique<Listener>(std::move(options), plan.listen, std::move(routes), gate, observe));

  warn_of_open_doors(plan);
  std::cout << "callarchive is listening on " << listeners.back()->url();
  if (plan.ingest_listen) std::cout << ", and for webhooks on " << listeners.front()->url();
  std::cout << std::endl;
  for (const auto& listener : listeners) {
    log_info("serving " + flags.archive.db + " on " + listener->url());
    listener->start();
  }
  tell_service_manager("READY=1");
  attend(
      signals, [&] { reload(protection, listeners); }, archive);

  tell_service_manager("STOPPING=1");
  log_info("stopping");
  signals.let_the_next_kill();
  // Each gives its slow clients some seconds: all at the same time, not one after the other.
  for (const auto& listener : listeners) listener->begin_to_stop();
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
