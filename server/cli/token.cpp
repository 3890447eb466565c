#include "server/access/tokens.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
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

// The tokens file, locked against another `token new` until the end.
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

  // A line break first where the last line has none. Appended in one write, so that a reader sees all of it or nothing.
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

// Without a file: the secret, then the line that somebody has to put into one.
int print_new(const Flags& flags) {
  const NewToken made = make(flags);
  std::cout << made.secret << '\n' << made.line << std::endl;
  std::cerr << "The first line is the token, shown once. Put the second line into the file of `serve --tokens-file`.\n";
  return std::cout ? 0 : 1;
}

int make_new(const Flags& flags) {
  if (flags.file.empty()) return print_new(flags);
  TokensFile file(flags.file);
  const auto tokens = read_tokens(flags.file);
  const auto has_name = [&](const Token& token) { return token.name == flags.name; };
  if (std::any_of(tokens.begin(), tokens.end(), has_name)) {
    throw UsageError("--name " + flags.name + ": there is a token of that name; remove its line from " + flags.file +
                     " first");
  }
  const NewToken made = make(flags);
  file.append(made.line);
  std::cout << made.secret << std::endl;
  if (!std::cout)
    throw std::runtime_error("cannot write the token; remove the line of " + flags.name + " from " + flags.file);
  std::cerr << "This is shown once. A running service knows the token after SIGHUP.\n";
  return 0;
}

int list(const Flags& flags) {
  if (flags.file.empty()) throw UsageError("--tokens-file: expected the file that `serve` reads its tokens from");
  for (const auto& token : read_tokens(flags.file)) {
    std::cout << token.name << '\t' << token.scope << '\t' << token.created << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace

Run add_token(CLI::App& app) {
  auto* command = app.add_subcommand("token", "Make and list the tokens of the API");
  command->require_subcommand(1);
  command->footer("Example: callarchive token new --name grafana --scope read --tokens-file /etc/callarchive/tokens");
  auto flags = std::make_shared<Flags>();
  auto* make = command->add_subcommand("new", "Make a token, add it to the file, and show it once");
  add(*make, "tokens-file", flags->file, "Where `serve` reads tokens from; only their SHA-256 is kept");
  make->add_option("--name", flags->name, "Whose token it is: letters, digits, . _ -")->required()->configurable(false);
  make->add_option("--scope", flags->scope,
                   "read; admin, which may see deliveries as well; ingest, which may only deliver")
      ->check(CLI::IsMember({"read", "admin", "ingest"}))
      ->capture_default_str();
  make->footer(
      "Example: callarchive token new --name grafana --scope read --tokens-file /etc/callarchive/tokens\n"
      "The secret goes to standard output, alone; without --tokens-file followed by the line for the file. To revoke a "
      "token remove its line and send SIGHUP.");
  auto* show = command->add_subcommand("list", "List names, scopes and when they were made");
  add(*show, "tokens-file", flags->file, "The file that `serve` reads tokens from");
  show->footer("Example: callarchive token list --tokens-file /etc/callarchive/tokens");
  return [flags, make] { return make->parsed() ? make_new(*flags) : list(*flags); };
}

}  // namespace callarchive::cli
