-- What people said and wrote, one document for each call or message, rowid = its item key: newest first is a
-- walk from the end. The text lives in the tables; these views say how a document is made of it. In names and
-- numbers each line is a field of its own.

-- Text in scripts that part no words by spaces (Chinese, Japanese, Thai …), as single characters parted by
-- spaces, so that a run of them is found as a phrase; with the words of other scripts that touch them. Only for
-- documents that hold such text.
CREATE TABLE search_unspaced (
  item INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE VIEW search_document (item, words, summary, one_sentence_summary, names, numbers, unspaced) AS
SELECT c.item,
       CASE WHEN c.transcript_entry_count > 0
            THEN (SELECT group_concat(text, char(10))
                  FROM (SELECT text FROM transcript_entries WHERE item = c.item ORDER BY position))
            ELSE c.concatenated_transcript END,
       c.summary,
       c.one_sentence_summary,
       coalesce(c.from_name, '') || char(10) || coalesce(c.to_name, '') || char(10) || coalesce(c.original_to_name, ''),
       coalesce((SELECT number FROM numbers WHERE id = c.from_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = c.to_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = c.original_to_number_id), '') || char(10)
       || coalesce((SELECT n.number FROM call_transfers x JOIN numbers n ON n.id = x.number_id
                    WHERE x.item = c.item AND x.side = 'from'), '') || char(10)
       || coalesce((SELECT n.number FROM call_transfers x JOIN numbers n ON n.id = x.number_id
                    WHERE x.item = c.item AND x.side = 'to'), ''),
       (SELECT text FROM search_unspaced WHERE item = c.item)
FROM calls c
UNION ALL
SELECT m.item,
       m.content,
       NULL,
       NULL,
       coalesce(m.from_name, '') || char(10) || coalesce(m.to_name, ''),
       coalesce((SELECT number FROM numbers WHERE id = m.from_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = m.to_number_id), ''),
       (SELECT text FROM search_unspaced WHERE item = m.item)
FROM messages m;

-- detail=full: phrases need it. No prefix index: it doubles the size, and three letters are quick without.
CREATE VIRTUAL TABLE search USING fts5 (
  words, summary, one_sentence_summary, names, numbers, unspaced,
  content = 'search_document', content_rowid = 'item',
  tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search (search, rank) VALUES ('automerge', 16);
-- The writer merges what piles up when nobody sends anything; then two pieces are enough to make one of them.
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

-- The address book, rowid = contacts.key.
CREATE VIEW contact_document (key, names, company, job_title, emails, numbers, unspaced) AS
SELECT c.key,
       coalesce(c.name, '') || char(10) || coalesce(c.last_name, ''),
       (SELECT name FROM companies WHERE id = c.company_id),
       c.job_title,
       (SELECT group_concat(email, char(10))
        FROM (SELECT email FROM contact_emails WHERE contact_key = c.key ORDER BY position)),
       (SELECT group_concat(number, char(10))
        FROM (SELECT n.number FROM contact_numbers cn JOIN numbers n ON n.id = cn.number_id
              WHERE cn.contact_key = c.key ORDER BY cn.position)),
       (SELECT text FROM contact_search_unspaced WHERE key = c.key)
FROM contacts c;

CREATE TABLE contact_search_unspaced (
  key INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE contact_search USING fts5 (
  names, company, job_title, emails, numbers, unspaced,
  content = 'contact_document', content_rowid = 'key',
  tokenize = 'unicode61 remove_diacritics 2'
);
