-- The change feed: one row for each change of a call, message or contact, in the order in which they were committed. It says
-- what has changed, not how: who follows it reads the thing as it is now. Not made of the ledger alone, so a rebuild begins it
-- anew, under another epoch (settings, feed_epoch), which tells those who follow that their position means nothing any more.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,           -- gapless, from 1
  kind TEXT NOT NULL CHECK (kind IN ('call', 'message', 'contact')),
  object_id TEXT NOT NULL,           -- the vendor's id
  delivery_id INTEGER,               -- the delivery that changed it; NULL: something else, such as a recording that was kept
  erased INTEGER NOT NULL DEFAULT 0  -- 1: it is not in the archive any more
) STRICT;

-- What happens to the recording of a call is part of the call. A recording that is wanted comes with its call.
CREATE TRIGGER change_of_recording AFTER UPDATE ON recordings
WHEN (OLD.state, OLD.reason, OLD.sha256, OLD.tries) IS NOT (NEW.state, NEW.reason, NEW.sha256, NEW.tries)
BEGIN
  INSERT INTO changes (kind, object_id) SELECT 'call', id FROM calls WHERE id_key = NEW.call_key;
END;
CREATE TRIGGER change_by_imported_recording AFTER INSERT ON recordings WHEN NEW.state = 'kept'
BEGIN
  INSERT INTO changes (kind, object_id) SELECT 'call', id FROM calls WHERE id_key = NEW.call_key;
END;

-- What an archive holds already comes first, the oldest at the beginning.
INSERT INTO changes (kind, object_id) SELECT 'contact', id FROM contacts ORDER BY key;
INSERT INTO changes (kind, object_id)
SELECT kind, id FROM (SELECT item, 'call' AS kind, id FROM calls UNION ALL SELECT item, 'message', id FROM messages) ORDER BY item;
