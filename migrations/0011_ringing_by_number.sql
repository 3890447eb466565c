-- Which events a call may be the end of is asked for each call that comes, by the other party: with many calls at once, those
-- of all others around the same time are many.
DROP INDEX ringing_by_start;
CREATE INDEX ringing_by_caller ON ringing (from_number_id, started_at);
CREATE INDEX ringing_by_called ON ringing (to_number_id, started_at);
