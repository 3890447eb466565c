-- For people with sqlite3: readable names and times, no ids to join. Times are ISO 8601, UTC.
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

-- One line for each number of a contact; contacts without a number have one line too.
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

-- Who called or wrote, and how often.
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
