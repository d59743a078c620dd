-- When a row that the cluster did not take is tried again, and how often in a row it was not taken.
ALTER TABLE sandboxes ADD COLUMN retry_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sandboxes ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN retry_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
