#include "server/access/tokens.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/output.h"
#include "server/clock.h"
#include "server/text/time_text.h"
#include "storage/sqlite/open_regular.h"

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

// The command token: makes API tokens and lists them.

namespace callarchive::cli {
namespace {

struct Flags {
  std::string file;
  std::string name;
  std::string scope = "read";
};

// The tokens file, locked against another `token new` while this object lives.
class TokensFile {
 public:
  explicit TokensFile(const std::string& path) : path_(path) {
    descriptor_ = storage::open_regular(path, O_RDWR | O_APPEND | O_CREAT);
    if (descriptor_ < 0) fail();
    if (::flock(descriptor_, LOCK_EX) != 0) fail();
  }
  ~TokensFile() { ::close(descriptor_); }
  TokensFile(const TokensFile&) = delete;
  TokensFile& operator=(const TokensFile&) = delete;

  // Adds a line break first if the last line has none. Appends in one write, so that a reader sees all of it or
  // nothing.
  void append(const std::string& line) {
    const auto size = ::lseek(descriptor_, 0, SEEK_END);
    char last = '\n';
    if (size > 0 && ::pread(descriptor_, &last, 1, size - 1) != 1) fail();
    const std::string text = (last == '\n' ? "" : "\n") + line + "\n";
    const auto written = ::write(descriptor_, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(descriptor_) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    const char* hint = errno == ELOOP ? " (name the file itself, not a link to it)" : "";
    throw std::runtime_error("cannot write " + path_ + ": " + std::generic_category().message(errno) + hint);
  }

  const std::string path_;
  int descriptor_ = -1;
};

NewToken make(const Flags& flags) {
  try {
    return make_token(flags.name, flags.scope, format_instant(now()));
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

// Without a file: prints the secret, then the line to put into one.
int print_new(const Flags& flags) {
  const NewToken made = make(flags);
  Output output;
  output.line(made.secret);
  output.line(made.line);
  output.flush();
  std::cerr << "The first line is the token, which is shown only once. Add the second line to the file of `serve "
               "--tokens-file`.\n";
  return 0;
}

int make_new(const Flags& flags) {
  if (flags.file.empty()) return print_new(flags);
  TokensFile file(flags.file);
  const auto tokens = read_tokens(flags.file);
  const auto has_name = [&](const Token& token) { return token.name == flags.name; };
  if (std::any_of(tokens.begin(), tokens.end(), has_name)) {
    throw UsageError("--name " + flags.name + ": a token of that name exists; remove its line from " + flags.file +
                     " first");
  }
  const NewToken made = make(flags);
  file.append(made.line);
  try {
    Output output;
    output.line(made.secret);
    output.flush();
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string(error.what()) + "; the token is lost: remove the line of " + flags.name +
                             " from " + flags.file);
  }
  std::cerr << "The token is shown only once. Send SIGHUP to the running service to load it.\n";
  return 0;
}

int list(const Flags& flags) {
  if (flags.file.empty()) throw UsageError("--tokens-file: expected the file that `serve` reads its tokens from");
  Output output;
  for (const auto& token : read_tokens(flags.file)) {
    output.line(token.name + '\t' + token.scope + '\t' + token.created);
  }
  output.flush();
  return 0;
}

}  // namespace

Run add_token(CLI::App& app) {
  auto* command = app.add_subcommand("token", "Make and list API tokens");
  command->require_subcommand(1);
  command->footer("Example: callarchive token new --name grafana --scope read --tokens-file /etc/callarchive/tokens");
  auto flags = std::make_shared<Flags>();
  auto* make = command->add_subcommand("new", "Make a token, add it to the file, and show it once");
  add(*make, "tokens-file", flags->file, "The file that `serve` reads tokens from; only their SHA-256 is stored");
  make->add_option("--name", flags->name, "Whose token it is: letters, digits, . _ -")->required()->configurable(false);
  make->add_option("--scope", flags->scope,
                   "read; admin, which includes read and also shows deliveries; ingest, which may only submit webhooks")
      ->check(CLI::IsMember({"read", "admin", "ingest"}))
      ->capture_default_str();
  make->footer(
      "Example: callarchive token new --name grafana --scope read --tokens-file /etc/callarchive/tokens\n"
      "The token is the only line on standard output; without --tokens-file, the line for the file follows.\n"
      "To revoke a token, remove its line and send SIGHUP to the service.");
  auto* show = command->add_subcommand("list", "List the tokens: name, scope, and when each was made");
  add(*show, "tokens-file", flags->file, "The file that `serve` reads tokens from");
  show->footer("Example: callarchive token list --tokens-file /etc/callarchive/tokens");
  return [flags, make] { return make->parsed() ? make_new(*flags) : list(*flags); };
}

}  // namespace callarchive::cli
