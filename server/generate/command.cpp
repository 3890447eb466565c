#include "server/generate/command.h"

#include "server/cli/options.h"
#include "server/generate/generate.h"

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace callarchive::cli {

Run add_generate(CLI::App& app) {
  struct Flags {
    std::uint64_t count = 1000;
    std::uint64_t seed = 1;
    std::size_t people = 100'000;
    std::string dialects = "v1";
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("generate", "Write made-up webhook bodies, one a line, to try sizes and speeds");
  command->footer("Example: callarchive generate --count 10000 --dialects v1=1,v2=3 | callarchive import -");
  command->add_option("--count", flags->count, "Bodies to write")->capture_default_str();
  command->add_option("--seed", flags->seed, "The same seed writes the same bytes")->capture_default_str();
  command->add_option("--people", flags->people, "Numbers that call and are called")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command->add_option("--dialects", flags->dialects, "body, mobile, v1_camel, v1 and v2, with weights")
      ->capture_default_str();
  return [flags] {
    generate::GenerateOptions options{.people = flags->people};
    try {
      options.dialects = generate::parse_shares(flags->dialects);
    } catch (const std::invalid_argument& error) {
      throw UsageError(std::string("--dialects: ") + error.what());
    }
    std::ios::sync_with_stdio(false);
    generate::generate(flags->count, flags->seed, options, std::cout);
    return std::cout.flush() ? 0 : 1;
  };
}

}  // namespace callarchive::cli
