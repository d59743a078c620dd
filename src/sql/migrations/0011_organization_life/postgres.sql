-- Since when it is being deleted; 0 while it is not.
ALTER TABLE organizations ADD COLUMN deleted_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX organizations_ending ON organizations (deleted_at)
  WHERE state IN ('deleting', 'purging');

-- 1 while its deployments are on their way out of the cluster; it is nobody's any more.
ALTER TABLE teams ADD COLUMN deleting BIGINT NOT NULL DEFAULT 0;

-- Names that were given, as keyed hashes: nothing can be read off a row when what had the name is
-- gone. A slug has a holder, the organization's id, and `until` is 0 while it is in use, else the
-- moment from which others may have it. Names of the cluster are given once: no holder, until 0.
-- scope: client
CREATE TABLE given_names (
  client_id UUID NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  holder TEXT COLLATE "C" NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (kind, hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);
CREATE INDEX given_names_by_holder ON given_names (client_id, holder) WHERE holder <> '';
CREATE INDEX given_names_by_end ON given_names (until) WHERE until > 0;

ALTER TABLE given_names ENABLE ROW LEVEL SECURITY;
ALTER TABLE given_names FORCE ROW LEVEL SECURITY;
CREATE POLICY given_names_fleet ON given_names TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY given_names_owner ON given_names TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON given_names TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON given_names TO {tenant_role};
CREATE POLICY given_names_tenant ON given_names TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));
