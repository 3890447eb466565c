-- The ledger: one row for each distinct delivery, in the order of arrival, never deleted. Everything else
-- in this file can be made again from it.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,            -- gapless, from 1
  received_at INTEGER NOT NULL,      -- Unix milliseconds, UTC, like every instant in every table
  times_received INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  origin TEXT NOT NULL,              -- webhook, import, backfill
  dialect TEXT NOT NULL,             -- v2, v1, v1_camel, body, mobile, unknown
  topic TEXT,
  event_time INTEGER,                -- the event's own time, where the dialect has one
  webhook_id TEXT,
  sha256 BLOB NOT NULL,              -- of the body
  object_id TEXT,                    -- the vendor's id of the call, message or contact it speaks of
  object_key INTEGER,                -- digest of kind and id: finds all that was ever said of one object
  repeat_of INTEGER REFERENCES deliveries (id),  -- same webhook_id as that one, other bytes: kept, not applied
  outcome TEXT NOT NULL,             -- applied, noted, quarantined
  reason TEXT,
  body BLOB NOT NULL,                -- verbatim; last, so that a scan of the rest need not read it
  at INTEGER AS (coalesce(event_time, received_at)) VIRTUAL  -- the order of what is said of one object
) STRICT;
CREATE INDEX deliveries_by_sha256 ON deliveries (sha256) WHERE webhook_id IS NULL;  -- the others are known by their id
CREATE INDEX deliveries_by_webhook_id ON deliveries (webhook_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX deliveries_by_object ON deliveries (object_key, at) WHERE object_key IS NOT NULL;
CREATE INDEX deliveries_by_topic ON deliveries (topic);
CREATE INDEX deliveries_not_applied ON deliveries (outcome) WHERE outcome <> 'applied';

-- What was decided for this file and must not change silently, such as the region of national numbers.
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
