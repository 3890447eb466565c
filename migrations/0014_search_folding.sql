-- What is indexed is folded by the program, with ICU, as storage/text/words.h says: words separated by blanks, of which the
-- tokenizer takes each as it is. `MATCH 'coeur'` finds cœur as before; what is asked for must be folded likewise.
--
-- SQL cannot fold. So the index as it was becomes search_old and contact_search_old, from which queries are answered while the
-- program makes the new one, in short pieces from its next start on. Then the old one goes. The program does the same when a
-- newer ICU folds otherwise than the one that is recorded in the setting search_folding.

DROP VIEW search_document;
DROP VIEW search_text;
DROP VIEW contact_document;
DROP VIEW contact_text;
ALTER TABLE search RENAME TO search_old;
ALTER TABLE contact_search RENAME TO contact_search_old;
-- Characters of scripts without spaces are words of the other columns.
DROP TABLE search_unspaced;
DROP TABLE contact_search_unspaced;

-- Everything that was said and written, by call or message. In names, numbers, transfers, collected and choices each line is
-- a value of its own; line ends inside of them are blanks.
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

-- detail=full: phrases need it. No prefix index: it doubles the size, and three letters are quick without. All but blanks
-- belongs to a word.
CREATE VIRTUAL TABLE search USING fts5 (
  words, summary, one_sentence_summary, names, numbers, transfers, collected, choices,
  content = 'search_text', content_rowid = 'item',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
INSERT INTO search (search, rank) VALUES ('automerge', 16);
-- The writer merges what piles up when nobody sends anything; then two pieces are enough to make one of them.
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

CREATE VIRTUAL TABLE contact_search USING fts5 (
  names, company, job_title, emails, numbers, properties,
  content = 'contact_text', content_rowid = 'key',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);

INSERT INTO contact_search (contact_search, rank) VALUES ('automerge', 16);
INSERT INTO contact_search (contact_search, rank) VALUES ('usermerge', 2);

-- The folded name is looked into by the filter `name`. Lists are in the order of sort_key: CLDR's root collation, as
-- hexadecimal digits; who has no name comes last. Until the program has made the keys, the order is that of before.
ALTER TABLE contacts RENAME COLUMN sort_name TO folded_name;
ALTER TABLE contacts ADD COLUMN sort_key TEXT NOT NULL DEFAULT 'none';
UPDATE contacts SET sort_key = CASE folded_name WHEN char(1114109) THEN 'none' ELSE lower(hex(folded_name)) END;
DROP INDEX contacts_by_name;
CREATE INDEX contacts_by_name ON contacts (sort_key);

-- For the filters collected= and property=.
CREATE INDEX collected_data_by_value ON collected_data (key, substr(value, 1, 40));
CREATE INDEX contact_properties_by_value ON contact_properties (key, substr(value, 1, 40));
