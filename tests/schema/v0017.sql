-- Schema version 17, written by scripts/dump-schema. Not to be changed once it was released.
PRAGMA application_id = 1128362595;
PRAGMA user_version = 17;
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
, folded TEXT) STRICT;
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
, transcript_is_joined INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE UNIQUE INDEX calls_by_id ON calls (id_key);
CREATE INDEX calls_by_user ON calls (user_id);
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
  folded_name TEXT NOT NULL DEFAULT (char(1114109)),
  id_key TEXT AS (CASE WHEN instr(id, '_') > 0 AND (instr(id, '-') = 0 OR instr(id, '_') < instr(id, '-'))
                       THEN substr(id, 1, instr(id, '_') - 1) || '-' || substr(id, instr(id, '_') + 1)
                       ELSE id END) VIRTUAL
, created_by INTEGER REFERENCES deliveries (id), updated_by INTEGER REFERENCES deliveries (id), sort_key TEXT NOT NULL DEFAULT 'none') STRICT;
CREATE UNIQUE INDEX contacts_by_id ON contacts (id_key);
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
  properties TEXT, event_micros INTEGER,              -- JSON list of [key, value as JSON text]
  PRIMARY KEY (contact_key, delivery_id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE "search_old" USING fts5 (
  words, summary, one_sentence_summary, names, numbers, unspaced,
  content = 'search_document', content_rowid = 'item',
  tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE "contact_search_old" USING fts5 (
  names, company, job_title, emails, numbers, unspaced,
  content = 'contact_document', content_rowid = 'key',
  tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIEW call_log AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS started_at,
       c.direction, c.result,
       coalesce(f.number, c.from_number) AS from_number, c.from_name,
       coalesce(t.number, c.to_number) AS to_number, c.to_name,
       c.duration_seconds,
       (SELECT email FROM users WHERE id = c.user_id) AS user_email,
       (SELECT group_concat(name, ', ') FROM (SELECT name FROM call_tags JOIN tags ON tags.id = tag_id
                                              WHERE item = c.item ORDER BY name)) AS tags,
       c.one_sentence_summary, c.summary, c.recording_url, c.transcript_entry_count,
       c.original_to_number, c.original_to_name, c.integration_id, c.transfer_original_call_id, c.id
FROM calls c
LEFT JOIN numbers f ON f.id = c.from_number_id
LEFT JOIN numbers t ON t.id = c.to_number_id
ORDER BY c.item DESC;
CREATE VIEW message_log AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', m.sent_at / 1000.0, 'unixepoch') AS sent_at,
       m.direction, m.type,
       coalesce(f.number, m.from_number) AS from_number, m.from_name,
       coalesce(t.number, m.to_number) AS to_number, m.to_name,
       m.content,
       (SELECT email FROM users WHERE id = m.user_id) AS user_email,
       m.id
FROM messages m
LEFT JOIN numbers f ON f.id = m.from_number_id
LEFT JOIN numbers t ON t.id = m.to_number_id
ORDER BY m.item DESC;
CREATE VIEW transcripts AS
SELECT c.id AS call_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS started_at,
       coalesce(f.number, c.from_number) AS from_number,
       coalesce(t.number, c.to_number) AS to_number,
       e.position, e.source,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.time / 1000.0, 'unixepoch') AS time,
       e.start_seconds, e.end_seconds, e.text
FROM transcript_entries e
JOIN calls c ON c.item = e.item
LEFT JOIN numbers f ON f.id = c.from_number_id
LEFT JOIN numbers t ON t.id = c.to_number_id
ORDER BY e.item DESC, e.position;
CREATE VIEW contact_book AS
SELECT c.name, c.last_name,
       (SELECT name FROM companies WHERE id = c.company_id) AS company,
       c.job_title,
       n.number,
       (SELECT group_concat(email, ', ') FROM (SELECT email FROM contact_emails
                                               WHERE contact_key = c.key ORDER BY position)) AS emails,
       c.id
FROM contacts c
LEFT JOIN contact_numbers cn ON cn.contact_key = c.key
LEFT JOIN numbers n ON n.id = cn.number_id
ORDER BY c.last_name, c.name, c.id, cn.position;
CREATE VIEW number_log AS
SELECT n.number, n.kind, n.country,
       (SELECT group_concat(name, ', ') FROM (
          SELECT DISTINCT trim(coalesce(c.name, '') || ' ' || coalesce(c.last_name, '')) AS name
          FROM contact_numbers cn JOIN contacts c ON c.key = cn.contact_key
          WHERE cn.number_id = n.id ORDER BY 1)) AS contacts,
       n.call_count, n.message_count,
       strftime('%Y-%m-%dT%H:%M:%fZ', n.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', n.last_seen_at / 1000.0, 'unixepoch') AS last_seen_at
FROM numbers n
ORDER BY n.last_seen_at DESC, n.number;
CREATE INDEX calls_in_short ON calls (item, direction, result, user_id, from_number_id, to_number_id,
                                      original_to_number_id, duration_seconds, length_in_minutes);
CREATE INDEX messages_in_short ON messages (item, direction, type, from_number_id, to_number_id);
CREATE INDEX ringing_by_caller ON ringing (from_number_id, started_at);
CREATE INDEX ringing_by_called ON ringing (to_number_id, started_at);
CREATE INDEX users_by_folded ON users (folded);
CREATE INDEX calls_by_result ON calls (result COLLATE NOCASE);
CREATE TABLE sounds (
  sha256 BLOB PRIMARY KEY,
  bytes INTEGER NOT NULL,
  type TEXT NOT NULL,                -- media type by content: audio/mpeg, audio/wav …
  duration_ms INTEGER NOT NULL,      -- as decoded
  peaks BLOB NOT NULL                -- the shape: the greatest level of each of up to 512 equal parts, a byte each, 255 is full
) STRICT, WITHOUT ROWID;
CREATE INDEX sounds_by_bytes ON sounds (bytes);
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
CREATE VIEW search_text (item, words, summary, one_sentence_summary, names, numbers, transfers, collected, choices) AS
SELECT c.item,
       CASE WHEN c.transcript_entry_count > 0
            THEN (SELECT group_concat(text, char(10))
                  FROM (SELECT text FROM transcript_entries WHERE item = c.item ORDER BY position))
            ELSE c.concatenated_transcript END,
       c.summary,
       c.one_sentence_summary,
       replace(coalesce(c.from_name, ''), char(10), ' ') || char(10)
       || replace(coalesce(c.to_name, ''), char(10), ' ') || char(10)
       || replace(coalesce(c.original_to_name, ''), char(10), ' '),
       coalesce((SELECT number FROM numbers WHERE id = c.from_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = c.to_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = c.original_to_number_id), '') || char(10)
       || coalesce((SELECT n.number FROM call_transfers x JOIN numbers n ON n.id = x.number_id
                    WHERE x.item = c.item AND x.side = 'from'), '') || char(10)
       || coalesce((SELECT n.number FROM call_transfers x JOIN numbers n ON n.id = x.number_id
                    WHERE x.item = c.item AND x.side = 'to'), ''),
       CASE WHEN EXISTS (SELECT 1 FROM call_transfers WHERE item = c.item)
            THEN (SELECT group_concat(line, char(10))
                  FROM (SELECT replace(coalesce(x.user_name, '') || ' ' || coalesce(x.user_email, ''), char(10), ' ') AS line
                        FROM (SELECT 'from' AS side UNION ALL SELECT 'to') s
                        LEFT JOIN call_transfers x ON x.item = c.item AND x.side = s.side ORDER BY s.side)) END,
       (SELECT group_concat(line, char(10))
        FROM (SELECT replace(CASE WHEN json_valid(value) THEN json_extract(value, '$') ELSE value END, char(10), ' ') AS line
              FROM collected_data WHERE item = c.item ORDER BY key)),
       (SELECT group_concat(line, char(10))
        FROM (SELECT replace(coalesce(dtmf_key, '') || ' ' || coalesce(text_key, ''), char(10), ' ') AS line
              FROM ivr_results WHERE item = c.item ORDER BY position))
FROM calls c
UNION ALL
SELECT m.item,
       m.content,
       NULL,
       NULL,
       replace(coalesce(m.from_name, ''), char(10), ' ') || char(10) || replace(coalesce(m.to_name, ''), char(10), ' '),
       coalesce((SELECT number FROM numbers WHERE id = m.from_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = m.to_number_id), ''),
       NULL,
       NULL,
       NULL
FROM messages m;
CREATE VIEW contact_text (key, names, company, job_title, emails, numbers, properties) AS
SELECT c.key,
       replace(coalesce(c.name, ''), char(10), ' ') || char(10) || replace(coalesce(c.last_name, ''), char(10), ' '),
       (SELECT name FROM companies WHERE id = c.company_id),
       c.job_title,
       (SELECT group_concat(email, char(10))
        FROM (SELECT email FROM contact_emails WHERE contact_key = c.key ORDER BY position)),
       (SELECT group_concat(number, char(10))
        FROM (SELECT n.number FROM contact_numbers cn JOIN numbers n ON n.id = cn.number_id
              WHERE cn.contact_key = c.key ORDER BY cn.position)),
       (SELECT group_concat(line, char(10))
        FROM (SELECT replace(CASE WHEN json_valid(value) THEN json_extract(value, '$') ELSE value END, char(10), ' ') AS line
              FROM contact_properties WHERE contact_key = c.key ORDER BY key))
FROM contacts c;
CREATE VIRTUAL TABLE search USING fts5 (
  words, summary, one_sentence_summary, names, numbers, transfers, collected, choices,
  content = 'search_text', content_rowid = 'item',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
CREATE VIRTUAL TABLE contact_search USING fts5 (
  names, company, job_title, emails, numbers, properties,
  content = 'contact_text', content_rowid = 'key',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
CREATE INDEX contacts_by_name ON contacts (sort_key);
CREATE INDEX collected_data_by_value ON collected_data (key, substr(value, 1, 40));
CREATE INDEX contact_properties_by_value ON contact_properties (key, substr(value, 1, 40));
CREATE INDEX deliveries_with_reason ON deliveries (id, reason) WHERE reason IS NOT NULL;
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,           -- gapless, from 1
  kind TEXT NOT NULL CHECK (kind IN ('call', 'message', 'contact')),
  object_id TEXT NOT NULL,           -- the vendor's id
  delivery_id INTEGER,               -- the delivery that changed it; NULL: something else, such as a recording that was kept
  erased INTEGER NOT NULL DEFAULT 0  -- 1: it is not in the archive any more
) STRICT;
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
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (1, '0001_ledger.sql', '1f4ecc9cbf27de507d7ba332245e6652d37c66a467f259b30ddcade3ee710bfb', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (2, '0002_directory.sql', 'ef97a373edc979bbd61e8744cf7b974a43f004d0fbbeaf394511bda632492df2', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (3, '0003_calls.sql', 'c479243aec677bf05580b94772681194c5aa317e86d847c0bdb9c38d0ee9e86b', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (4, '0004_messages.sql', '724991fd098fae72c77d49d8abb7069e39b8c301cc53b93ddc61b4bda39876e8', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (5, '0005_contacts.sql', '57e78a3ab523332856bf5195f8c115131a747521236039e34c77da54d55147ad', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (6, '0006_search.sql', '6ecc50781a57bc8d89a196b337242ea9aef738b8ba1e204bcf700539bac70a9d', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (7, '0007_views.sql', '6b522be66d6b5e4a07f73b5e17b061cd0efce3e30ba454092487fd3b4797d135', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (8, '0008_statistics.sql', 'd64fca60023409678ef6032ae9ba1a7c8c7d714f41096c42e4f0c41eccaf6828', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (9, '0009_contact_pieces.sql', 'c33500800d50701a47333891dd3481155cc046031e2c02ec5b3a5ef31103cd1d', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (10, '0010_search_spelling.sql', 'b40765a15dc7b09508eeae96672aad810401b736e9a4eba8d82273384b8861c6', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (11, '0011_ringing_by_number.sql', 'e99a8473b97439a68d85d387e20e000e8f0cca986848d0dfa7e2fe0106c601a3', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (12, '0012_exact_order.sql', '29c32b73694c8316d5695da64288fa7b1de62b478000fd9074e3b567a21911da', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (13, '0013_recordings.sql', '9716552ccb8f75215e90d44f4068d2a726347a3545d5149718f431ce7a42517c', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (14, '0014_search_folding.sql', '76c1b971418b415bf575ce5b575bb256a30c5c841db504b40aee8057800bc3c8', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (15, '0015_reasons.sql', '6365788145d5b4966563f10ddb392e8839904f5f87800f5f114fae666feadafd', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (16, '0016_changes.sql', '6a065e4e0bf8dd0306f9e95bee5c698576423f8d83eb77e22ad2cdbb82cf65e2', 0);
INSERT INTO migrations (version, name, sha256, applied_at) VALUES (17, '0017_backfill.sql', 'de098c83bcdd80f423e9b73dbf9acc71d4b8179e3af90d904d6691d63acec846', 0);
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (1, 1795712971227, 1, 1795712971227, 'import', 'v2', 'contact.created', 1742048400000, NULL, X'A6FD376111D971BDA541F772898C7C0BFBD4C0BA97C97D62D5CC9AB43B13B9DF', 'con_8Rt2kLmNp4QsVx6YzB1d', 153267429209239, NULL, 'applied', NULL, CAST('{"topic":"contact.created","version":"2.0","timestamp":"2025-03-15T14:20:00.000Z","data":{"id":"con_8Rt2kLmNp4QsVx6YzB1d","name":"Camille","last_name":"Durand","email":"camille@durand.example","emails":["c.durand@travail.example"],"numbers":["+33612345678"],"job_title":"Architecte","lead_source":"salon","linkedin_url":"https://www.linkedin.com/in/camille-durand","score":25000,"company":{"id":"com_5Hj9wEyUt3RgDf7KaS2v","name":"Durand & Fils"}}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (2, 1795712971227, 1, 1795712971227, 'import', 'v2', 'tag.added', 1742049340000, NULL, X'66172AF3805B41854A6E0D1024A1734534E0AF2ED19940E4E7CC455F86E5E3FD', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 165374665992455, NULL, 'applied', NULL, CAST('{"topic":"tag.added","version":"2.0","timestamp":"2025-03-15T14:35:40.000Z","data":{"call_id":"cll_2Nq7hVbXw9TzK4mRfJ3c","tag":{"id":"tag-4Yb7","name":"cuisine"}}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (3, 1795712971227, 1, 1795712971227, 'import', 'v2', 'call.received', 1742048998310, NULL, X'6647A49CA797F413D5EA8BB3CA4612795B580338EF0CCDA5DBD3099E013C4F47', NULL, NULL, NULL, 'applied', NULL, CAST('{"topic":"call.received","version":"2.0","timestamp":"2025-03-15T14:29:58.310Z","data":{"from_number":"+33612345678","to_number":"+33185001122","started_at":"2025-03-15T14:29:58.000Z","user_email":"paul@atelier-roux.example","person":{"id":"con_8Rt2kLmNp4QsVx6YzB1d","name":"Camille","last_name":"Durand","email":"camille@durand.example","emails":["c.durand@travail.example"],"numbers":["+33612345678"],"job_title":"Architecte","lead_source":"salon","linkedin_url":"https://www.linkedin.com/in/camille-durand","score":25000},"company":{"id":"com_5Hj9wEyUt3RgDf7KaS2v","name":"Durand & Fils"},"deals":[{"id":"dea_7Kp3","name":"Cuisine","status":"qualified","value":4000,"currency":"EUR","close_date":"2025-04-30T00:00:00"}]}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (4, 1795712971227, 1, 1795712971227, 'import', 'v2', 'call.answered', 1742054411200, NULL, X'C5F2E5329FBD965F2FC8D0E5DA2AB4E6158C1962FBDD727ACC8D4AC8746C0A6A', NULL, NULL, NULL, 'applied', NULL, CAST('{"topic":"call.answered","version":"2.0","timestamp":"2025-03-15T16:00:11.200Z","data":{"from_number":"+33185001122","to_number":"+33612345678","started_at":"2025-03-15T16:00:00.000Z","answered_at":"2025-03-15T16:00:11.000Z","direction":"OUTBOUND","user_email":"paul@atelier-roux.example"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (5, 1795712971227, 1, 1795712971227, 'import', 'v2', 'call.completed', 1742049362114, NULL, X'61D3474F0E6C53FADF46D8BBCBADD0C6CA018473FC92E86CF78D4981D156FCC4', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 165374665992455, NULL, 'applied', NULL, CAST('{"topic":"call.completed","version":"2.0","timestamp":"2025-03-15T14:36:02.114872Z","data":{"id":"cll_2Nq7hVbXw9TzK4mRfJ3c","start_date":"2025-03-15T14:30:00.000Z","recording_url":"https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3","from_number":"+33612345678","from_name":"Camille Durand","to":"+33185001122","to_name":"Atelier Roux","length_in_minutes":5.5,"length":"5m 30s","tag":"to_call_back","summary":"## Devis\n- Camille veut un devis pour la cuisine\n- Rappeler jeudi","one_sentence_summary":"Camille demande un devis pour sa cuisine.","transcriptions":[{"source":"AGENT","time":"2025-03-15T14:30:04Z","text":"Atelier Roux, bonjour."},{"source":"EXTERNAL","time":"2025-03-15T14:30:09Z","text":"Bonjour, c''est pour un devis — la cuisine."},{"source":"USER","time":"2025-03-15T14:31:40Z","text":"Je vous rappelle jeudi."}],"concatenated_transcript":"Atelier Roux, bonjour. Bonjour, c''est pour un devis — la cuisine. Je vous rappelle jeudi.","data_collected":{"budget":"4000 €","roomCount":2,"urgent":false},"type":"INBOUND","result":"TRANSFERRED_AI","ivr_result":[{"dtmf_key":"1","text_key":"devis"},{"dtmf_key":null,"text_key":"cuisine"}],"transfer_from":{"number":"+33185001122","user_email":null,"user_name":"Réception"},"transfer_to":{"number":"+33185001133","user_email":"paul@atelier-roux.example","user_name":"Paul Roux"},"user_email":"paul@atelier-roux.example","original_to_number":"+33185001100","original_to_name":"Standard","tags":["to_call_back","cuisine"]}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (6, 1795712971227, 1, 1795712971227, 'import', 'v2', 'summary.updated', 1742115901000, NULL, X'5303BAF1A10E13E31DF001FB72258B8F723FE15F97D7385EE10168D761DB0A5E', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 165374665992455, NULL, 'applied', NULL, CAST('{"topic":"summary.updated","version":"2.0","timestamp":"2025-03-16T09:05:01.000Z","data":{"call_id":"cll_2Nq7hVbXw9TzK4mRfJ3c","content":"## Devis\n- Rappeler vendredi","version":2,"updated_at":"2025-03-16T09:05:00","updated_by":{"id":"usr-3Ce8","name":"Paul Roux"}}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (7, 1795712971227, 1, 1795712971227, 'import', 'v2', 'sms.received', 1742050932000, NULL, X'FAE10164A2A85AB1EA888C34283A40DD4A244F2937FA3B1D8DEED0D6329FFBC1', 'msg_6Gw1xDcVb5NhTj8MkL9p', 39888856531623, NULL, 'applied', NULL, CAST('{"topic":"sms.received","version":"2.0","timestamp":"2025-03-15T15:02:12.000Z","data":{"id":"msg_6Gw1xDcVb5NhTj8MkL9p","direction":"INBOUND","type":"SMS","content":"Merci ! À jeudi 🙂","sent_at":"2025-03-15T15:02:11Z","from_number":"+33612345678","to_number":"+33185001122","from_name":"Camille Durand","to_name":"Atelier Roux","user_email":"paul@atelier-roux.example"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (8, 1795712971227, 1, 1795712971227, 'import', 'v2', 'contact.updated', 1742198400000, NULL, X'672FCFA12F3035E8FBBDAD0CD6AA847088078200A251EC4DCCC5725E5A7BACA6', 'con_8Rt2kLmNp4QsVx6YzB1d', 153267429209239, NULL, 'applied', NULL, CAST('{"topic":"contact.updated","version":"2.0","timestamp":"2025-03-17T08:00:00.000Z","data":{"person":{"id":"con_8Rt2kLmNp4QsVx6YzB1d","name":"Camille","last_name":"Durand","email":"camille@durand.example","emails":["c.durand@travail.example"],"numbers":["+33612345678"],"job_title":"Architecte","lead_source":"salon","linkedin_url":"https://www.linkedin.com/in/camille-durand","score":25000},"company":null,"deals":[{"id":"dea_7Kp3","name":"Cuisine","status":"qualified","value":4000,"currency":"EUR","close_date":"2025-04-30T00:00:00"}]}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (9, 1795712971227, 1, 1795712971227, 'import', 'v2', 'tag.removed', 1742115600000, NULL, X'36F3C436D070CDCA9850E259B83A593E60A785CA99B1714E81BE2818C1C819EE', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 165374665992455, NULL, 'applied', NULL, CAST('{"topic":"tag.removed","version":"2.0","timestamp":"2025-03-16T09:00:00.000Z","data":{"call":{"id":"cll_2Nq7hVbXw9TzK4mRfJ3c"},"tag":"cuisine"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (10, 1795712971227, 1, 1795712971227, 'import', 'v1', 'SMS_RECEIVED', NULL, NULL, X'E7EFE278CFBA060F822844486EE4A6A66E051D4642DA420B8D21B7C34C4778D6', 'msg_6Gw1xDcVb5NhTj8MkL9p', 39888856531623, NULL, 'applied', NULL, CAST('{"topic":"SMS_RECEIVED","data":{"id":"msg_6Gw1xDcVb5NhTj8MkL9p","direction":"INBOUND","type":"SMS","content":"Merci ! À jeudi 🙂","sent_at":"2025-03-15T15:02:11Z","from_number":"+33612345678","to_number":"+33185001122","from_name":"Camille Durand","to_name":"Atelier Roux"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (11, 1795712971227, 1, 1795712971227, 'import', 'v1', 'PING', NULL, NULL, X'D9ACC070CFADBE05795FCE7F0751F857399107EE3E4E80FF62550DD6A5F111C5', NULL, NULL, NULL, 'noted', 'PING', CAST('{"topic":"PING"}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (12, 1795712971227, 1, 1795712971227, 'import', 'mobile', 'sms.sent', 1742051041000, NULL, X'AD497BACD57D0CACE85B2A746BAC243803AB45F5646DB8771114A5BC414AFC3B', 'msg_6Gw1xDcVb5NhTj8MkL9q', 91021501208789, NULL, 'applied', NULL, CAST('{"event":"sms.sent","timestamp":"2025-03-15T15:04:01.000Z","sms":{"id":"msg_6Gw1xDcVb5NhTj8MkL9q","direction":"OUTBOUND","type":"MMS","content":"","sentAt":"2025-03-15T15:04:00Z","fromNumber":"+33185001122","toNumber":"+33612345678","fromName":null,"toName":"Camille Durand"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (13, 1795712971227, 1, 1795712971227, 'import', 'body', 'CALL_RECEIVED', NULL, NULL, X'DFAC5C23DB93E0E305FF242C6FDC7649E7015E053276FDA2EC2137748D78A157', 'cll-derived-906425f06c9b019551f15e7e7c57b4fa', 258714595176975, NULL, 'applied', NULL, CAST('{"topic":"CALL_RECEIVED","body":{"start_date":"2025-03-15T14:30:00Z","recording_url":"https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3","from_number":"+33612345678","from_name":"Camille Durand","to":"+33185001122","to_name":"Atelier Roux","length_in_minutes":5.5,"length":"5m30s","call_category":"to_call_back","summary":"## Devis\n- Camille veut un devis pour la cuisine\n- Rappeler jeudi","one_sentence_summary":"Camille demande un devis pour sa cuisine.","transcriptions":[{"source":"AGENT","time":"2025-03-15T14:30:04Z","text":"Atelier Roux, bonjour."},{"source":"EXTERNAL","time":"2025-03-15T14:30:09Z","text":"Bonjour, c''est pour un devis — la cuisine."},{"source":"USER","time":"2025-03-15T14:31:40Z","text":"Je vous rappelle jeudi."}],"concatenated_transcript":"Atelier Roux, bonjour. Bonjour, c''est pour un devis — la cuisine. Je vous rappelle jeudi.","type":"INBOUND"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (14, 1795712971338, 1, 1795712971338, 'import', 'v2', 'sms.received', 1742198401000, NULL, X'527D950B8621B4F5E671AA2E1DE02675DB63B50E72C600F340B0B194FBB39AD3', 'msg_thai', 174416577040921, NULL, 'applied', NULL, CAST('{"topic":"sms.received","version":"2.0","timestamp":"2025-03-17T08:00:01.000Z","data":{"id":"msg_thai","direction":"INBOUND","type":"SMS","content":"ฉันกินข้าว 電話","sent_at":"2025-03-17T08:00:00Z","from_number":"PHARMACIE","to_number":"36180","from_name":"Sœur Æ","to_name":null,"user_email":"paul@atelier-roux.example"}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (15, 1795712971338, 1, 1795712971338, 'import', 'v2', 'contact.created', 1742198700000, NULL, X'9018EA9D83E5764E2CEC67CD1B219675B836245EE4B9D74E79C6552865864A4B', 'con_thai', 119130976388287, NULL, 'applied', NULL, CAST('{"topic":"contact.created","version":"2.0","timestamp":"2025-03-17T08:05:00.000Z","data":{"id":"con_thai","name":"ฉัน","last_name":"Cœur","emails":[],"numbers":["anonymous"],"company":{"id":null,"name":"東京"}}}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (16, 1795712971338, 1, 1795712971338, 'import', 'v2', 'call.completed', 1742198760000, NULL, X'7F4CA897EBA06785152E2C07B285ECFBEB6E749DFFB141565389FF225B3234C1', NULL, NULL, NULL, 'quarantined', 'the envelope has no data object', CAST('{"topic":"call.completed","version":"2.0","timestamp":"2025-03-17T08:06:00.000Z","data":7}' AS BLOB));
INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time, webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body) VALUES (17, 1795712971339, 1, 1795712971339, 'import', 'v2', 'topic.of.tomorrow', 1742198820000, NULL, X'DA6C68517ED4CD48F0DAF9D6CA8F53B884BDE21A25DE2CF33EC4306F602CD403', NULL, NULL, NULL, 'noted', 'unknown topic topic.of.tomorrow', CAST('{"topic":"topic.of.tomorrow","version":"2.0","timestamp":"2025-03-17T08:07:00.000Z","data":{"id":"x"}}' AS BLOB));
INSERT INTO settings (name, value) VALUES ('archive_id', '75577963ff91a82de6bc8306492817f9');
INSERT INTO settings (name, value) VALUES ('default_region', '');
INSERT INTO settings (name, value) VALUES ('feed_epoch', '59d8f8498ad7c744');
INSERT INTO settings (name, value) VALUES ('projection', '5');
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (23980970996679, '+33185001133', 'e164', 'FR', 1742049000000, 1742049000000, 1, 0);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (64462565080503, 'PHARMACIE', 'alphanumeric', NULL, 1742198400000, 1742198400000, 0, 1);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (99263421968151, '+33185001100', 'e164', 'FR', 1742049000000, 1742049000000, 1, 0);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (144088412331075, '36180', 'short_code', NULL, 1742198400000, 1742198400000, 0, 1);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (180135370690909, '+33185001122', 'e164', 'FR', 1742049000000, 1742051040000, 2, 2);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (232740950236179, '+33612345678', 'e164', 'FR', 1742049000000, 1742051040000, 2, 2);
INSERT INTO numbers (id, number, kind, country, first_seen_at, last_seen_at, call_count, message_count) VALUES (246443726990825, 'anonymous', 'anonymous', NULL, NULL, NULL, 0, 0);
INSERT INTO users (id, email, folded) VALUES (4487554467381, 'paul@atelier-roux.example', 'paul@atelier-roux.example');
INSERT INTO companies (id, vendor_id, name) VALUES (151890853733243, 'com_5Hj9wEyUt3RgDf7KaS2v', 'Durand & Fils');
INSERT INTO companies (id, vendor_id, name) VALUES (180713054035523, NULL, '東京');
INSERT INTO tags (id, name) VALUES (181971616124503, 'to_call_back');
INSERT INTO tags (id, name) VALUES (266060020783231, 'cuisine');
INSERT INTO calls (item, id, started_at, direction, result, from_number, from_number_id, from_name, to_number, to_number_id, to_name, original_to_number, original_to_number_id, original_to_name, length_in_minutes, duration_seconds, length, user_id, integration_id, summary, summary_version, one_sentence_summary, recording_url, transfer_original_call_id, concatenated_transcript, transcript_entry_count, transcript_is_joined) VALUES (7135432704000604, 'cll_2Nq7hVbXw9TzK4mRfJ3c', 1742049000000, 'INBOUND', 'TRANSFERRED_AI', '+33612345678', 232740950236179, 'Camille Durand', '+33185001122', 180135370690909, 'Atelier Roux', '+33185001100', 99263421968151, 'Standard', 5.5, 330, '5m 30s', 4487554467381, NULL, '## Devis
- Rappeler vendredi', 2, 'Camille demande un devis pour sa cuisine.', 'https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3', NULL, 'Atelier Roux, bonjour. Bonjour, c''est pour un devis — la cuisine. Je vous rappelle jeudi.', 3, 0);
INSERT INTO calls (item, id, started_at, direction, result, from_number, from_number_id, from_name, to_number, to_number_id, to_name, original_to_number, original_to_number_id, original_to_name, length_in_minutes, duration_seconds, length, user_id, integration_id, summary, summary_version, one_sentence_summary, recording_url, transfer_original_call_id, concatenated_transcript, transcript_entry_count, transcript_is_joined) VALUES (7135432704001910, 'cll-derived-906425f06c9b019551f15e7e7c57b4fa', 1742049000000, 'INBOUND', NULL, '+33612345678', 232740950236179, 'Camille Durand', '+33185001122', 180135370690909, 'Atelier Roux', NULL, NULL, NULL, 5.5, 330, '5m30s', NULL, NULL, '## Devis
- Camille veut un devis pour la cuisine
- Rappeler jeudi', NULL, 'Camille demande un devis pour sa cuisine.', 'https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3', NULL, 'Atelier Roux, bonjour. Bonjour, c''est pour un devis — la cuisine. Je vous rappelle jeudi.', 3, 0);
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704000604, 0, 'AGENT', 1742049004000, NULL, NULL, 'Atelier Roux, bonjour.');
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704000604, 1, 'EXTERNAL', 1742049009000, NULL, NULL, 'Bonjour, c''est pour un devis — la cuisine.');
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704000604, 2, 'USER', 1742049100000, NULL, NULL, 'Je vous rappelle jeudi.');
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704001910, 0, 'AGENT', 1742049004000, NULL, NULL, 'Atelier Roux, bonjour.');
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704001910, 1, 'EXTERNAL', 1742049009000, NULL, NULL, 'Bonjour, c''est pour un devis — la cuisine.');
INSERT INTO transcript_entries (item, position, source, time, start_seconds, end_seconds, text) VALUES (7135432704001910, 2, 'USER', 1742049100000, NULL, NULL, 'Je vous rappelle jeudi.');
INSERT INTO call_tags (tag_id, item) VALUES (181971616124503, 7135432704000604);
INSERT INTO call_tags (tag_id, item) VALUES (181971616124503, 7135432704001910);
INSERT INTO collected_data (item, key, value) VALUES (7135432704000604, 'budget', '"4000 €"');
INSERT INTO collected_data (item, key, value) VALUES (7135432704000604, 'roomCount', '2');
INSERT INTO collected_data (item, key, value) VALUES (7135432704000604, 'urgent', 'false');
INSERT INTO ivr_results (item, position, dtmf_key, text_key) VALUES (7135432704000604, 0, '1', 'devis');
INSERT INTO ivr_results (item, position, dtmf_key, text_key) VALUES (7135432704000604, 1, NULL, 'cuisine');
INSERT INTO call_transfers (item, side, number, number_id, user_email, user_name) VALUES (7135432704000604, 'from', '+33185001122', 180135370690909, NULL, 'Réception');
INSERT INTO call_transfers (item, side, number, number_id, user_email, user_name) VALUES (7135432704000604, 'to', '+33185001133', 23980970996679, 'paul@atelier-roux.example', 'Paul Roux');
INSERT INTO messages (item, id, sent_at, direction, type, content, from_number, from_number_id, from_name, to_number, to_number_id, to_name, user_id) VALUES (7135440613376567, 'msg_6Gw1xDcVb5NhTj8MkL9p', 1742050931000, 'INBOUND', 'SMS', 'Merci ! À jeudi 🙂', '+33612345678', 232740950236179, 'Camille Durand', '+33185001122', 180135370690909, 'Atelier Roux', 4487554467381);
INSERT INTO messages (item, id, sent_at, direction, type, content, from_number, from_number_id, from_name, to_number, to_number_id, to_name, user_id) VALUES (7135441059842791, 'msg_6Gw1xDcVb5NhTj8MkL9q', 1742051040000, 'OUTBOUND', 'MMS', '', '+33185001122', 180135370690909, NULL, '+33612345678', 232740950236179, 'Camille Durand', NULL);
INSERT INTO messages (item, id, sent_at, direction, type, content, from_number, from_number_id, from_name, to_number, to_number_id, to_name, user_id) VALUES (7136044646401439, 'msg_thai', 1742198400000, 'INBOUND', 'SMS', 'ฉันกินข้าว 電話', 'PHARMACIE', 64462565080503, 'Sœur Æ', '36180', 144088412331075, NULL, 4487554467381);
INSERT INTO timeline (number_id, item) VALUES (23980970996679, 7135432704000604);
INSERT INTO timeline (number_id, item) VALUES (64462565080503, 7136044646401439);
INSERT INTO timeline (number_id, item) VALUES (99263421968151, 7135432704000604);
INSERT INTO timeline (number_id, item) VALUES (144088412331075, 7136044646401439);
INSERT INTO timeline (number_id, item) VALUES (180135370690909, 7135432704000604);
INSERT INTO timeline (number_id, item) VALUES (180135370690909, 7135432704001910);
INSERT INTO timeline (number_id, item) VALUES (180135370690909, 7135440613376567);
INSERT INTO timeline (number_id, item) VALUES (180135370690909, 7135441059842791);
INSERT INTO timeline (number_id, item) VALUES (232740950236179, 7135432704000604);
INSERT INTO timeline (number_id, item) VALUES (232740950236179, 7135432704001910);
INSERT INTO timeline (number_id, item) VALUES (232740950236179, 7135440613376567);
INSERT INTO timeline (number_id, item) VALUES (232740950236179, 7135441059842791);
INSERT INTO ringing (delivery_id, kind, started_at, answered_at, direction, from_number, from_number_id, to_number, to_number_id, user_id, contact_id, contact_name, company_name, item) VALUES (3, 'received', 1742048998000, NULL, NULL, '+33612345678', 232740950236179, '+33185001122', 180135370690909, 4487554467381, 'con_8Rt2kLmNp4QsVx6YzB1d', 'Camille Durand', 'Durand & Fils', 7135432704000604);
INSERT INTO ringing (delivery_id, kind, started_at, answered_at, direction, from_number, from_number_id, to_number, to_number_id, user_id, contact_id, contact_name, company_name, item) VALUES (4, 'answered', 1742054400000, 1742054411000, 'OUTBOUND', '+33185001122', 180135370690909, '+33612345678', 232740950236179, 4487554467381, NULL, NULL, NULL, NULL);
INSERT INTO contacts (key, id, name, last_name, company_id, job_title, folded_name, created_by, updated_by, sort_key) VALUES (119130976388287, 'con_thai', 'ฉัน', 'Cœur', 180713054035523, NULL, 'ฉ ั น coeur', 15, 15, '7216663603042e4632524c0141700701c2dcc5d306');
INSERT INTO contacts (key, id, name, last_name, company_id, job_title, folded_name, created_by, updated_by, sort_key) VALUES (153267429209239, 'con_8Rt2kLmNp4QsVx6YzB1d', 'Camille', 'Durand', 151890853733243, 'Architecte', 'camille durand', 1, 8, '2e2a423a4040320430524c2a4430011201dcbfdc09');
INSERT INTO contact_numbers (contact_key, position, number, number_id) VALUES (119130976388287, 0, 'anonymous', 246443726990825);
INSERT INTO contact_numbers (contact_key, position, number, number_id) VALUES (153267429209239, 0, '+33612345678', 232740950236179);
INSERT INTO contact_emails (contact_key, position, email) VALUES (153267429209239, 1, 'c.durand@travail.example');
INSERT INTO contact_emails (contact_key, position, email) VALUES (153267429209239, 0, 'camille@durand.example');
INSERT INTO contact_properties (contact_key, key, value) VALUES (153267429209239, 'deals', '[{"close_date":"2025-04-30T00:00:00","currency":"EUR","id":"dea_7Kp3","name":"Cuisine","status":"qualified","value":4000}]');
INSERT INTO contact_properties (contact_key, key, value) VALUES (153267429209239, 'lead_source', '"salon"');
INSERT INTO contact_properties (contact_key, key, value) VALUES (153267429209239, 'linkedin_url', '"https://www.linkedin.com/in/camille-durand"');
INSERT INTO contact_properties (contact_key, key, value) VALUES (153267429209239, 'score', '25000');
INSERT INTO contact_versions (contact_key, delivery_id, event_time, name, last_name, company_id, company_name, job_title, emails, numbers, properties, event_micros) VALUES (119130976388287, 15, 1742198700000, 'ฉัน', 'Cœur', '', '東京', '', '[]', '["anonymous"]', '[]', 0);
INSERT INTO contact_versions (contact_key, delivery_id, event_time, name, last_name, company_id, company_name, job_title, emails, numbers, properties, event_micros) VALUES (153267429209239, 1, 1742048400000, 'Camille', 'Durand', 'com_5Hj9wEyUt3RgDf7KaS2v', 'Durand & Fils', 'Architecte', '["camille@durand.example","c.durand@travail.example"]', '["+33612345678"]', '[["lead_source","\"salon\""],["linkedin_url","\"https://www.linkedin.com/in/camille-durand\""],["score","25000"]]', 0);
INSERT INTO contact_versions (contact_key, delivery_id, event_time, name, last_name, company_id, company_name, job_title, emails, numbers, properties, event_micros) VALUES (153267429209239, 8, 1742198400000, 'Camille', 'Durand', NULL, NULL, 'Architecte', '["camille@durand.example","c.durand@travail.example"]', '["+33612345678"]', '[["deals","[{\"close_date\":\"2025-04-30T00:00:00\",\"currency\":\"EUR\",\"id\":\"dea_7Kp3\",\"name\":\"Cuisine\",\"status\":\"qualified\",\"value\":4000}]"],["lead_source","\"salon\""],["linkedin_url","\"https://www.linkedin.com/in/camille-durand\""],["score","25000"]]', 0);
INSERT INTO sounds (sha256, bytes, type, duration_ms, peaks) VALUES (X'DD29442DECA69F52C50006B831CB216EDF78A7DA33748F0A80FF19F2EBE57ECD', 5, 'audio/mpeg', 330000, X'0080FF');
INSERT INTO recordings (call_key, position, state, reason, link, tries, last_try_at, next_try_at, refused_days, refused_on, part_etag, part_total, sha256, origin, kept_at) VALUES ('cll-2Nq7hVbXw9TzK4mRfJ3c', 0, 'kept', NULL, 'https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3', 0, NULL, NULL, 0, NULL, NULL, NULL, X'DD29442DECA69F52C50006B831CB216EDF78A7DA33748F0A80FF19F2EBE57ECD', 'link', 1772442600000);
INSERT INTO recordings (call_key, position, state, reason, link, tries, last_try_at, next_try_at, refused_days, refused_on, part_etag, part_total, sha256, origin, kept_at) VALUES ('cll-derived-906425f06c9b019551f15e7e7c57b4fa', 0, 'wanted', NULL, 'https://storage.withallo.com/recordings/2Nq7hVbXw9TzK4mRfJ3c.mp3', 0, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (1, 'contact', 'con_8Rt2kLmNp4QsVx6YzB1d', 1, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (2, 'call', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 5, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (3, 'call', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 6, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (4, 'message', 'msg_6Gw1xDcVb5NhTj8MkL9p', 7, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (5, 'contact', 'con_8Rt2kLmNp4QsVx6YzB1d', 8, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (6, 'call', 'cll_2Nq7hVbXw9TzK4mRfJ3c', 9, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (7, 'message', 'msg_6Gw1xDcVb5NhTj8MkL9p', 10, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (8, 'message', 'msg_6Gw1xDcVb5NhTj8MkL9q', 12, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (9, 'call', 'cll-derived-906425f06c9b019551f15e7e7c57b4fa', 13, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (10, 'message', 'msg_thai', 14, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (11, 'contact', 'con_thai', 15, 0);
INSERT INTO changes (seq, kind, object_id, delivery_id, erased) VALUES (12, 'call', 'cll_2Nq7hVbXw9TzK4mRfJ3c', NULL, 0);
INSERT INTO contact_search (contact_search, rank) VALUES ('automerge', 16);
INSERT INTO contact_search (contact_search, rank) VALUES ('usermerge', 2);
INSERT INTO contact_search_old (contact_search_old, rank) VALUES ('automerge', 16);
INSERT INTO contact_search_old (contact_search_old, rank) VALUES ('usermerge', 2);
INSERT INTO search (search, rank) VALUES ('automerge', 16);
INSERT INTO search (search, rank) VALUES ('usermerge', 2);
INSERT INTO search_old (search_old, rank) VALUES ('automerge', 16);
INSERT INTO search_old (search_old, rank) VALUES ('usermerge', 2);
CREATE TRIGGER recording_of_call AFTER INSERT ON calls WHEN NEW.recording_url IS NOT NULL
BEGIN
  INSERT INTO recordings (call_key, position, state, link, tries, next_try_at, refused_days)
  VALUES (NEW.id_key, 0, 'wanted', NEW.recording_url, 0, 0, 0)
  ON CONFLICT (call_key, position) DO UPDATE
  SET link = excluded.link, state = 'wanted', reason = NULL, tries = 0, next_try_at = 0, refused_days = 0, refused_on = NULL
  WHERE state <> 'kept' AND link IS NOT excluded.link;
END;
CREATE TRIGGER change_of_recording AFTER UPDATE ON recordings
WHEN (OLD.state, OLD.reason, OLD.sha256, OLD.tries) IS NOT (NEW.state, NEW.reason, NEW.sha256, NEW.tries)
BEGIN
  INSERT INTO changes (kind, object_id) SELECT 'call', id FROM calls WHERE id_key = NEW.call_key;
END;
CREATE TRIGGER change_by_imported_recording AFTER INSERT ON recordings WHEN NEW.state = 'kept'
BEGIN
  INSERT INTO changes (kind, object_id) SELECT 'call', id FROM calls WHERE id_key = NEW.call_key;
END;
COMMIT;
