#include "server/ingest/import.h"
#include "server/cli/commands.h"
#include "server/cli/options.h"
#include "server/cli/progress.h"
#include "server/clock.h"
#include "server/ingest/decode.h"
#include "server/ingest/file_kind.h"

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
         std::to_string(counts.duplicate) + " already known, " + std::to_string(counts.noted) + " noted, " +
         std::to_string(counts.quarantined) + " quarantined";
}

// Collects envelopes and stores some hundred of them at a time. Unless `keep_going`, nothing of a file is stored before
// its first envelope, so that a wrong file leaves no trace.
class Importer {
 public:
  Importer(Archive& archive, Progress& progress, bool keep_going)
      : archive_(archive), progress_(progress), keep_going_(keep_going) {}

  void read(const std::string& name, std::istream& input) {
    try {
      read(input);
    } catch (const Unreadable& error) {
      throw std::runtime_error("cannot import " + name + ": " + error.what());
    }
  }
  const Counts& counts() const { return counts_; }

 private:
  static constexpr std::size_t kBatch = 512;
  static constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

  void read(std::istream& input) {
    bool has_begun = keep_going_;
    const auto add = [&](std::string body, std::size_t line) {
      Delivery delivery{.body = std::move(body), .received_at = now(), .origin = Origin::import};
      Opened opened = open_and_decode(delivery);
      if (!has_begun && opened.opening != Opening::envelope) refuse(delivery.body, line, opened.detail);
      has_begun = true;
      waiting_bytes_ += delivery.body.size();
      waiting_.emplace_back(std::move(delivery), std::move(opened.event));
      if (waiting_.size() >= kBatch || waiting_bytes_ >= kBatchBytes) store();
    };
    for_each_envelope(input, add, keep_going_ ? Beginning::any : Beginning::of_json);
    store();
  }

  [[noreturn]] static void refuse(const std::string& body, std::size_t line, const std::string& detail) {
    const auto other = ingest::describe_foreign_json(body);
    throw Unreadable("line " + std::to_string(line) +
                     " is not a webhook body: " + (other ? "it looks like " + *other : detail) + "; " +
                     std::string(ingest::kImportExpectation) + ". With --keep-going it is stored in quarantine");
  }

  void store() {
    for (const auto& receipt : archive_.store_all(std::exchange(waiting_, {}))) count(counts_, receipt.status);
    waiting_bytes_ = 0;
    progress_.update(counts_.all());
  }

  Archive& archive_;
  Progress& progress_;
  const bool keep_going_;
  std::vector<std::pair<Delivery, Event>> waiting_;
  std::size_t waiting_bytes_ = 0;
  Counts counts_;
};

}  // namespace

Run add_import(CLI::App& app) {
  struct Flags {
    ArchiveFlags archive;
    bool keep_going = false;
    std::vector<std::string> files;
  };
  auto flags = std::make_shared<Flags>();
  auto* command = app.add_subcommand("import", "Read webhook bodies from files, as if they had been submitted");
  command->footer(
      "Example: callarchive import --db callarchive.db saved-webhooks.ndjson\n"
      "The files contain webhook bodies: one JSON object per line, an array of them, or one after the other.\n"
      "A body that has been stored already is not stored twice: it is recognized by its webhook id if it has one,\n"
      "otherwise by the same bytes within --redelivery-window. An import that was interrupted can be run again.\n"
      "A file that does not begin with a webhook is refused, and nothing of it is stored.");
  add_archive_flags(*command, flags->archive);
  command
      ->add_flag("--keep-going", flags->keep_going,
                 "Also read files that begin with something else; what is not a webhook is stored in quarantine")
      ->configurable(false);
  command->add_option("files", flags->files, "Files to read; - is standard input")->required();
  return [flags] {
    Archive archive(flags->archive.options(), decode);
    const FoundArchive& found = archive.found();
    if (found.is_new) std::cerr << "a new archive is made: " << flags->archive.db << '\n';
    if (!found.difference.empty()) std::cerr << "callarchive: " << found.difference << '\n';
    Progress progress("importing", 0);
    Importer importer(archive, progress, flags->keep_going);
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
