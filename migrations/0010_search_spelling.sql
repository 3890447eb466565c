-- The index spells as people do who have no other keys: œ as oe, æ as ae, ß as ss, and the apostrophe that is a letter
-- as one that is none. Each takes as many bytes as what it stands for, so that a place in the one text is a place in the
-- other: search_text and contact_text hold what was said and written, search_document and contact_document what is indexed.
--
-- A line end inside a name is a blank, since each line is a field of its own. In scripts without spaces, marks that stand
-- above, below or behind a letter (Thai vowels and tones …) count: the tokenizer, to whom they are nothing, finds each as a
-- character of private use, from U+E100 on. What was indexed otherwise is indexed again.

-- Unicode's nonspacing and spacing marks in Thai, Lao, Tibetan, Myanmar and Khmer.
CREATE TEMP TABLE mark (first INTEGER, last INTEGER);
INSERT INTO mark VALUES
  (0xe31, 0xe31), (0xe34, 0xe3a), (0xe47, 0xe4e), (0xeb1, 0xeb1), (0xeb4, 0xebc), (0xec8, 0xecd), (0xf18, 0xf19),
  (0xf35, 0xf35), (0xf37, 0xf37), (0xf39, 0xf39), (0xf3e, 0xf3f), (0xf71, 0xf84), (0xf86, 0xf87), (0xf8d, 0xfbc),
  (0xfc6, 0xfc6), (0x102b, 0x103e), (0x1056, 0x1059), (0x105e, 0x1060), (0x1062, 0x1064), (0x1067, 0x106d), (0x1071, 0x1074),
  (0x1082, 0x108d), (0x108f, 0x108f), (0x109a, 0x109d), (0x17b4, 0x17d3), (0x17dd, 0x17dd);

CREATE TEMP TABLE respelled_item AS SELECT item FROM search_document
WHERE (coalesce(words, '') || coalesce(summary, '') || coalesce(one_sentence_summary, '') || coalesce(names, '')) GLOB '*[œŒæÆßʼ]*'
   OR unspaced IS NOT NULL OR item IN
  (SELECT item FROM calls WHERE instr(coalesce(from_name, '') || coalesce(to_name, '') || coalesce(original_to_name, ''), char(10))
   UNION ALL SELECT item FROM messages WHERE instr(coalesce(from_name, '') || coalesce(to_name, ''), char(10)));
INSERT INTO search (search, rowid, words, summary, one_sentence_summary, names, numbers, unspaced)
SELECT 'delete', item, words, summary, one_sentence_summary, names, numbers, unspaced
FROM search_document WHERE item IN (SELECT item FROM respelled_item);
UPDATE search_unspaced SET text =
  (SELECT group_concat(piece, ' ')
   FROM (SELECT CASE WHEN length(value) = 1 AND EXISTS (SELECT 1 FROM mark WHERE unicode(value) BETWEEN first AND last)
                     THEN char(unicode(value) - 0x0e00 + 0xe100) ELSE value END AS piece
         FROM json_each('["' || replace(text, ' ', '","') || '"]') ORDER BY id));
DROP VIEW search_document;
CREATE VIEW search_text (item, words, summary, one_sentence_summary, names, numbers, unspaced) AS
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
       (SELECT text FROM search_unspaced WHERE item = c.item)
FROM calls c
UNION ALL
SELECT m.item,
       m.content,
       NULL,
       NULL,
       replace(coalesce(m.from_name, ''), char(10), ' ') || char(10) || replace(coalesce(m.to_name, ''), char(10), ' '),
       coalesce((SELECT number FROM numbers WHERE id = m.from_number_id), '') || char(10)
       || coalesce((SELECT number FROM numbers WHERE id = m.to_number_id), ''),
       (SELECT text FROM search_unspaced WHERE item = m.item)
FROM messages m;

CREATE VIEW search_document (item, words, summary, one_sentence_summary, names, numbers, unspaced) AS
SELECT item,
       replace(replace(replace(replace(replace(replace(words, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       replace(replace(replace(replace(replace(replace(summary, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       replace(replace(replace(replace(replace(replace(one_sentence_summary, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       replace(replace(replace(replace(replace(replace(names, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       numbers,
       unspaced
FROM search_text;
INSERT INTO search (rowid, words, summary, one_sentence_summary, names, numbers, unspaced)
SELECT item, words, summary, one_sentence_summary, names, numbers, unspaced
FROM search_document WHERE item IN (SELECT item FROM respelled_item);
DROP TABLE respelled_item;

CREATE TEMP TABLE respelled_key AS SELECT key FROM contact_document
WHERE (coalesce(names, '') || coalesce(company, '') || coalesce(job_title, '')) GLOB '*[œŒæÆßʼ]*'
   OR unspaced IS NOT NULL OR key IN (SELECT key FROM contacts WHERE instr(coalesce(name, '') || coalesce(last_name, ''), char(10)));
INSERT INTO contact_search (contact_search, rowid, names, company, job_title, emails, numbers, unspaced)
SELECT 'delete', key, names, company, job_title, emails, numbers, unspaced
FROM contact_document WHERE key IN (SELECT key FROM respelled_key);
UPDATE contact_search_unspaced SET text =
  (SELECT group_concat(piece, ' ')
   FROM (SELECT CASE WHEN length(value) = 1 AND EXISTS (SELECT 1 FROM mark WHERE unicode(value) BETWEEN first AND last)
                     THEN char(unicode(value) - 0x0e00 + 0xe100) ELSE value END AS piece
         FROM json_each('["' || replace(text, ' ', '","') || '"]') ORDER BY id));
DROP VIEW contact_document;
CREATE VIEW contact_text (key, names, company, job_title, emails, numbers, unspaced) AS
SELECT c.key,
       replace(coalesce(c.name, ''), char(10), ' ') || char(10) || replace(coalesce(c.last_name, ''), char(10), ' '),
       (SELECT name FROM companies WHERE id = c.company_id),
       c.job_title,
       (SELECT group_concat(email, char(10))
        FROM (SELECT email FROM contact_emails WHERE contact_key = c.key ORDER BY position)),
       (SELECT group_concat(number, char(10))
        FROM (SELECT n.number FROM contact_numbers cn JOIN numbers n ON n.id = cn.number_id
              WHERE cn.contact_key = c.key ORDER BY cn.position)),
       (SELECT text FROM contact_search_unspaced WHERE key = c.key)
FROM contacts c;

CREATE VIEW contact_document (key, names, company, job_title, emails, numbers, unspaced) AS
SELECT key,
       replace(replace(replace(replace(replace(replace(names, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       replace(replace(replace(replace(replace(replace(company, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       replace(replace(replace(replace(replace(replace(job_title, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'), 'ʼ', ''''''),
       emails,
       numbers,
       unspaced
FROM contact_text;
INSERT INTO contact_search (rowid, names, company, job_title, emails, numbers, unspaced)
SELECT key, names, company, job_title, emails, numbers, unspaced
FROM contact_document WHERE key IN (SELECT key FROM respelled_key);
DROP TABLE respelled_key;
DROP TABLE mark;

-- Sort names are folded likewise; they have at most 100 characters.
UPDATE contacts
SET sort_name = substr(trim(replace(replace(replace(replace(sort_name, 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), 'ʼ', ' ')), 1, 100)
WHERE sort_name GLOB '*[œæßʼ]*';
