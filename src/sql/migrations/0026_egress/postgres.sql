-- What of the internet the pods of an organization may send to, as JSON; '' for all of it.
ALTER TABLE organizations ADD COLUMN egress TEXT COLLATE "C" NOT NULL DEFAULT '';
