-- Slugs that teams gave up: until then they lead to the team and are given to no other one of the
-- organization. A team that goes takes its own with it.
-- scope: tenant
CREATE TABLE former_team_slugs (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  slug TEXT COLLATE "C" NOT NULL,
  team_id UUID NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE
);
CREATE INDEX former_team_slugs_by_team ON former_team_slugs (client_id, org_id, team_id, until);

ALTER TABLE former_team_slugs ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_team_slugs FORCE ROW LEVEL SECURITY;
CREATE POLICY former_team_slugs_fleet ON former_team_slugs TO {fleet_role}
  USING (true) WITH CHECK (true);
CREATE POLICY former_team_slugs_owner ON former_team_slugs TO {owner_role}
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON former_team_slugs TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON former_team_slugs TO {tenant_role};
CREATE POLICY former_team_slugs_tenant ON former_team_slugs TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
