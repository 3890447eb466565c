#include "server/cli/ask.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"
#include "server/cli/whole_file.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

// The command follow: every change of a call, message or contact as a line of JSON, from a position on, for as long as
// one wants.

namespace callarchive::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kWait = "25";                             // seconds that the server may hold the answer back
constexpr auto kBetweenLooks = std::chrono::milliseconds(500);  // at a file, which tells nobody of its changes

struct Flags {
  AskFlags ask;
  std::string after;
  std::string position_file;
  bool once = false;
};

// Where the follower is. With a file, that outlives the process.
class Position {
 public:
  Position(std::string begin, std::string file) : file_(std::move(file)), text_(std::move(begin)) {
    if (file_.empty()) return;
    std::ifstream in(file_);
    std::string kept;
    if (std::getline(in, kept) && !kept.empty()) text_ = kept;
  }

  const std::string& text() const { return text_; }

  // Everything before it has been written out.
  void move_to(const std::string& text) {
    if (text == text_) return;
    text_ = text;
    if (!file_.empty()) replace_file(file_, text_ + '\n');
  }

 private:
  const std::string file_;
  std::string text_;
};

ApiRequest request_after(const Flags& flags, const std::string& position) {
  ApiRequest request = flags.ask.request("/v1/changes");
  if (!position.empty()) request.parameters.emplace_back("after", position);
  if (!flags.once && !flags.ask.server.empty()) request.parameters.emplace_back("wait", kWait);
  request.parameters.emplace_back("limit", "500");
  return request;
}

int run_follow(const Flags& flags) {
  Position position(flags.after, flags.position_file);
  const auto transport = flags.ask.connect();
  const Interruptible interruptible;
  Output output;
  for (;;) {
    const Json answer = ask(*transport, request_after(flags, position.text()));
    for (const Json& change : answer.at("data")) output.json_data(change.dump() + '\n');
    output.flush();
    position.move_to(answer.at("page").at("next_after").get<std::string>());
    interruptible.check();
    if (answer.at("page").at("has_more").get<bool>()) continue;
    if (flags.once) return 0;
    if (flags.ask.server.empty()) std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace

Run add_follow(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("follow", "Print every change of a call, message or contact as a line of JSON");
  command
      ->add_option(
          "--after", flags->after,
          "Begin behind this position: next_after of an earlier answer, or `now`. Default: the beginning, which "
          "gives everything that the archive holds")
      ->configurable(false);
  command
      ->add_option("--position-file", flags->position_file,
                   "Keep the position in this file, and go on from there at the next start. A line that was printed "
                   "before the position was written is printed again: at least once, never skipped")
      ->configurable(false);
  command->add_flag("--once", flags->once, "End when there is nothing more, instead of waiting")->configurable(false);
  add_source_flags(*command, flags->ask);
  command->footer(
      "Example: callarchive follow --server http://127.0.0.1:8080 --position-file follow.position\n"
      "A line is {\"seq\", \"op\": \"put\" or \"erase\", \"kind\", \"id\", \"delivery\", \"item\"}: the item as it is "
      "now, with its\n"
      "transcript. Whoever puts and erases by kind and id has a copy of the archive. If the archive was restored or "
      "rebuilt\n"
      "in the meantime, the command ends with 1 and says so: then begin again without a position.");
  return [flags] { return run_follow(*flags); };
}

}  // namespace callarchive::cli
