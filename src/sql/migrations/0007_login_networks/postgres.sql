-- Networks from which somebody signed in to an account: a keyed hash of both. The tries of others at
-- the account do not keep its owner out there.
-- scope: client
CREATE TABLE login_networks (
  client_id UUID NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  user_id UUID NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
);
CREATE INDEX login_networks_by_user ON login_networks (client_id, user_id);
CREATE INDEX login_networks_by_age ON login_networks (seen_at);

ALTER TABLE login_networks ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_networks FORCE ROW LEVEL SECURITY;
CREATE POLICY login_networks_fleet ON login_networks TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY login_networks_owner ON login_networks TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_networks TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON login_networks TO {tenant_role};
CREATE POLICY login_networks_tenant ON login_networks TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));
