-- When the bearer of a session last gave the password. A session of before began with one.
ALTER TABLE sessions ADD COLUMN auth_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET auth_at = created_at;
