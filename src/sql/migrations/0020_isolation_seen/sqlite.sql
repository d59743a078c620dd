-- What the last look at the cluster saw of a sandbox, as JSON; empty before the first.
ALTER TABLE sandboxes ADD COLUMN isolation_seen TEXT NOT NULL DEFAULT '';
ALTER TABLE sandboxes ADD COLUMN isolation_findings INTEGER NOT NULL DEFAULT 0;
-- When the look began that stands in every status, 0 before the first, and whether it read everything.
ALTER TABLE clients ADD COLUMN isolation_checked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN isolation_complete INTEGER NOT NULL DEFAULT 0;
