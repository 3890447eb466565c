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

-- Who took part in what: callers and called, the number first dialled, parties of a transfer, senders and
-- receivers. A number's history is one range of this table, in the order of time.
CREATE TABLE timeline (
  number_id INTEGER NOT NULL REFERENCES numbers (id),
  item INTEGER NOT NULL,        -- of calls or messages; the last bit tells which
  PRIMARY KEY (number_id, item)
) STRICT, WITHOUT ROWID;

-- Events of calls that have not ended. They carry no call id; `item` is the call they were joined to, by
-- direction, other party, user and nearest start within ten minutes.
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
