#include "server/ingest/import.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/progress.h"
#include "server/clock.h"
#include "server/ingest/decode.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

namespace callarchive::cli {
namespace {

struct Counts {
  std::int64_t stored = 0, duplicate = 0, noted = 0, quarantined = 0;
  std::int64_t all() const { return stored + duplicate + noted + quarantined; }
};

void count(Counts& counts, Receipt::Status status) {
  switch (status) {
    case Receipt::Status::stored: ++counts.stored; break;
    case Receipt::Status::duplicate: ++counts.duplicate; break;
    case Receipt::Status::noted: ++counts.noted; break;
    case Receipt::Status::quarantined: ++counts.quarantined; break;
  }
}

std::string summary(const Counts& counts) {
  return std::to_string(counts.all()) + " read: " + std::to_string(counts.stored) + " stored, " +
         std::to_string(counts.duplicate) + " known already, " + std::to_string(counts.noted) + " noted, " +
         std::to_string(counts.quarantined) + " quarantined";
}

// Collects envelopes and stores them some hundred at a time.
class Importer {
 public:
  Importer(Archive& archive, Progress& progress) : archive_(archive), progress_(progress) {}

  void read(const std::string& name, std::istream& input) {
    try {
      read(input);
    } catch (const Unreadable& error) {
      throw std::runtime_error("cannot read " + name + ": " + error.what());
    }
  }
  const Counts& counts() const { return counts_; }

 private:
  static constexpr std::size_t kBatch = 512;
  static constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

  void read(std::istream& input) {
    for_each_envelope(input, [&](std::string body, std::size_t) {
      Delivery delivery{.body = std::move(body), .received_at = now(), .origin = Origin::import};
      Event event = decode(delivery);
      waiting_bytes_ += delivery.body.size();
      waiting_.emplace_back(std::move(delivery), std::move(event));
      if (waiting_.size() >= kBatch || waiting_bytes_ >= kBatchBytes) store();
    });
    store();
  }

  void store() {
    for (const auto& receipt : archive_.store_all(std::exchange(waiting_, {}))) count(counts_, receipt.status);
    waiting_bytes_ = 0;
    progress_.update(counts_.all());
  }

  Archive& archive_;
  Progress& progress_;
  std::vector<std::pair<Delivery, Event>> waiting_;
  std::size_t waiting_bytes_ = 0;
  Counts counts_;
};

}  // namespace

Run add_import(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    std::vector<std::string> files;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("import", "Read deliveries from files, as if they had been sent");
  command->footer(
      "Example: callarchive import --db callarchive.db saved-webhooks.ndjson\n"
      "The files hold webhook bodies: one JSON object a line, or an array of them, or one after the other.\n"
      "What came already is not stored twice: by its webhook id always, else the same bytes within\n"
      "--redelivery-window. So an import that was stopped can be run again.");
  add_archive_flags(*command, flags->archive);
  command->add_option("files", flags->files, "Files to read; - is standard input")->required();
  return [flags] {
    Archive archive(flags->archive.options(), decode);
    Progress progress("importing", 0);
    Importer importer(archive, progress);
    for (const auto& name : flags->files) {
      if (name == "-") {
        importer.read("standard input", std::cin);
        continue;
      }
      std::ifstream file(name, std::ios::binary);
      if (!file) throw UsageError("cannot read " + name);
      importer.read(name, file);
    }
    archive.close();
    progress.finish(summary(importer.counts()));
    return 0;
  };
}

}  // namespace callarchive::cli
