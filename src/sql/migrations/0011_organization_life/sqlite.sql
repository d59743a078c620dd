-- Since when it is being deleted; 0 while it is not.
ALTER TABLE organizations ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX organizations_ending ON organizations (deleted_at)
  WHERE state IN ('deleting', 'purging');

-- 1 while its deployments are on their way out of the cluster; it is nobody's any more.
ALTER TABLE teams ADD COLUMN deleting INTEGER NOT NULL DEFAULT 0;

-- Names that were given, as keyed hashes: nothing can be read off a row when what had the name is
-- gone. A slug has a holder, the organization's id, and `until` is 0 while it is in use, else the
-- moment from which others may have it. Names of the cluster are given once: no holder, until 0.
-- scope: client
CREATE TABLE given_names (
  client_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (kind, hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE INDEX given_names_by_holder ON given_names (client_id, holder) WHERE holder <> '';
CREATE INDEX given_names_by_end ON given_names (until) WHERE until > 0;
