#include "server/serve.h"

#include "server/cli/changed_options.h"
#include "server/cli/commands.h"
#include "server/cli/output.h"
#include "server/cli/serve_flags.h"

#include <iostream>
#include <memory>

namespace callarchive::cli {

Run add_serve(CLI::App& app) {
  auto flags = std::make_shared<ServeFlags>();
  auto* command = app.add_subcommand("serve", "Receive webhooks and answer queries over HTTP");
  command->footer(
      "Example: callarchive serve --db callarchive.db --webhook-secret @/etc/callarchive/secret\n"
      "Point the vendor at https://<your host>/webhooks/allo; query it at /v1/calls. @FILE reads a value from a file.");
  add_serve_flags(*command, *flags);
  return [flags, command] {
    if (flags->print_config) {
      Output output;
      output.write(print_config(*command));
      output.flush();
      return 0;
    }
    if (flags->check_config) {
      read_settings(*flags);
      check_archive_path(flags->archive.db);
      std::cerr << "the configuration is valid\n";
      return 0;
    }
    return serve([flags] { return read_settings(*flags); }, watch_options(print_config(*command)));
  };
}

}  // namespace callarchive::cli
