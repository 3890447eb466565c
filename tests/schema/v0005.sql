-- Schema version 5, written by scripts/dump-schema. Not to be changed once it was released.
PRAGMA application_id = 1128362595;
PRAGMA user_version = 5;
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
CREATE TABLE numbers (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,  -- +14155550100, a short code, a sender name in capitals, 'anonymous'
  kind TEXT NOT NULL,           -- e164, short_code, alphanumeric, anonymous, unknown
  country TEXT,                 -- ISO 3166-1 alpha-2
  first_seen_at INTEGER,        -- of the first and last call or message it took part in
  last_seen_at INTEGER,
  call_count INTEGER NOT NULL,
  message_count INTEGER NOT NULL
) STRICT;
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE companies (
  id INTEGER PRIMARY KEY,
  vendor_id TEXT,
  name TEXT
) STRICT;
CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
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
CREATE TABLE call_tags (
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  PRIMARY KEY (tag_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_tags_by_item ON call_tags (item);
CREATE TABLE collected_data (
  item INTEGER NOT NULL REFERENCES calls (item) ON UPDATE CASCADE ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,          -- JSON
  PRIMARY KEY (item, key)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE messages (
  item INTEGER PRIMARY KEY CHECK (item & 1 = 1),
  id TEXT NOT NULL,
  sent_at INTEGER,
  direction TEXT,               -- INBOUND, OUTBOUND
  type TEXT,                    -- SMS, MMS
  content TEXT,
  from_number TEXT,             -- as sent; may be a sender name
  from_number_id INTEGER REFERENCES numbers (id),
  from_name TEXT,
  to_number TEXT,
  to_number_id INTEGER REFERENCES numbers (id),
  to_name TEXT,
  user_id INTEGER REFERENCES users (id),
  id_key TEXT AS (CASE WHEN instr(id, '_') > 0 AND (instr(id, '-') = 0 OR instr(id, '_') < instr(id, '-'))
                       THEN substr(id, 1, instr(id, '_') - 1) || '-' || substr(id, instr(id, '_') + 1)
                       ELSE id END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX messages_by_id ON messages (id_key);
CREATE TABLE timeline (
  number_id INTEGER NOT NULL REFERENCES numbers (id),
  item INTEGER NOT NULL,        -- of calls or messages; the last bit tells which
  PRIMARY KEY (number_id, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE ringing (
  delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id),
  kind TEXT NOT NULL,           -- received, triggered, answered
  started_at INTEGER,
  answered_at INTEGER,
  direction TEXT,
  from_number TEXT,
  from_number_id INTEGER REFERENCES numbers (id),
  to_number TEXT,
  to_number_id INTEGER REFERENCES numbers (id),
  user_id INTEGER REFERENCES users (id),
  contact_id TEXT,
  contact_name TEXT,
  company_name TEXT,
  item INTEGER REFERENCES calls (item) ON UPDATE CASCADE ON DELETE SET NULL
) STRICT;
CREATE INDEX ringing_by_start ON ringing (started_at);
CREATE INDEX ringing_by_item ON ringing (item) WHERE item IS NOT NULL;
CREATE TABLE contacts (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  name TEXT,
  last_name TEXT,
  company_id INTEGER REFERENCES companies (id),
  job_title TEXT,
  -- Where it stands in lists: the first 100 characters of name and last name without case and accents. Who has no
  -- name comes last, by a character that no name has.
  sort_name TEXT NOT NULL DEFAULT (char(1114109)),
  id_key TEXT AS (CASE WHEN instr(id, '_') > 0 AND (instr(id, '-') = 0 OR instr(id, '_') < instr(id, '-'))
                       THEN substr(id, 1, instr(id, '_') - 1) || '-' || substr(id, instr(id, '_') + 1)
                       ELSE id END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX contacts_by_id ON contacts (id_key);
CREATE INDEX contacts_by_name ON contacts (sort_name);
CREATE INDEX contacts_by_company ON contacts (company_id);
CREATE TABLE contact_numbers (
  contact_key INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  number TEXT NOT NULL,         -- as sent
  number_id INTEGER NOT NULL REFERENCES numbers (id),
  PRIMARY KEY (contact_key, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_numbers_by_number ON contact_numbers (number_id);
CREATE TABLE contact_emails (
  contact_key INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  email TEXT NOT NULL,
  PRIMARY KEY (contact_key, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_emails_by_email ON contact_emails (email COLLATE NOCASE);
CREATE TABLE contact_properties (
  contact_key INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,          -- JSON
  PRIMARY KEY (contact_key, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE contact_versions (
  contact_key INTEGER NOT NULL REFERENCES contacts (key),
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
  event_time INTEGER,           -- NULL: the order is that of arrival
  name TEXT,
  last_name TEXT,
  company_id TEXT,              -- the vendor's
  company_name TEXT,
  job_title TEXT,
  emails TEXT,                  -- JSON list
  numbers TEXT,                 -- JSON list
  properties TEXT,              -- JSON list of [key, value as JSON text]
  PRIMARY KEY (contact_key, delivery_id)
) STRICT, WITHOUT ROWID;
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (1, '0001_ledger.sql', '1f4ecc9cbf27de507d7ba332245e6652d37c66a467f259b30ddcade3ee710bfb', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (2, '0002_directory.sql', 'ef97a373edc979bbd61e8744cf7b974a43f004d0fbbeaf394511bda632492df2', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (3, '0003_calls.sql', 'c479243aec677bf05580b94772681194c5aa317e86d847c0bdb9c38d0ee9e86b', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (4, '0004_messages.sql', '724991fd098fae72c77d49d8abb7069e39b8c301cc53b93ddc61b4bda39876e8', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (5, '0005_contacts.sql', '57e78a3ab523332856bf5195f8c115131a747521236039e34c77da54d55147ad', 0);
COMMIT;
