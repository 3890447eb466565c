-- The order of what is said of one object must not follow a clock that was ahead, and no row of the ledger may change
-- unnoticed. The program makes the ledger's new columns, and the tables, again after this step (settings.projection).
ALTER TABLE deliveries ADD COLUMN arrived_at INTEGER;  -- where the clock was ahead: when the row before it arrived
ALTER TABLE deliveries ADD COLUMN merged_at INTEGER;   -- when it was taken over from another archive, with its received_at
ALTER TABLE deliveries ADD COLUMN seal BLOB;           -- digest of all other columns, see storage/sqlite/seal.h
DROP INDEX deliveries_by_object;
ALTER TABLE deliveries DROP COLUMN at;
ALTER TABLE deliveries ADD COLUMN at INTEGER AS (coalesce(event_time, arrived_at, received_at)) VIRTUAL;
CREATE INDEX deliveries_by_object ON deliveries (object_key, at) WHERE object_key IS NOT NULL;
CREATE INDEX deliveries_ahead_of_clock ON deliveries (received_at) WHERE arrived_at IS NOT NULL;

-- What a test write writes: about as many pages as a delivery.
DELETE FROM settings WHERE name = 'last_probe';
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL,
  filler BLOB NOT NULL
) STRICT;
