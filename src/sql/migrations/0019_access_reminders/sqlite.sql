-- When the administrators of an organization were last reminded to review who has access; 0: never.
ALTER TABLE organizations ADD COLUMN access_reminded_at INTEGER NOT NULL DEFAULT 0;
