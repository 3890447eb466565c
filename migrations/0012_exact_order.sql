-- What the order of events, the state of contacts and users need to be exact. The program makes the tables again from the
-- ledger after this step (settings.projection), which fills the new columns.

-- Beyond the millisecond, two events about one contact are in the order of their microseconds.
ALTER TABLE contact_versions ADD COLUMN event_micros INTEGER;  -- after event_time, 0 to 999

-- The first delivery about a contact, and the last one that changed it.
ALTER TABLE contacts ADD COLUMN created_by INTEGER REFERENCES deliveries (id);
ALTER TABLE contacts ADD COLUMN updated_by INTEGER REFERENCES deliveries (id);

-- 1: the vendor's joined transcript is just the entries as 'SOURCE: text' lines, and not stored a second time.
ALTER TABLE calls ADD COLUMN transcript_is_joined INTEGER NOT NULL DEFAULT 0;

-- An address is one user in any case; `email` is the smallest spelling that was sent.
ALTER TABLE users ADD COLUMN folded TEXT;
UPDATE users SET folded = lower(email);
CREATE INDEX users_by_folded ON users (folded);

-- How a call ended is asked for in any case.
DROP INDEX calls_by_result;
CREATE INDEX calls_by_result ON calls (result COLLATE NOCASE);
