-- What people had in an organization when they left it, so that it can be given back.
-- scope: tenant
CREATE TABLE former_members (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  user_id UUID NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  teams TEXT COLLATE "C" NOT NULL,
  removed_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE,
  CONSTRAINT former_members_role CHECK (role IN ('org_admin', 'org_member'))
);
CREATE INDEX former_members_by_age ON former_members (removed_at);

ALTER TABLE former_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_members FORCE ROW LEVEL SECURITY;
CREATE POLICY former_members_fleet ON former_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY former_members_owner ON former_members TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON former_members TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON former_members TO {tenant_role};
CREATE POLICY former_members_tenant ON former_members TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
