-- Why an organization is suspended, in the words of who did it, and since when; '' and 0 while it is
-- not. Beside its state, which says whether there is such an organization at all.
ALTER TABLE organizations ADD COLUMN suspended_for TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN suspended_at INTEGER NOT NULL DEFAULT 0;
