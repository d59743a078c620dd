-- How far the sink of heads was told of the organization's chain.
ALTER TABLE organizations ADD COLUMN audit_sunk BIGINT NOT NULL DEFAULT 0;
CREATE INDEX organizations_unsunk ON organizations (client_id, id) WHERE audit_sunk < audit_seq;

CREATE INDEX audit_by_time ON audit (client_id, org_id, at, seq);
CREATE INDEX audit_by_actor ON audit (client_id, org_id, actor_id, at, seq);
CREATE INDEX audit_by_action ON audit (client_id, org_id, action, at, seq);
CREATE INDEX audit_by_target ON audit (client_id, org_id, target_id, at, seq);

-- One row a person: without it nobody can tell whose address or text a hash of the audit log is.
-- scope: client
CREATE TABLE audit_salts (
  client_id UUID NOT NULL,
  user_id UUID NOT NULL,
  salt TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
);

-- The chain of what belongs to no organization: sign-ups, logins, administrators. Never updated.
-- scope: client
CREATE TABLE client_audit (
  client_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  prev TEXT COLLATE "C" NOT NULL,
  mac TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  request_id TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  target_kind TEXT COLLATE "C" NOT NULL,
  target_id TEXT COLLATE "C" NOT NULL,
  result TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, seq),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- The end of that chain; `salt` is for whoever has no account.
-- scope: client
CREATE TABLE client_audit_heads (
  client_id UUID NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  mac TEXT COLLATE "C" NOT NULL,
  sunk BIGINT NOT NULL,
  salt TEXT COLLATE "C" NOT NULL,
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

ALTER TABLE audit_salts ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_salts FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_salts_fleet ON audit_salts TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY audit_salts_owner ON audit_salts TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_salts TO {fleet_role};
GRANT SELECT, INSERT, DELETE ON audit_salts TO {tenant_role};
CREATE POLICY audit_salts_tenant ON audit_salts TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE client_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY client_audit_fleet ON client_audit TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY client_audit_owner ON client_audit TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON client_audit TO {fleet_role};
GRANT SELECT, INSERT ON client_audit TO {tenant_role};
CREATE POLICY client_audit_tenant ON client_audit TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE client_audit_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_audit_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY client_audit_heads_fleet ON client_audit_heads TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY client_audit_heads_owner ON client_audit_heads TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON client_audit_heads TO {fleet_role};
GRANT SELECT, INSERT, UPDATE ON client_audit_heads TO {tenant_role};
CREATE POLICY client_audit_heads_tenant ON client_audit_heads TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));
