-- The address book now.
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

-- Custom properties: key → JSON value.
CREATE TABLE contact_properties (
  contact_key INTEGER NOT NULL REFERENCES contacts (key) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,          -- JSON
  PRIMARY KEY (contact_key, key)
) STRICT, WITHOUT ROWID;

-- What each delivery said of a contact. NULL: not said, the state before goes on. '' or an empty
-- list: said to be nothing.
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
