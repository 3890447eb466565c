#include "server/serve.h"

#include "server/access/cors.h"
#include "server/api/local_date.h"
#include "server/clock.h"
#include "server/http/tls.h"
#include "server/ingest/decode.h"
#include "server/ingest/receive.h"
#include "server/ingest/topics.h"
#include "server/mcp/endpoint.h"
#include "server/observe/metrics.h"
#include "server/page.h"
#include "server/routes.h"
#include "server/serve/descriptors.h"
#include "server/serve/listener.h"
#include "server/serve/memory_limit.h"
#include "server/serve/service_manager.h"
#include "server/serve/signals.h"
#include "server/vendor_shape/shape.h"
#include "storage/clock_tolerance.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <utility>

#include <unistd.h>

namespace callarchive {
namespace {

using Listeners = std::vector<std::unique_ptr<Listener>>;

// Removes the webhook routes from `routes` and returns them, with a copy of /livez.
std::vector<http::Route> split_off_webhooks(std::vector<http::Route>& routes) {
  std::vector<http::Route> webhooks, others;
  for (auto& route : routes) {
    if (route.pattern == "/livez") webhooks.push_back(route);
    (route.pool == http::Pool::ingest ? webhooks : others).push_back(std::move(route));
  }
  routes = std::move(others);
  return webhooks;
}

std::vector<std::string> known_topics() {
  using ingest::Dialect;
  std::vector<std::string> names;
  for (const auto dialect : {Dialect::v2, Dialect::v1, Dialect::v1_camel, Dialect::body, Dialect::mobile}) {
    for (const auto& topic : ingest::topics_of(dialect)) names.emplace_back(topic.name);
  }
  return names;
}

void warn_about_open_access(const ServeSettings& settings) {
  if (settings.webhooks_are_open) {
    log_warning("no --webhook-secret and no --webhook-token: any local program can submit webhooks");
  }
  if (settings.access.tokens_file.empty() && settings.access.on_loopback) {
    log_warning("no --tokens-file: any local program can read the archive");
  }
}

void log_of_archive(Severity severity, const std::string& text) {
  switch (severity) {
    case Severity::info: return log_info(text);
    case Severity::warning: return log_warning(text);
    case Severity::error: return log_error(text);
  }
}

// Which archive it is: somebody else's file, an empty one or an old copy would be served as well as the right one.
void tell_archive(const std::string& path, const FoundArchive& found) {
  if (found.is_new) {
    log_warning("a new archive was made: " + path + ", archive " + found.state.id);
    return;
  }
  log_info("archive " + found.state.id + ": " + storage::in_words(found.state));
  if (!found.difference.empty()) log_error(found.difference);
  const Millis ahead = found.state.last_delivery_at.value_or(0) - now();
  if (ahead > kClockTolerance) {
    log_warning("the clock is behind now or was ahead before: the last delivery is of " +
                std::to_string(ahead / 60000) + " minutes from now");
  }
}

// Cuts the number of connections to what the system allows: without a descriptor a connection waits in vain, and
// nothing in the log says why.
void fit_connections(http::ServerOptions& options, std::size_t listeners) {
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t fitting = connections_that_fit(descriptors, listeners);
  if (options.max_connections <= fitting) return;
  log_warning("max-connections is " + std::to_string(options.max_connections) + ", but the limit of " +
              std::to_string(descriptors) + " open files (ulimit -Hn, LimitNOFILE=) leaves room for " +
              std::to_string(fitting) + ": using that");
  options.max_connections = fitting;
}

// Cuts the bytes held in memory to what the system grants: at the limit the process would be ended, and what it was
// doing with it.
void fit_memory(http::ServerOptions& options) {
  const auto limit = memory_limit();
  if (!limit || options.max_held_bytes <= *limit / 4) return;
  const std::size_t fitting = std::max<std::size_t>(*limit / 4, std::size_t{1} << 20);
  log_warning("max-held-bytes is " + std::to_string(options.max_held_bytes) + ", but the memory limit of " +
              std::to_string(*limit) + " bytes (MemoryHigh=, MemoryMax=, or the container's) leaves room for " +
              std::to_string(fitting) + ": using that");
  options.max_held_bytes = fitting;
}

// Logs why recordings are not kept, but only once for consecutive ones with the same reason.
std::function<void(const RecordingKey&, RecordingState, const std::string&)> make_report(Metrics& metrics) {
  struct Told {
    std::mutex mutex;
    std::string last;
  };
  return [&metrics, told = std::make_shared<Told>()](const RecordingKey&, RecordingState state,
                                                     const std::string& reason) {
    metrics.count_recording(state);
    const std::lock_guard lock(told->mutex);
    if (state == RecordingState::kept || std::exchange(told->last, reason) == reason) return;
    log_warning("a recording is not kept: " + reason);
  };
}

std::unique_ptr<recordings::Fetcher> make_fetcher(optional<recordings::FetcherOptions> options, Archive& archive,
                                                  Metrics& metrics) {
  if (!options) return nullptr;
  options->now = now;
  options->report = make_report(metrics);
  return std::make_unique<recordings::Fetcher>(archive, archive.media(), std::move(*options));
}

std::unique_ptr<vendor::Reconciler> make_reconciler(optional<vendor::ReconcilerOptions> options, Archive& archive) {
  if (!options) return nullptr;
  options->now = now;
  options->tell = log_info;
  options->warn = log_warning;
  options->client.limiter->share_beside(options->archive_path);
  return std::make_unique<vendor::Reconciler>(archive, std::move(*options));
}

void note_certificate(const ServeSettings& settings, Metrics& metrics) {
  const auto& file = settings.server.tls_certificate;
  if (!file.empty()) metrics.note_certificate(http::certificate_expiry(file));
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What a reload changes.
struct Reloaded {
  const bool webhooks_are_open;
  AccessControl& access;
  WebhookAccess& webhooks;
  const Listeners& listeners;
  Metrics& metrics;
};

// Reads secrets, tokens and certificates again. If something is invalid, that is logged, and the old ones remain in
// use. Logs which other options have changed.
void reload(const std::function<ServeSettings()>& read_settings, const ChangedOptions& changed_options, Reloaded what) {
  tell_service_manager("RELOADING=1");
  try {
    ServeSettings settings = read_settings();
    if (settings.webhooks_are_open != what.webhooks_are_open) {
      throw std::runtime_error("whether anybody may submit webhooks is decided at the start; restart to change it");
    }
    what.access.reload();
    note_certificate(settings, what.metrics);
    what.webhooks.replace(std::move(settings.webhooks));
    for (const auto& listener : what.listeners) listener->reload();
    log_info("credentials reloaded");
    const auto changed = changed_options ? changed_options() : std::vector<std::string>();
    if (!changed.empty()) log_warning("these options have changed and need a restart: " + joined(changed));
  } catch (const std::exception& error) {
    what.metrics.count_failed_reload();
    log_error(std::string("reload failed, keeping the old credentials: ") + error.what());
  }
  tell_service_manager("READY=1");
}

// Handles SIGHUP and the service manager's watchdog until SIGTERM or SIGINT. As long as the archive cannot be written,
// the watchdog gets no sign of life.
void wait_for_the_end(const Signals& signals, const std::function<void()>& reload, Archive& archive) {
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

// Returns whether all of them served until they were stopped. All give their slow clients the same few seconds, not one
// after the other.
bool stop(const Listeners& listeners) {
  for (const auto& listener : listeners) listener->begin_to_stop();
  bool is_well = true;
  for (const auto& listener : listeners) {
    listener->stop();
    is_well &= !listener->has_failed();
  }
  return is_well;
}

// A signal came while the archive was upgraded.
struct Stopped {};

// While an archive of an older version is upgraded, tells the service manager that the start takes longer, and lets a
// signal stop the upgrade.
ArchiveOptions stoppable(ArchiveOptions options, const Signals& signals) {
  options.report_upgrade = [report = options.report_upgrade, &signals](std::int64_t done, std::int64_t total) {
    tell_service_manager("EXTEND_TIMEOUT_USEC=300000000");  // five minutes from now on (sd_notify(3))
    if (report) report(done, total);
    const auto signal = signals.wait(std::chrono::milliseconds(0));
    if (signal && *signal != SIGHUP) throw Stopped();
  };
  return options;
}

int serve_until_stopped(const std::function<ServeSettings()>& read_settings, const ChangedOptions& changed_options) {
  ServeSettings settings = read_settings();
  start_log(settings.log_format, settings.log_level);
  fit_connections(settings.server, settings.ingest_listen ? 2 : 1);
  fit_memory(settings.server);
  const Signals signals;
  // Reads the list of all zones, for which the first query would have to wait.
  if (!api::has_time_zones()) log_warning(api::kNoTimeZones);

  ArchiveOptions archive_options = stoppable(settings.archive, signals);
  archive_options.report = log_of_archive;
  std::atomic<bool> is_lost{false};
  archive_options.report_loss = [&is_lost](const std::string& what) {
    log_error(what + "; nothing is accepted any more, and the service ends");
    is_lost = true;
    ::kill(::getpid(), SIGTERM);
  };
  CommitBell bell;
  archive_options.on_commit = [&bell](std::uint64_t commits) { bell.ring(commits); };
  Archive archive(archive_options, decode);
  tell_archive(settings.archive.path, archive.found());
  Metrics metrics(archive, {CALLARCHIVE_VERSION, settings.archive.path, known_topics(), now});
  note_certificate(settings, metrics);
  const auto access = std::make_shared<AccessControl>(settings.access);
  const auto webhooks = std::make_shared<WebhookAccess>(
      WebhookAccessOptions{
          .is_open = settings.webhooks_are_open,
          .failures = settings.access.failures,
          .note_clock_difference = [&metrics](double seconds) { metrics.note_clock_difference(seconds); },
      },
      settings.webhooks, access);

  const auto fetcher = make_fetcher(settings.recordings, archive, metrics);
  const auto reconciler = make_reconciler(settings.vendor, archive);

  auto routes = make_routes({
      .api = {archive, settings.query_timeout},
      .receive = make_receiver(archive, webhooks, now,
                               [&](const std::string& topic, const Receipt& receipt, std::size_t unreadable_times) {
                                 metrics.count_delivery(topic, receipt, unreadable_times);
                                 if (fetcher) fetcher->wake();
                                 if (reconciler) reconciler->note_delivery();
                               }),
      .show_metrics = [&metrics](const http::Request&) { return show_metrics(metrics); },
      .scopes = [access](const http::Request& request) { return access->scopes_of(request); },
  });
  routes.push_back(mcp::make_route(routes, CALLARCHIVE_VERSION));
  for (auto& route : vendor_shape::make_routes({archive, settings.query_timeout}, access)) {
    routes.push_back(std::move(route));
  }
  for (auto& route : page_routes()) routes.push_back(std::move(route));
  metrics.know_routes(routes);

  const auto gate = vendor_shape::on_own_hosts(settings.vendor_shape_hosts, make_gate(access));
  const auto observe = [&metrics](const http::Request& request, const http::Outcome& outcome) {
    metrics.count_request(outcome);
    log_request(request, outcome);
  };
  Listeners listeners;
  if (settings.ingest_listen) {
    auto webhook_routes = split_off_webhooks(routes);
    listeners.push_back(
        std::make_unique<Listener>(settings.server, *settings.ingest_listen, std::move(webhook_routes), gate, observe));
  }
  auto options = settings.server;
  allow_origins(settings.cors_origins, routes, options);
  listeners.push_back(
      std::make_unique<Listener>(std::move(options), settings.listen, std::move(routes), gate, observe));

  bell.tell(*listeners.back());

  warn_about_open_access(settings);
  std::cout << "callarchive is listening on " << listeners.back()->url();
  if (settings.ingest_listen) std::cout << ", and for webhooks on " << listeners.front()->url();
  std::cout << std::endl;
  for (const auto& listener : listeners) {
    log_info("serving " + settings.archive.path + " on " + listener->url());
    listener->start();
  }
  if (fetcher) fetcher->start();
  if (reconciler) reconciler->start();
  tell_service_manager("READY=1");
  const auto reload_all = [&] {
    reload(read_settings, changed_options, {settings.webhooks_are_open, *access, *webhooks, listeners, metrics});
  };
  wait_for_the_end(signals, reload_all, archive);

  tell_service_manager("STOPPING=1");
  log_info("stopping");
  signals.let_the_next_kill();
  const bool is_well = stop(listeners);
  bell.forget();
  if (reconciler) reconciler->stop();
  if (fetcher) fetcher->stop();
  archive.close();
  log_info("stopped");
  return is_well && !is_lost ? 0 : 1;
}

}  // namespace

int serve(const std::function<ServeSettings()>& read_settings, const ChangedOptions& changed_options) {
  try {
    return serve_until_stopped(read_settings, changed_options);
  } catch (const Stopped&) {
    log_info("stopped while the archive was upgraded; it is as it was, and the next start begins again");
    return 0;
  }
}

}  // namespace callarchive
