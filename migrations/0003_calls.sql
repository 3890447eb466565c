-- The key of a call or message is a place in time: its millisecond shifted left by 12, a slot that tells apart
-- what fell into the same millisecond, and a last bit that is 0 for calls and 1 for messages. So the order
-- of the keys is the order that people ask for, whenever a row arrived.
CREATE TABLE calls (
  item INTEGER PRIMARY KEY CHECK (item & 1 = 0),
  id TEXT NOT NULL,             -- as sent, in the spelling met first
  started_at INTEGER,
  direction TEXT,               -- INBOUND, OUTBOUND
  result TEXT,                  -- ANSWERED, VOICEMAIL, TRANSFERRED_AI …
  from_number TEXT,             -- as sent; the canonical text is in numbers
  from_number_id INTEGER REFERENCES numbers (id),
  from_name TEXT,
  to_number TEXT,
  to_number_id INTEGER REFERENCES numbers (id),
  to_name TEXT,
  original_to_number TEXT,      -- the number first dialled
  original_to_number_id INTEGER REFERENCES numbers (id),
  original_to_name TEXT,
  length_in_minutes REAL,       -- the only exact duration that the vendor sends
  duration_seconds INTEGER,     -- the same in seconds, rounded
  length TEXT,                  -- the vendor's text, '5m 30s'
  user_id INTEGER REFERENCES users (id),
  integration_id TEXT,
  summary TEXT,                 -- Markdown
  summary_version INTEGER,      -- of the last summary.updated
  one_sentence_summary TEXT,
  recording_url TEXT,
  transfer_original_call_id TEXT,
  concatenated_transcript TEXT, -- only when it is not just the entries joined as 'SOURCE: text' lines
  transcript_entry_count INTEGER NOT NULL,
  -- cll_x and cll-x are one call.
  id_key TEXT AS (CASE WHEN instr(id, '_') > 0 AND (instr(id, '-') = 0 OR instr(id, '_') < instr(id, '-'))
                       THEN substr(id, 1, instr(id, '_') - 1) || '-' || substr(id, instr(id, '_') + 1)
                       ELSE id END) VIRTUAL,
  transfer_original_key TEXT AS (
    CASE WHEN instr(transfer_original_call_id, '_') > 0
              AND (instr(transfer_original_call_id, '-') = 0
                   OR instr(transfer_original_call_id, '_') < instr(transfer_original_call_id, '-'))
         THEN substr(transfer_original_call_id, 1, instr(transfer_original_call_id, '_') - 1) || '-'
              || substr(transfer_original_call_id, instr(transfer_original_call_id, '_') + 1)
         ELSE transfer_original_call_id END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX calls_by_id ON calls (id_key);
CREATE INDEX calls_by_user ON calls (user_id);
CREATE INDEX calls_by_result ON calls (result);
CREATE INDEX calls_by_transfer ON calls (transfer_original_key) WHERE transfer_original_key IS NOT NULL;

CREATE TABLE transcript_entries (
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  position INTEGER NOT NULL,    -- from 0
  source TEXT,                  -- AGENT, USER, EXTERNAL
  time INTEGER,
  start_seconds REAL,           -- into the call
  end_seconds REAL,
  text TEXT NOT NULL,
  PRIMARY KEY (item, position)
) STRICT, WITHOUT ROWID;

-- The tags of a call now.
CREATE TABLE call_tags (
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  PRIMARY KEY (tag_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_tags_by_item ON call_tags (item);

-- What the receptionist collected: key → JSON value.
CREATE TABLE collected_data (
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,          -- JSON
  PRIMARY KEY (item, key)
) STRICT, WITHOUT ROWID;

-- Choices in a voice menu.
CREATE TABLE ivr_results (
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  position INTEGER NOT NULL,
  dtmf_key TEXT,
  text_key TEXT,
  PRIMARY KEY (item, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_transfers (
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  side TEXT NOT NULL,           -- from, to
  number TEXT,
  number_id INTEGER REFERENCES numbers (id),
  user_email TEXT,
  user_name TEXT,
  PRIMARY KEY (item, side)
) STRICT, WITHOUT ROWID;
