-- Views that answer the questions of an office, each in one statement: docs/questions.md. Times are ISO 8601, UTC. Where a view
-- has `item`, that is the place in time: `item >= unixepoch('2026-03-01') * 1000 << 12` is everything since that day, and is
-- found without reading the rest.

DROP VIEW call_log;
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
       c.original_to_number, c.original_to_name, c.integration_id, c.transfer_original_call_id, c.id,
       (SELECT contact FROM number_contacts WHERE number_id = c.from_number_id) AS from_contact,
       (SELECT contact FROM number_contacts WHERE number_id = c.to_number_id) AS to_contact,
       c.from_number_id, c.to_number_id, c.started_at AS started_ms, c.item
FROM calls c
LEFT JOIN numbers f ON f.id = c.from_number_id
LEFT JOIN numbers t ON t.id = c.to_number_id
ORDER BY c.item DESC;

-- The names of all contacts that have a number, in one text.
CREATE VIEW number_contacts AS
SELECT n.id AS number_id, n.number,
       (SELECT group_concat(name, ', ') FROM (
          SELECT DISTINCT trim(coalesce(c.name, '') || ' ' || coalesce(c.last_name, '')) AS name
          FROM contact_numbers cn JOIN contacts c ON c.key = cn.contact_key
          WHERE cn.number_id = n.id ORDER BY 1)) AS contact
FROM numbers n;

-- One row for each participant of each call and message: a number's history is one range, in the order of time. The other party
-- is who called or wrote to the line, or was called or written to by it.
CREATE VIEW conversations AS
SELECT n.number,
       (SELECT contact FROM number_contacts WHERE number_id = t.number_id) AS contact,
       strftime('%Y-%m-%dT%H:%M:%fZ', (t.item >> 12) / 1000.0, 'unixepoch') AS at,
       CASE WHEN t.item & 1 THEN 'message' ELSE 'call' END AS kind,
       coalesce(c.direction, m.direction) AS direction,
       t.number_id IS CASE coalesce(c.direction, m.direction) WHEN 'OUTBOUND' THEN coalesce(c.to_number_id, m.to_number_id)
                                                              ELSE coalesce(c.from_number_id, m.from_number_id) END AS is_other_party,
       c.result, c.duration_seconds,
       coalesce(m.content, c.one_sentence_summary, c.summary) AS text,
       (SELECT email FROM users WHERE id = coalesce(c.user_id, m.user_id)) AS user_email,
       coalesce(c.id, m.id) AS id,
       t.number_id, t.item
FROM timeline t
JOIN numbers n ON n.id = t.number_id
LEFT JOIN calls c ON c.item = t.item
LEFT JOIN messages m ON m.item = t.item;

-- Inbound calls in which nobody of the office spoke. A blocked caller is not missed, and neither is one whom the receptionist or
-- another number took. Where the dialect has no result, a call without any length was missed. A ring without a completed call is
-- one too, an hour later, unless it was picked up.
CREATE VIEW missed_calls AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', (x.item >> 12) / 1000.0, 'unixepoch') AS at,
       coalesce(f.number, x.from_number) AS number,
       (SELECT contact FROM number_contacts WHERE number_id = x.from_number_id) AS contact,
       coalesce(t.number, x.to_number) AS to_number,
       (SELECT email FROM users WHERE id = x.user_id) AS user_email,
       x.result, x.id, f.kind AS number_kind, x.from_number_id AS number_id, x.item
FROM (SELECT item, id, from_number, from_number_id, to_number, to_number_id, user_id, coalesce(result, 'MISSED') AS result
      FROM calls
      WHERE direction = 'INBOUND'
        AND (result COLLATE NOCASE IN ('VOICEMAIL', 'MISSED', 'FAILED', 'FAILED_EXTERNAL', 'CLOSED')
             OR (result IS NULL AND coalesce(duration_seconds, 0) = 0 AND transcript_entry_count = 0))
      UNION ALL
      SELECT r.started_at << 12, NULL, r.from_number, r.from_number_id, r.to_number, r.to_number_id, r.user_id, 'RANG'
      FROM ringing r
      WHERE r.item IS NULL AND r.kind = 'received' AND r.answered_at IS NULL AND coalesce(r.direction, 'INBOUND') = 'INBOUND'
        AND r.started_at < unixepoch() * 1000 - 3600000
        AND NOT EXISTS (SELECT 1 FROM ringing a WHERE a.from_number_id = r.from_number_id AND a.kind = 'answered'
                        AND a.started_at BETWEEN r.started_at - 600000 AND r.started_at + 600000)) x
LEFT JOIN numbers f ON f.id = x.from_number_id
LEFT JOIN numbers t ON t.id = x.to_number_id;

-- What the office did about a missed call: the first call or message to that number after it. NULL: nothing so far, or the number
-- was withheld.
CREATE VIEW callbacks AS
SELECT m.at AS missed_at, m.number, m.contact, m.to_number, m.result,
       strftime('%Y-%m-%dT%H:%M:%fZ', (m.back >> 12) / 1000.0, 'unixepoch') AS called_back_at,
       CASE m.back & 1 WHEN 0 THEN 'call' WHEN 1 THEN 'message' END AS called_back_by,
       ((m.back >> 12) - (m.item >> 12)) / 1000 AS seconds,
       (SELECT result FROM calls WHERE item = m.back) AS callback_result,
       (SELECT email FROM users WHERE id = coalesce((SELECT user_id FROM calls WHERE item = m.back),
                                                    (SELECT user_id FROM messages WHERE item = m.back))) AS user_email,
       m.number_id, m.item
FROM (SELECT *,
             CASE WHEN number_kind NOT IN ('anonymous', 'unknown') THEN
               (SELECT t.item FROM timeline t
                LEFT JOIN calls c ON c.item = t.item LEFT JOIN messages s ON s.item = t.item
                WHERE t.number_id = missed_calls.number_id AND t.item > missed_calls.item
                  AND coalesce(c.direction, s.direction) = 'OUTBOUND'
                ORDER BY t.item LIMIT 1) END AS back
      FROM missed_calls) m;

-- How long who wrote or called in vain waited: from the first message or missed call after the last exchange to the first call or
-- message to that number, or the first call of theirs that was taken. NULL: still waiting.
CREATE VIEW first_responses AS
SELECT n.number,
       (SELECT contact FROM number_contacts WHERE number_id = w.number_id) AS contact,
       strftime('%Y-%m-%dT%H:%M:%fZ', (w.item >> 12) / 1000.0, 'unixepoch') AS waiting_since,
       CASE w.item & 1 WHEN 0 THEN 'call' ELSE 'message' END AS kind,
       strftime('%Y-%m-%dT%H:%M:%fZ', (w.response >> 12) / 1000.0, 'unixepoch') AS responded_at,
       CASE w.response & 1 WHEN 0 THEN 'call' WHEN 1 THEN 'message' END AS responded_by,
       ((w.response >> 12) - (w.item >> 12)) / 1000 AS seconds,
       (SELECT email FROM users WHERE id = coalesce((SELECT user_id FROM calls WHERE item = w.response),
                                                    (SELECT user_id FROM messages WHERE item = w.response))) AS user_email,
       w.number_id, w.item
FROM (SELECT i.item, i.number_id,
             (SELECT t.item FROM timeline t
              LEFT JOIN calls c ON c.item = t.item LEFT JOIN messages s ON s.item = t.item
              WHERE t.number_id = i.number_id AND t.item > i.item
                AND (coalesce(c.direction, s.direction) = 'OUTBOUND' OR c.result IN ('ANSWERED', 'TRANSFERRED', 'TRANSFERRED_EXTERNAL'))
              ORDER BY t.item LIMIT 1) AS response
      FROM (SELECT item, from_number_id AS number_id FROM messages WHERE direction = 'INBOUND'
            UNION ALL
            SELECT item, number_id FROM missed_calls WHERE id IS NOT NULL) i
      -- The first one after the last exchange: what came before it was an answer, or nothing.
      WHERE coalesce((SELECT coalesce(c.direction, s.direction) = 'OUTBOUND'
                             OR c.result IN ('ANSWERED', 'TRANSFERRED', 'TRANSFERRED_EXTERNAL')
                      FROM timeline t
                      LEFT JOIN calls c ON c.item = t.item LEFT JOIN messages s ON s.item = t.item
                      WHERE t.number_id = i.number_id AND t.item < i.item ORDER BY t.item DESC LIMIT 1), 1)) w
JOIN numbers n ON n.id = w.number_id AND n.kind NOT IN ('anonymous', 'unknown');

-- One row for each tag of each call.
CREATE VIEW tag_log AS
SELECT g.name AS tag,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS started_at,
       c.direction, c.result,
       coalesce((SELECT number FROM numbers WHERE id = c.from_number_id), c.from_number) AS from_number,
       coalesce((SELECT number FROM numbers WHERE id = c.to_number_id), c.to_number) AS to_number,
       (SELECT email FROM users WHERE id = c.user_id) AS user_email,
       c.id, c.item
FROM call_tags ct
JOIN tags g ON g.id = ct.tag_id
JOIN calls c ON c.item = ct.item;

-- Every state that a contact had, oldest first of each; lists as JSON. `delivery` is the one that brought it.
CREATE VIEW contact_history AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(v.event_time, d.received_at) / 1000.0, 'unixepoch') AS at,
       c.id, v.name, v.last_name, v.company_name, v.job_title, v.numbers, v.emails, v.delivery_id AS delivery,
       lag(v.numbers) OVER of_contact AS numbers_before,
       lag(v.name) OVER of_contact AS name_before
FROM contact_versions v
JOIN contacts c ON c.key = v.contact_key
JOIN deliveries d ON d.id = v.delivery_id
WINDOW of_contact AS (PARTITION BY v.contact_key ORDER BY coalesce(v.event_time, d.received_at),
                      coalesce(v.event_micros, 0), v.delivery_id);

-- One row for each transfer: who gave the call to whom.
CREATE VIEW transfers AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS started_at,
       coalesce((SELECT number FROM numbers WHERE id = c.from_number_id), c.from_number) AS from_number,
       coalesce(f.user_email, f.user_name, f.number) AS transferred_from,
       coalesce(t.user_email, t.user_name, t.number) AS transferred_to,
       f.number AS transfer_from_number, t.number AS transfer_to_number,
       c.result, c.duration_seconds, c.transfer_original_call_id, c.id, c.item
FROM calls c
LEFT JOIN call_transfers f ON f.item = c.item AND f.side = 'from'
LEFT JOIN call_transfers t ON t.item = c.item AND t.side = 'to'
WHERE c.item IN (SELECT item FROM call_transfers UNION SELECT item FROM calls WHERE transfer_original_key IS NOT NULL);

-- What the receptionist collected: one row for each key of each call; `value` is text, `json` as the vendor sent it.
CREATE VIEW collected AS
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at / 1000.0, 'unixepoch') AS started_at,
       coalesce((SELECT number FROM numbers WHERE id = c.from_number_id), c.from_number) AS from_number,
       d.key, json_extract(d.value, '$') AS value, d.value AS json,
       c.id, c.item
FROM collected_data d
JOIN calls c ON c.item = d.item;
