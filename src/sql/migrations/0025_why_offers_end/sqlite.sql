-- Why an offer of ownership was cancelled, else empty; also of those that ended before this was kept.
ALTER TABLE ownership_offers ADD COLUMN reason TEXT NOT NULL DEFAULT '';
