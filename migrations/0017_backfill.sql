-- What is known of the vendor's side. Neither table is made of the ledger: a rebuild takes them over as they are.

-- A stretch of days of one line, counted at the vendor and here when everything that the vendor shows of it was here. While both
-- counts are the same, nothing of it needs to be fetched.
CREATE TABLE backfill_windows (
  line TEXT NOT NULL,                -- as the vendor names it
  kind TEXT NOT NULL,                -- CALL, SMS
  first_day INTEGER NOT NULL,        -- days since 1970
  last_day INTEGER NOT NULL,         -- the last day of it, too
  vendor_count INTEGER NOT NULL,
  archive_count INTEGER NOT NULL,
  checked_at INTEGER NOT NULL,       -- when the vendor was asked last
  PRIMARY KEY (line, kind, first_day, last_day)
) STRICT, WITHOUT ROWID;

-- One row for each time that the vendor's side was compared.
CREATE TABLE backfill_runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,                -- backfill: as far back as the vendor goes; reconcile: the last days
  since_day INTEGER,                 -- days since 1970; NULL: from the vendor's first item on
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,                  -- NULL: it was interrupted, or goes on now
  requests INTEGER NOT NULL,
  windows INTEGER NOT NULL,          -- stretches of days to be compared; 0: not known yet
  windows_done INTEGER NOT NULL,
  items INTEGER NOT NULL,            -- that the vendor showed
  stored INTEGER NOT NULL,           -- of them, those that said something new
  missing INTEGER NOT NULL,          -- of these, those of which the archive knew nothing
  error TEXT,
  complete_until INTEGER,            -- up to when nothing is missing that the key sees; NULL: not known
  only_by_backfill INTEGER           -- calls, messages and contacts of which no webhook ever spoke; counted at the end
) STRICT;

CREATE INDEX deliveries_of_backfill ON deliveries (object_key) WHERE origin = 'backfill';
