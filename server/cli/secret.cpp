#include "server/access/random_bytes.h"
#include "server/cli/commands.h"
#include "server/cli/output.h"
#include "server/text/base64.h"

#include <memory>

// The command secret: makes the credentials of webhooks.

namespace callarchive::cli {
namespace {

constexpr std::size_t kRandomBytes = 32;  // Standard Webhooks recommends 24 to 64

}  // namespace

Run add_secret(CLI::App& app) {
  auto* command = app.add_subcommand("secret", "Make credentials for senders of webhooks");
  command->require_subcommand(1);
  auto* make = command->add_subcommand("new", "Print a new signing secret, or a token for senders that do not sign");
  auto is_token = std::make_shared<bool>(false);
  make->add_flag("--token", *is_token, "Print a token for --webhook-token instead of a secret for --webhook-secret");
  make->footer(
      "Example: callarchive secret new > /etc/callarchive/secret\n"
      "Give the printed line to the sender as well. The vendor makes the secret of a v2 webhook itself.");
  return [is_token] {
    const std::string random = random_bytes(kRandomBytes);
    Output output;
    output.line(*is_token ? base64url(random) : "whsec_" + base64(random));
    output.flush();
    return 0;
  };
}

}  // namespace callarchive::cli
