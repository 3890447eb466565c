-- Schema version 1, written by scripts/dump-schema. Not to be changed once it was released.
PRAGMA application_id = 1128362595;
PRAGMA user_version = 1;
BEGIN;
PRAGMA defer_foreign_keys = ON;
CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
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
CREATE INDEX deliveries_by_sha256 ON deliveries (sha256) WHERE webhook_id IS NULL;
CREATE INDEX deliveries_by_webhook_id ON deliveries (webhook_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX deliveries_by_object ON deliveries (object_key, at) WHERE object_key IS NOT NULL;
CREATE INDEX deliveries_by_topic ON deliveries (topic);
CREATE INDEX deliveries_not_applied ON deliveries (outcome) WHERE outcome <> 'applied';
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (1, '0001_ledger.sql', '1f4ecc9cbf27de507d7ba332245e6652d37c66a467f259b30ddcade3ee710bfb', 0);
COMMIT;
