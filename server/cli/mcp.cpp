#include "server/cli/ask.h"
#include "server/cli/commands.h"
#include "server/cli/output.h"
#include "server/mcp/protocol.h"
#include "server/text/harmless.h"

#include <iostream>
#include <memory>
#include <string>

// The command mcp: the Model Context Protocol over standard input and output, for programs that start it themselves.
// One message a line; nothing but messages is printed.

namespace callarchive::cli {
namespace {

constexpr std::size_t kLongestMessage = 1 << 20;  // bytes; a longer line is no query

mcp::Reply reply_of(const http::Response& response) {
  auto body = mcp::Json::parse(response.body, nullptr, false);
  if (body.is_object()) return {response.status, std::move(body)};
  return {response.status == 200 ? 502 : response.status,
          {{"detail", "the server answered with something else than JSON"}}};
}

// A server that cannot be reached now may be reachable later, so the model is told and the program goes on.
mcp::Api api_of(Transport& transport, const std::string& server) {
  const auto get = [&transport](const std::string& target) {
    try {
      return reply_of(transport.send(target));
    } catch (const std::exception& error) {
      std::cerr << "callarchive: " << harmless_lines(error.what()) << std::endl;
      return mcp::Reply{503, {{"detail", "the archive cannot be reached"}}};
    }
  };
  return {get, server.empty() ? "callarchive:" : server};
}

int answer_messages(const AskFlags& flags) {
  const auto transport = flags.connect();
  const mcp::Protocol protocol(mcp::Tools(), CALLARCHIVE_VERSION);
  const auto api = api_of(*transport, flags.server);
  Output output;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (line.size() > kLongestMessage) line = "{}";  // refused as no message
    const auto outgoing = protocol.answer(line, nullptr, api);
    if (outgoing.body.empty()) continue;
    output.json_line(outgoing.body);
    output.flush();
  }
  return 0;
}

}  // namespace

Run add_mcp(CLI::App& app) {
  auto* command = app.add_subcommand("mcp", "Answer an assistant over standard input and output");
  command->footer(
      "For programs that speak the Model Context Protocol and start this one, such as Claude Desktop: one message a "
      "line, until the end of the input.\nA running server answers the same at POST /mcp. docs/assistants.md says how "
      "to "
      "connect.");
  const auto flags = std::make_shared<AskFlags>();
  add_source_flags(*command, *flags);
  return [flags] { return answer_messages(*flags); };
}

}  // namespace callarchive::cli
