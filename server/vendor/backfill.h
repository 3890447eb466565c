#pragma once

#include "server/vendor/api.h"
#include "storage/archive.h"

#include <functional>

// Brings what the vendor has and the archive does not. docs/backfill.md describes the walk and what it costs.

namespace callarchive::vendor {

enum class UseV1 { when_needed, always, never };

struct BackfillProgress {
  const char* phase = "";
  std::int64_t requests = 0;
  std::int64_t windows_done = 0;
  std::int64_t windows = 0;  // 0: not known yet
  std::int64_t items = 0;
  std::int64_t stored = 0;
};

struct BackfillOptions {
  string kind = "backfill";               // or reconcile; a run of backfill that reads all is noted as deep
  optional<std::int64_t> since_day = {};  // absent: as far back as the vendor goes
  bool reads_all = false;                 // also the pages of days whose counts agree
  UseV1 v1 = UseV1::when_needed;
  std::function<Millis()> now = {};
  std::function<void(const BackfillProgress&)> report = {};
};

struct BackfillResult {
  BackfillRun run = {};
  bool is_complete = true;    // everything that the key sees is here
  vector<string> notes = {};  // sentences: what could not be read, and why
  Me me = {};
  vector<Line> lines = {};
};

// What is learned is on disk with each page. An interrupted walk is continued by the next one of the same kind, unless
// it began more than a day ago: then all windows are counted again. Blocks; one at a time for an archive. Throws
// VendorError, Stopped, NotDurable, QueryTimeout; the run's row says the reason.
BackfillResult backfill(Archive& archive, Client& client, const BackfillOptions& options);

}  // namespace callarchive::vendor
