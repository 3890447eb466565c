#include "server/cli/recording_flags.h"

namespace callarchive::cli {

void add_recording_flags(CLI::App& command, RecordingFlags& flags) {
  add_vendor_flags(command, flags.vendor);
  add(command, "recording-host", flags.hosts,
      "Hosts besides *.withallo.com from which recordings are fetched, such as storage.example.com, *.example.com or "
      "10.1.2.3:9000");
  add(command, "recordings-at-once", flags.at_once, "Number of recordings fetched at the same time")
      ->check(CLI::Range(1, 32));
  add(command, "max-recording", flags.max_bytes, "Largest recording, in bytes")
      ->check(CLI::Range(std::int64_t{1024}, std::int64_t{1} << 40));
  add(command, "media-reserve", flags.media_reserve, "Bytes of the disk that recordings leave free for deliveries")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50));
}

recordings::FetcherOptions read_fetcher_options(const RecordingFlags& flags) {
  const auto client = read_client_options(flags.vendor);
  recordings::FetcherOptions options;
  options.at_once = flags.at_once;
  auto& download = options.download;
  download.vendor_key = client.key;
  download.vendor_url = client.url;
  download.limiter = client.limiter;
  auto& rules = download.transfer;
  rules = client.transfer;
  rules.hosts = {"*.withallo.com", vendor::host_of(client.url)};
  for (const auto& host : flags.hosts) {
    if (!vendor::is_host_rule(host)) {
      throw UsageError("--recording-host " + host +
                       ": expected a host, such as storage.example.com, *.example.com or 10.1.2.3:9000");
    }
    rules.hosts.push_back(host);
  }
  rules.max_bytes = flags.max_bytes;
  return options;
}

}  // namespace callarchive::cli
