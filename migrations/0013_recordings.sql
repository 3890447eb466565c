-- The sound of calls. The files lie beside the archive, in ARCHIVE.media/ab/<sha256>; here is what is known of them. Neither
-- table is made of the ledger: a rebuild takes them over as they are.

-- A file of the media folder. Two recordings with the same bytes share it.
CREATE TABLE sounds (
  sha256 BLOB PRIMARY KEY,
  bytes INTEGER NOT NULL,
  type TEXT NOT NULL,                -- media type by content: audio/mpeg, audio/wav …
  duration_ms INTEGER NOT NULL,      -- as decoded
  peaks BLOB NOT NULL                -- the shape: the greatest level of each of up to 512 equal parts, a byte each, 255 is full
) STRICT, WITHOUT ROWID;
CREATE INDEX sounds_by_bytes ON sounds (bytes);  -- their total without the shapes

-- One row for each recording of a call. Only a row that says 'kept' has its whole file on disk.
CREATE TABLE recordings (
  call_key TEXT NOT NULL,            -- calls.id_key; the call's row may be made again under this one
  position INTEGER NOT NULL,         -- 0, 1 … of one call
  state TEXT NOT NULL CHECK (state IN ('wanted', 'kept', 'denied', 'gone', 'failed')),
  reason TEXT,                       -- why it is not kept; of a kept one: what is odd about it
  link TEXT,                         -- as the vendor sent it last; a secret while it lives
  tries INTEGER NOT NULL,            -- failed ones since the link came
  last_try_at INTEGER,
  next_try_at INTEGER,               -- 0: at once; NULL: never, unless somebody asks for it
  refused_days INTEGER NOT NULL,     -- different days, UTC, on which the sound was refused or not there
  refused_on INTEGER,                -- the last of them, in days since 1970
  part_etag TEXT,                    -- of an unfinished file in ARCHIVE.media/incoming that can be continued
  part_total INTEGER,                -- the length it will have
  sha256 BLOB REFERENCES sounds (sha256),
  origin TEXT,                       -- of a kept one: vendor (a fresh link), link (that of the event), import
  kept_at INTEGER,
  PRIMARY KEY (call_key, position),
  CHECK ((state = 'kept') = (sha256 IS NOT NULL)),
  CHECK (state <> 'kept' OR next_try_at IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX recordings_due ON recordings (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX recordings_by_state ON recordings (state);
CREATE INDEX recordings_by_sound ON recordings (sha256) WHERE sha256 IS NOT NULL;

-- Whatever brings a call with a link, its sound is wanted by the same commit. Links live for minutes: a new one is a new chance.
CREATE TRIGGER recording_of_call AFTER INSERT ON calls WHEN NEW.recording_url IS NOT NULL
BEGIN
  INSERT INTO recordings (call_key, position, state, link, tries, next_try_at, refused_days)
  VALUES (NEW.id_key, 0, 'wanted', NEW.recording_url, 0, 0, 0)
  ON CONFLICT (call_key, position) DO UPDATE
  SET link = excluded.link, state = 'wanted', reason = NULL, tries = 0, next_try_at = 0, refused_days = 0, refused_on = NULL
  WHERE state <> 'kept' AND link IS NOT excluded.link;
END;

-- Links of earlier calls have expired, most likely, and there may be very many: they are tried when somebody asks for it.
INSERT INTO recordings (call_key, position, state, reason, link, tries, refused_days)
SELECT id_key, 0, 'wanted', 'the call is older than the keeping of recordings: `callarchive recordings fetch` tries it', recording_url, 0, 0
FROM calls WHERE recording_url IS NOT NULL;
