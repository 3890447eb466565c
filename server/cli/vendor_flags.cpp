#include "server/cli/vendor_flags.h"

#include <algorithm>
#include <fstream>

namespace callarchive::cli {
namespace {

// A key goes into a header: it is one line of visible characters.
void check_key(const std::string& key) {
  const bool is_plain = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!is_plain) throw UsageError("--vendor-key: expected visible ASCII characters, without spaces");
}

}  // namespace

void add_vendor_flags(CLI::App& command, VendorFlags& flags) {
  add(command, "vendor-key", flags.key, "Key of the vendor's API, preferably as @FILE");
  add(command, "vendor-url", flags.url, "Address of the vendor's API; the key is sent there and nowhere else");
  add(command, "recording-ca", flags.ca_file, "PEM file of certificate authorities to trust instead of the system's");
  add(command, "allow-private-addresses", flags.allow_private,
      "true: the vendor, or a host of recordings, may have an address in a private network");
  add(command, "allow-loopback-addresses", flags.allow_loopback, "true: such a host may be this machine");
}

vendor::ClientOptions read_client_options(const VendorFlags& flags) {
  vendor::ClientOptions options;
  options.key = value_or_file("--vendor-key", flags.key);
  check_key(options.key);
  options.url = flags.url;
  while (options.url.ends_with('/')) options.url.pop_back();
  if (vendor::host_of(options.url).empty()) {
    throw UsageError("--vendor-url " + flags.url + ": expected an address that begins with https://");
  }
  if (!flags.ca_file.empty() && !std::ifstream(flags.ca_file)) {
    throw UsageError("--recording-ca: cannot read " + flags.ca_file);
  }
  options.transfer.ca_file = flags.ca_file;
  options.transfer.allow_private = flags.allow_private;
  options.transfer.allow_loopback = flags.allow_loopback;
  return options;
}

vendor::ClientOptions require_client_options(const VendorFlags& flags) {
  auto options = read_client_options(flags);
  if (options.key.empty()) throw UsageError("--vendor-key: this needs a key of the vendor's API, best as @FILE");
  return options;
}

}  // namespace callarchive::cli
