#include "server/generate/command.h"

#include "server/cli/options.h"
#include "server/generate/generate.h"

#include <cerrno>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

namespace callarchive::cli {

Run add_generate(CLI::App& app) {
  struct Flags {
    std::uint64_t count = 1000;
    std::uint64_t seed = 1;
    std::size_t people = 100'000;
    std::string dialects = "v1";
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("generate", "Print invented webhook bodies, one per line, to test size and speed");
  command->footer("Example: callarchive generate --count 10000 --dialects v1=1,v2=3 | callarchive import -");
  command->add_option("--count", flags->count, "Number of bodies")->capture_default_str();
  command->add_option("--seed", flags->seed, "The same seed gives the same output")->capture_default_str();
  command->add_option("--people", flags->people, "Number of people who call and are called")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command
      ->add_option("--dialects", flags->dialects,
                   "Dialects and their weights, out of body, mobile, v1_camel, v1 and v2")
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
    if (!std::cout.flush()) {
      throw std::runtime_error("cannot write the output: " + std::generic_category().message(errno));
    }
    return 0;
  };
}

}  // namespace callarchive::cli
