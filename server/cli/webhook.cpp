#include "server/access/signature.h"
#include "server/cli/commands.h"
#include "server/cli/output.h"
#include "server/cli/vendor_flags.h"
#include "server/ingest/topics.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

// The command webhook: the subscription at the vendor that makes it send webhooks here.

namespace callarchive::cli {
namespace {

using nlohmann::json;

constexpr const char* kPath = "/v2/api/webhooks";

struct Flags {
  VendorFlags vendor;
  std::string url;
  std::string id;
  std::string secret_file;
  std::vector<std::string> topics;
  std::string description = "callarchive";
  bool print_only = false;
};

std::vector<std::string> all_topics() {
  std::vector<std::string> names;
  for (const auto& topic : ingest::topics_of(ingest::Dialect::v2)) names.emplace_back(topic.name);
  return names;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The request as it would be sent, without the key.
int print_request(const Flags& flags, const std::string& method, const std::string& path, const json& body = {}) {
  Output out;
  out.line(method + ' ' + read_client_options(flags.vendor).url + path);
  out.line("Authorization: (the key of --vendor-key)");
  if (!body.is_null()) {
    out.line("Content-Type: application/json");
    out.line("");
    out.line(body.dump(2));
  }
  out.flush();
  return 0;
}

// One try: a second one could make a second webhook.
json send(vendor::Client& client, const std::string& method, const std::string& path, const json& body = {}) {
  const auto reply = client.once(method, path, body.is_null() ? "" : body.dump());
  if (reply.status < 200 || reply.status > 299) {
    throw std::runtime_error(method + ' ' + kPath + ": the vendor answers " + std::to_string(reply.status) +
                             (reply.code.empty() ? "" : ' ' + reply.code) +
                             (reply.status == 403 ? "; the key needs the scope WEBHOOKS_READ_WRITE" : ""));
  }
  const auto answer = json::parse(reply.body, nullptr, false);
  if (!answer.is_object()) return json::object();
  return answer.contains("data") ? answer["data"] : answer;
}

std::vector<json> list(vendor::Client& client) {
  std::vector<json> webhooks;
  for (const auto& webhook : send(client, "GET", kPath)) {
    if (webhook.is_object()) webhooks.push_back(webhook);
  }
  return webhooks;
}

// Appends it to the file that `serve --webhook-secret @FILE` reads, one in a line: while it is exchanged, both are
// valid. Nothing happens if it is there already.
void store_secret(const std::string& file, const std::string& secret) {
  parse_signing_secret(secret);  // throws unless it is one
  std::string known;
  {
    std::ifstream stream(file, std::ios::binary);
    known.assign(std::istreambuf_iterator<char>(stream), {});
  }
  std::istringstream lines(known);
  for (std::string line; std::getline(lines, line);) {
    if (line == secret) return;
  }
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool is_begun = !known.empty() && !known.ends_with('\n');  // the last line of an editor
  const std::string line = (is_begun ? "\n" : "") + secret + '\n';
  const bool is_written = descriptor >= 0 &&
                          ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                          ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_written) throw std::runtime_error("cannot write " + file + ": " + std::strerror(error));
}

// A place that can be written, before there is a secret that would be lost.
void check_secret_file(const std::string& file) {
  if (file.empty()) throw UsageError("--secret-file: expected the file that `serve --webhook-secret @FILE` reads");
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) throw UsageError("--secret-file: cannot write " + file + ": " + std::strerror(errno));
  ::close(descriptor);
}

int show_status(const Flags& flags) {
  if (flags.print_only) return print_request(flags, "GET", kPath);
  vendor::Client client(require_client_options(flags.vendor));
  Output out;
  for (const auto& webhook : list(client)) {
    std::string topics;
    for (const auto& topic : webhook.value("topics", json::array())) {
      if (topic.is_string()) topics += (topics.empty() ? "" : ",") + topic.get<std::string>();
    }
    const bool is_enabled = webhook.value("enabled", json()) != false;
    out.line(text_of(webhook, "id") + '\t' + (is_enabled ? "enabled" : "disabled") + '\t' + text_of(webhook, "url") +
             '\t' + topics);
  }
  out.flush();
  return 0;
}

int create(const Flags& flags) {
  if (!flags.url.starts_with("https://")) {
    throw UsageError("--url " + flags.url + ": the vendor sends to https:// with a public certificate alone");
  }
  const json body = {{"url", flags.url},
                     {"topics", flags.topics.empty() ? all_topics() : flags.topics},
                     {"description", flags.description}};
  if (flags.print_only) return print_request(flags, "POST", kPath, body);
  check_secret_file(flags.secret_file);
  vendor::Client client(require_client_options(flags.vendor));
  json webhook;
  for (const auto& known : list(client)) {
    // Its secret is in the answer for one webhook, and never in the list.
    if (text_of(known, "url") == flags.url) webhook = send(client, "GET", kPath + ('/' + text_of(known, "id")));
  }
  const bool is_new = webhook.is_null();
  if (is_new) webhook = send(client, "POST", kPath, body);
  const auto secret = text_of(webhook, "signing_secret");
  if (secret.empty()) throw std::runtime_error("the vendor's answer has no signing_secret; its settings show it");
  store_secret(flags.secret_file, secret);
  Output out;
  out.line(text_of(webhook, "id") + '\t' + (is_new ? "created" : "exists already") + '\t' + flags.url);
  out.flush();
  std::cerr << "The secret is in " << flags.secret_file << ". Start the service with --webhook-secret @"
            << flags.secret_file << ", or send SIGHUP to it if it does so already.\n";
  return 0;
}

int remove(const Flags& flags) {
  const bool is_plain =
      !flags.id.empty() && flags.id.find_first_not_of(
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (!is_plain) throw UsageError("expected the id of a webhook, as `callarchive webhook status` shows it");
  if (flags.print_only) return print_request(flags, "DELETE", kPath + ('/' + flags.id));
  vendor::Client client(require_client_options(flags.vendor));
  send(client, "DELETE", kPath + ('/' + flags.id));
  Output out;
  out.line(flags.id + "\tdeleted");
  out.flush();
  return 0;
}

}  // namespace

Run add_webhook(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("webhook", "See, make and delete the vendor's webhook that sends to this archive");
  command->require_subcommand(1);
  command->footer("Example: callarchive webhook status --vendor-key @/etc/callarchive/vendor-key");
  const auto add_common = [&](CLI::App& sub) {
    add_vendor_flags(sub, flags->vendor);
    sub.add_flag("--print-only", flags->print_only, "Print the request instead of sending it")->configurable(false);
  };

  auto* status = command->add_subcommand("status", "List the webhooks: id, whether it is enabled, address, topics");
  add_common(*status);
  status->footer("Example: callarchive webhook status --vendor-key @/etc/callarchive/vendor-key");

  auto* make = command->add_subcommand("create", "Make the webhook and store its signing secret");
  add_common(*make);
  make->add_option("--url", flags->url, "Where the vendor reaches this archive: https://HOST/webhooks/allo")
      ->required()
      ->configurable(false);
  make->add_option("--secret-file", flags->secret_file,
                   "The file that `serve --webhook-secret @FILE` reads; the secret is added to it")
      ->configurable(false);
  make->add_option("--topic", flags->topics, "Topics to be sent; default: all that the archive knows")
      ->configurable(false);
  make->add_option("--description", flags->description, "What the vendor's settings show")
      ->capture_default_str()
      ->configurable(false);
  make->footer(
      "Example: callarchive webhook create --vendor-key @/etc/callarchive/vendor-key \\\n"
      "           --url https://archive.example.org/webhooks/allo --secret-file /etc/callarchive/webhook-secret\n"
      "If there is a webhook with this address already, only its secret is stored.");

  auto* unmake = command->add_subcommand("delete", "Delete a webhook");
  add_common(*unmake);
  unmake->add_option("id", flags->id, "Its id, as `webhook status` shows it")->required()->configurable(false);
  unmake->footer("Example: callarchive webhook delete ep_abc123 --vendor-key @/etc/callarchive/vendor-key");

  return [=] {
    if (status->parsed()) return show_status(*flags);
    return make->parsed() ? create(*flags) : remove(*flags);
  };
}

}  // namespace callarchive::cli
