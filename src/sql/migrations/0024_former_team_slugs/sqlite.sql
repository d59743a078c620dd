-- Slugs that teams gave up: until then they lead to the team and are given to no other one of the
-- organization. A team that goes takes its own with it.
-- scope: tenant
CREATE TABLE former_team_slugs (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  team_id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE
) STRICT;
CREATE INDEX former_team_slugs_by_team ON former_team_slugs (client_id, org_id, team_id, until);
