-- What calls, messages and contacts share. The keys are digests of the text they stand for, so that two
-- archives that were told the same things in any order hold the same rows.

-- One row for each number ever met, in its canonical text.
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

-- Owners of lines.
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE
) STRICT;

-- By the vendor's id where it sends one, else by name.
CREATE TABLE companies (
  id INTEGER PRIMARY KEY,
  vendor_id TEXT,
  name TEXT
) STRICT;

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
