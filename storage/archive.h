#pragma once

#include "storage/backfill.h"
#include "storage/errors.h"
#include "storage/event.h"
#include "storage/reader.h"
#include "storage/recordings.h"
#include "storage/recordings/media_store.h"
#include "storage/records.h"
#include "storage/sqlite/state_file.h"
#include "storage/writer_metrics.h"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

// The archive: one SQLite file, one writer thread, a pool of read-only connections.

namespace callarchive {

enum class Severity { info, warning, error };

// What became of a delivery.
struct Receipt {
  enum class Status { stored, duplicate, noted, quarantined };
  Status status = Status::stored;
  std::int64_t delivery = 0;  // its number in the ledger; for a duplicate, that of the first one
  optional<string> reason = {};
};

struct ArchiveOptions {
  string path = {};
  string default_region = {};  // ISO 3166-1 alpha-2 for numbers without a country code; empty: none
  std::chrono::milliseconds redelivery_window = std::chrono::hours(48);
  // If a contact's state arrives again after another one within the window, it is a change back once this has passed.
  std::chrono::milliseconds redelivery_grace = std::chrono::minutes(10);
  std::size_t queue_limit = 4096;  // deliveries waiting for the writer
  std::size_t batch_limit = 512;   // deliveries in one commit
  std::size_t readers = 8;         // read-only connections
  std::chrono::milliseconds query_timeout = std::chrono::seconds(1);
  std::int64_t media_reserve = 0;  // bytes of the disk that recordings leave free
  // Told what the archive does by itself, in sentences for the log: also when writing begins to fail, and when it works
  // again. On the writer's thread.
  std::function<void(Severity, const string&)> report = {};
  // Told once, on the writer's thread, that the open file is not what its path names any more, and where what it held
  // is now. From then on every write is refused; the process should end.
  std::function<void(const string&)> report_loss = {};
  // Called after each commit, with the number of commits so far; on the writer's thread, which it must not keep. Must
  // not throw.
  std::function<void(std::uint64_t commits)> on_commit = {};
  bool read_only = false;  // no writer, no lock, no migration; also works while another process writes
  // Called while the tables of an archive that an older program wrote are rebuilt, with the number of deliveries done
  // and of all. May throw to stop; then the file is as it was.
  std::function<void(std::int64_t done, std::int64_t total)> report_upgrade = {};
};

// Decodes the stored body of a ledger row again: fills in what the envelope says (dialect, topic, event_time) and
// returns the event. Must depend on nothing but body and webhook_id; for a delivery of origin backfill, whose body has
// no envelope, also on dialect and topic. Must not throw. Called on the writer's thread and during a rebuild.
using Decoder = std::function<Event(Delivery&)>;

// What was found when an archive was opened for writing.
struct FoundArchive {
  ArchiveState state = {};
  bool is_new = false;     // the file was made now
  string difference = {};  // how it differs from the archive that was there last, as a sentence; empty: not at all
};

// Safe to use from any number of threads.
class Archive {
 public:
  // Opens or creates the file, migrates it, makes its tables again where an older program read deliveries otherwise,
  // and starts the writer; read_only opens what is there as it is. Throws CannotOpen, also when the file is missing or
  // empty where an archive has been.
  Archive(ArchiveOptions options, Decoder decode);
  ~Archive();  // finishes what is queued, checkpoints, closes

  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  // Of an archive that is open for reading only, nothing.
  const FoundArchive& found() const;

  // Puts the delivery into the ledger together with what it says and returns when both are on disk.
  // `event` is what the decoder says of the delivery. Throws NotDurable; then nothing was kept.
  Receipt store(Delivery delivery, Event event);

  // The same for many, in this order, sharing commits: for imports. Throws NotDurable at the first that could not be
  // stored; those before it are stored, and storing them again does no harm.
  vector<Receipt> store_all(vector<std::pair<Delivery, Event>> told);

  // Changes the state of recordings. Returns the number of changed rows once they are on disk. Throws NotDurable.
  std::int64_t change_recordings(RecordingChange change);

  // Writes what was learned of the vendor's side, and returns when it is on disk: the id of a run. Throws NotDurable.
  std::int64_t change_backfill(BackfillChange change);

  // The files of the recordings.
  MediaStore& media();

  // Lends a read-only connection for one query. Blocks while all are in use; throws QueryTimeout if none is returned
  // within the timeout. `timeout` limits everything that the reader does; absent: query_timeout.
  Reader reader(optional<std::chrono::milliseconds> timeout = {});

  // The number of commits since the archive was opened for writing (0 if it was not). As long as it is the same,
  // nothing has changed. Cheap.
  std::uint64_t commit_count() const;

  // Commits a test write. Throws NotDurable if that fails.
  void check_writable();

  // Whether the search index is being folded again, as after an upgrade of the program or of ICU. That happens between
  // deliveries, while the archive is open for writing. Cheap.
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
