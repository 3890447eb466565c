#include "server/cli/ask.h"
#include "server/cli/commands.h"
#include "server/cli/interrupt.h"
#include "server/cli/options.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <system_error>

#include <unistd.h>

namespace callarchive::cli {
namespace {

struct Flags {
  AskFlags ask;
  std::string format = "ndjson";
  std::string output;
};

// A file that has its name only when it is whole. Throws std::runtime_error.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path) : path_(path), temporary_(path + ".XXXXXX") {
    descriptor_ = ::mkstemp(temporary_.data());
    if (descriptor_ < 0) fail("cannot write " + path_);
  }
  ~WholeFile() {
    ::close(descriptor_);
    if (!is_whole_) ::unlink(temporary_.c_str());
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  int descriptor() const { return descriptor_; }
  void keep() {
    if (::fsync(descriptor_) != 0) fail("cannot write " + path_);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot write " + path_);
    is_whole_ = true;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::generic_category().message(errno));
  }

  const std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  bool is_whole_ = false;
};

void copy_answer(Transport& transport, const Question& question, int descriptor, const Interruptible* interruptible) {
  Output output(descriptor);
  transport.get(question, [&](std::string_view piece) {
    output.write(piece);
    if (interruptible) interruptible->check();
  });
  output.flush();
}

int run_export(const Flags& flags, const std::string& thing) {
  const auto transport = flags.ask.connect();
  Question question = flags.ask.question("/v1/export/" + thing);
  question.parameters.emplace_back("format", flags.format);
  if (flags.output.empty() || flags.output == "-") {
    copy_answer(*transport, question, STDOUT_FILENO, nullptr);
    return 0;
  }
  const Interruptible interruptible;
  WholeFile file(flags.output);
  copy_answer(*transport, question, file.descriptor(), &interruptible);
  file.keep();
  return 0;
}

}  // namespace

Run add_export(CLI::App& app) {
  auto* command = app.add_subcommand("export", "Write all calls, messages, contacts or transcripts as a file");
  command->require_subcommand(1);
  const struct {
    const char* name;
    const char* about;
    const std::vector<Filter>& filters;
    std::vector<std::string> formats;
  } things[] = {
      {"calls", "Every call", kCallFilters, {"ndjson", "csv"}},
      {"messages", "Every message", kMessageFilters, {"ndjson", "csv"}},
      {"contacts", "The address book", kContactFilters, {"ndjson", "csv", "vcard"}},
      {"transcripts", "Every entry of every transcript, with its call", kCallFilters, {"ndjson", "csv"}},
  };
  auto runs = std::make_shared<std::map<std::string, Run>>();
  for (const auto& thing : things) {
    auto flags = std::make_shared<Flags>();
    auto* one = command->add_subcommand(thing.name, thing.about);
    one->add_option("--format,-f", flags->format, "Layout of the file")
        ->check(CLI::IsMember(thing.formats))
        ->capture_default_str();
    one->add_option("--output,-o", flags->output, "File to write, whole or not at all; without it, standard output")
        ->configurable(false);
    add_filters(*one, flags->ask, thing.filters);
    add_zone_flag(*one, flags->ask);
    add_source_flags(*one, flags->ask);
    one->footer("Example: callarchive export " + std::string(thing.name) + " --format csv -o " + thing.name +
                ".csv\n"
                "NDJSON begins with a manifest and ends with a line of counts and a digest; without it, it was cut.");
    (*runs)[thing.name] = [flags, name = std::string(thing.name)] { return run_export(*flags, name); };
  }
  command->footer("Example: callarchive export calls --since 2026-01-01 --format csv -o calls.csv");
  return [runs, command] { return runs->at(command->get_subcommands().front()->get_name())(); };
}

}  // namespace callarchive::cli
