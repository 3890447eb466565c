#include "server/cli/recording_flags.h"

#include <fstream>

namespace callarchive::cli {
namespace {

// A key goes into a header: it is one line of visible characters.
void check_key(const std::string& key) {
  const bool is_plain = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!is_plain) throw UsageError("--vendor-key: expected visible ASCII characters, without spaces");
}

}  // namespace

void add_recording_flags(CLI::App& command, RecordingFlags& flags) {
  add(command, "vendor-key", flags.vendor_key,
      "Key of the vendor's API, preferably as @FILE; with it, a fresh link is requested for each try");
  add(command, "vendor-url", flags.vendor_url, "Address of the vendor's API; the key is sent there and nowhere else");
  add(command, "recording-host", flags.hosts,
      "Hosts besides *.withallo.com from which recordings are fetched, such as storage.example.com, *.example.com or "
      "10.1.2.3:9000");
  add(command, "recording-ca", flags.ca_file, "PEM file of certificate authorities to trust instead of the system's");
  add(command, "allow-private-addresses", flags.allow_private,
      "true: such a host may have an address in a private network");
  add(command, "allow-loopback-addresses", flags.allow_loopback, "true: such a host may be this machine");
  add(command, "recordings-at-once", flags.at_once, "Number of recordings fetched at the same time")
      ->check(CLI::Range(1, 32));
  add(command, "max-recording", flags.max_bytes, "Largest recording, in bytes")
      ->check(CLI::Range(std::int64_t{1024}, std::int64_t{1} << 40));
  add(command, "media-reserve", flags.media_reserve, "Bytes of the disk that recordings leave free for deliveries")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50));
}

recordings::FetcherOptions read_fetcher_options(const RecordingFlags& flags) {
  recordings::FetcherOptions options;
  options.at_once = flags.at_once;
  auto& download = options.download;
  download.vendor_key = value_or_file("--vendor-key", flags.vendor_key);
  check_key(download.vendor_key);
  download.vendor_url = flags.vendor_url;
  while (download.vendor_url.ends_with('/')) download.vendor_url.pop_back();
  const std::string vendor = recordings::host_of(download.vendor_url);
  if (vendor.empty())
    throw UsageError("--vendor-url " + flags.vendor_url + ": expected an address that begins with https://");
  auto& rules = download.transfer;
  rules.hosts = {"*.withallo.com", vendor};
  for (const auto& host : flags.hosts) {
    if (!recordings::is_host_rule(host)) {
      throw UsageError("--recording-host " + host +
                       ": expected a host, such as storage.example.com, *.example.com or 10.1.2.3:9000");
    }
    rules.hosts.push_back(host);
  }
  if (!flags.ca_file.empty() && !std::ifstream(flags.ca_file)) {
    throw UsageError("--recording-ca: cannot read " + flags.ca_file);
  }
  rules.ca_file = flags.ca_file;
  rules.allow_private = flags.allow_private;
  rules.allow_loopback = flags.allow_loopback;
  rules.max_bytes = flags.max_bytes;
  return options;
}

}  // namespace callarchive::cli
