-- Which account an organization's mail is to, else empty: what is told to a member as such ends with
-- the membership, and how often one person is told something is counted. No reference: the mail
-- outlives nobody by long.
ALTER TABLE mails ADD COLUMN recipient TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX mails_by_kind ON mails (client_id, owner_id, kind, queued_at);
CREATE INDEX mails_by_recipient ON mails (client_id, owner_id, recipient, kind, queued_at);
-- By which address the organization knew who left, and whether they went by themselves. Of those
-- who left before, neither is known here: they come back by an invitation.
ALTER TABLE former_members ADD COLUMN email TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE former_members ADD COLUMN own_will BIGINT NOT NULL DEFAULT 1;
