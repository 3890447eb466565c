#pragma once

#include "server/cli/options.h"
#include "server/vendor/client.h"

#include <string>

// The options that say how the vendor's API is reached.

namespace callarchive::cli {

struct VendorFlags {
  std::string key;
  std::string url = "https://api.withallo.com";
  std::string ca_file;
  bool allow_private = false;
  bool allow_loopback = false;
};

void add_vendor_flags(CLI::App& command, VendorFlags& flags);

// What the flags mean. The key may be empty. Throws UsageError.
vendor::ClientOptions read_client_options(const VendorFlags& flags);
// The same where nothing can be done without a key.
vendor::ClientOptions require_client_options(const VendorFlags& flags);

}  // namespace callarchive::cli
