#pragma once

#include "server/access/access.h"
#include "server/access/webhook_access.h"
#include "server/http.h"
#include "server/observe/log.h"
#include "server/recordings/fetcher.h"
#include "server/serve/address.h"
#include "server/vendor/reconciler.h"
#include "storage/archive.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// The service: one archive, its routes, and the addresses at which they are served.

namespace callarchive {

struct ServeSettings {
  ArchiveOptions archive = {};
  std::chrono::milliseconds query_timeout{1000};
  Address listen = {};
  std::optional<Address> ingest_listen = {};  // if set, webhooks are received only there
  http::ServerOptions server = {};            // without host and port
  AccessOptions access = {};
  WebhookCredentials webhooks = {};
  bool webhooks_are_open = false;  // any program on this machine may submit webhooks webhooks
  std::optional<recordings::FetcherOptions> recordings = {};  // absent: they are not fetched
  std::optional<vendor::ReconcilerOptions> vendor = {};       // absent: there is no key
  std::vector<std::string> vendor_shape_hosts = {};           // where nothing but the vendor's API is answered
  std::vector<std::string> cors_origins = {};                 // as browsers write them
  LogFormat log_format = LogFormat::automatic;
  std::string log_level = "info";
};

// The names of options whose value has changed since the start and that only a restart applies. Throws
// std::runtime_error when the configuration is invalid now.
using ChangedOptions = std::function<std::vector<std::string>()>;

// Serves until SIGTERM or SIGINT arrives and returns the exit code. `read_settings` is called once at the start, and
// again for each SIGHUP, when only credentials and certificates are taken from it; what it throws then is logged, and
// the old ones stay. Throws what it throws at the start, and when the archive or an address cannot be opened.
// To be called from the main thread, before any other thread exists.
int serve(const std::function<ServeSettings()>& read_settings, const ChangedOptions& changed_options = {});

}  // namespace callarchive
