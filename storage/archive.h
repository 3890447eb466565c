#pragma once

#include "storage/backfill.h"
#include "storage/errors.h"
#include "storage/event.h"
#include "storage/reader.h"
#include "storage/recordings.h"
#include "storage/recordings/media_store.h"
#include "storage/records.h"
#include "storage/writer_metrics.h"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

// The front door of the archive: one SQLite file, one writer thread, a pool of read-only connections.

namespace callarchive {

// What became of a delivery.
struct Receipt {
  enum class Status { stored, duplicate, noted, quarantined };
  Status status = Status::stored;
  std::int64_t delivery = 0;  // its number in the ledger; of the first one, for a duplicate
  optional<string> reason = {};
};

struct ArchiveOptions {
  string path = {};
  string default_region = {};  // ISO 3166-1 alpha-2 for numbers without a country code; empty: none
  std::chrono::milliseconds redelivery_window = std::chrono::hours(48);
  // Within the window a contact's state that comes again after another one is a change back, if so much lies between.
  std::chrono::milliseconds redelivery_grace = std::chrono::minutes(10);
  std::size_t queue_limit = 4096;  // deliveries waiting for the writer
  std::size_t batch_limit = 512;   // deliveries in one commit
  std::size_t readers = 8;         // read-only connections
  std::chrono::milliseconds query_timeout = std::chrono::seconds(1);
  std::int64_t media_reserve = 0;  // bytes of the disk that recordings leave free
  // Told what the archive does by itself, in sentences for the log; on the writer's thread.
  std::function<void(const string&)> report = {};
  // Called after each commit, with the number of commits so far; on the writer's thread, which it must not keep. Must
  // not throw.
  std::function<void(std::uint64_t commits)> on_commit = {};
  bool read_only = false;  // only ask: no writer, no lock, no migration; also while another process writes
  // Called while the tables of an archive that an older program wrote are made again, with the deliveries done and all
  // of them. May throw to stop; then the file is as it was.
  std::function<void(std::int64_t done, std::int64_t total)> report_upgrade = {};
};

// Reads the kept body of a ledger row again: fills in what the envelope tells (dialect, topic, event_time) and
// returns what it says. Must depend on body and webhook_id alone; of a delivery with origin backfill, whose body has no
// envelope, on dialect and topic as well. Called on the writer thread and during rebuild; must not throw.
using Decoder = std::function<Event(Delivery&)>;

// Safe to use from any number of threads.
class Archive {
 public:
  // Opens or creates the file, migrates it, makes its tables again where an older program read deliveries otherwise,
  // and starts the writer; read_only opens what is there as it is. Throws CannotOpen.
  Archive(ArchiveOptions options, Decoder decode);
  ~Archive();  // finishes what is queued, checkpoints, closes

  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  // Puts the delivery into the ledger together with what it says and returns when both are on disk.
  // `event` is what the decoder says of the delivery. Throws NotDurable; then nothing was kept.
  Receipt store(Delivery delivery, Event event);

  // The same for many, in this order, sharing commits: for imports. Throws at the first that could not be made
  // durable; those before it are stored, and it does no harm to store them again.
  vector<Receipt> store_all(vector<std::pair<Delivery, Event>> told);

  // Writes what became of recordings, and returns when it is on disk: how many rows changed. Throws NotDurable.
  std::int64_t change_recordings(RecordingChange change);

  // Writes what was learned of the vendor's side, and returns when it is on disk: the id of a run. Throws NotDurable.
  std::int64_t change_backfill(BackfillChange change);

  // The files of the recordings.
  MediaStore& media();

  // A read-only connection for the time of one query. Blocks while all are lent; throws QueryTimeout
  // when none comes back within the timeout. `timeout` bounds all that is asked of the reader.
  Reader reader(optional<std::chrono::milliseconds> timeout = {});

  // Commits so far, since the archive was opened for writing (0 if it was not): while it is the same, nothing has
  // changed. Cheap.
  std::uint64_t commit_count() const;

  // Throws NotDurable unless a write to the file can be committed now.
  void check_writable();

  // Whether the search index is being folded again, as after an upgrade of the program or of ICU: between deliveries,
  // while the archive is open for writing. Cheap.
  bool is_folding() const;

  // What the writer has done since the archive was opened. Cheap.
  WriterMetrics metrics() const;

  // Refuses further deliveries, finishes those that wait, checkpoints. Idempotent.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace callarchive
