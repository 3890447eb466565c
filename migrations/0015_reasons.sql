-- Deliveries are asked for by a part of their reason. Few have one; without this index the whole ledger would be read.
CREATE INDEX deliveries_with_reason ON deliveries (id, reason) WHERE reason IS NOT NULL;
