-- What the last look at the cluster saw of a sandbox, as JSON; empty before the first.
ALTER TABLE sandboxes ADD COLUMN isolation_seen TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sandboxes ADD COLUMN isolation_findings BIGINT NOT NULL DEFAULT 0;
-- When the look began that stands in every status, 0 before the first, and whether it read everything.
ALTER TABLE clients ADD COLUMN isolation_checked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN isolation_complete BIGINT NOT NULL DEFAULT 0;
