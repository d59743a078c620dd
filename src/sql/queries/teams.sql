-- name: team_create
-- rows: none
-- scope: tenant
INSERT INTO teams (client_id, org_id, id, slug, name, description, version, created_at,
  updated_at)
VALUES (:client, :org, :id, :slug, :name, :description, 1, :now, :now);

-- The founder's, by the founder.
-- name: team_member_create
-- rows: none
-- scope: tenant
INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at, granted_by,
  granted_at)
VALUES (:client, :org, :team_id, :user_id, :role, :now, :user_id, :now);

-- name: team_exists
-- rows: optional
-- scope: tenant
SELECT t.id
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id AND t.deleting = 0;

-- name: team_id_by_slug
-- rows: optional
-- scope: tenant
SELECT t.id
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.slug = :slug AND t.deleting = 0;

-- name: team_by_id
-- rows: optional
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id AND t.deleting = 0;

-- name: teams_per_org
-- rows: many
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.slug > :after AND t.deleting = 0
ORDER BY t.slug
LIMIT CAST(:page_size AS BIGINT);

-- name: teams_per_member
-- rows: many
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
JOIN team_members AS m ON m.client_id = t.client_id AND m.org_id = t.org_id AND m.team_id = t.id
WHERE t.client_id = :client AND t.org_id = :org AND m.user_id = :user_id AND t.slug > :after
  AND t.deleting = 0
ORDER BY t.slug
LIMIT CAST(:page_size AS BIGINT);

-- name: team_set
-- rows: none
-- scope: tenant
UPDATE teams
SET slug = :slug, name = :name, description = :description, version = version + 1,
  updated_at = :now
WHERE client_id = :client AND org_id = :org AND id = :id AND version = :version AND deleting = 0;

-- name: team_slug_holder_before
-- rows: optional
-- scope: tenant
SELECT f.team_id
FROM former_team_slugs AS f
WHERE f.client_id = :client AND f.org_id = :org AND f.slug = :slug AND f.until > :now;

-- name: team_slugs_at_rest
-- rows: one
-- scope: tenant
SELECT COUNT(*), COALESCE(MIN(f.until), 0)
FROM former_team_slugs AS f
WHERE f.client_id = :client AND f.org_id = :org AND f.team_id = :team_id AND f.until > :now;

-- name: team_slug_taken_up
-- rows: none
-- scope: tenant
DELETE FROM former_team_slugs
WHERE client_id = :client AND org_id = :org AND slug = :slug;

-- name: team_slug_let_go
-- rows: none
-- scope: tenant
INSERT INTO former_team_slugs (client_id, org_id, slug, team_id, until)
VALUES (:client, :org, :slug, :team_id, :until)
ON CONFLICT (client_id, org_id, slug) DO UPDATE SET team_id = excluded.team_id,
  until = excluded.until;

-- Those of other teams whose time is over go with them, or when somebody takes one.
-- name: team_slugs_over
-- rows: none
-- scope: tenant
DELETE FROM former_team_slugs
WHERE client_id = :client AND org_id = :org AND team_id = :team_id AND until <= :now;

-- name: team_slugs_forgotten
-- rows: none
-- scope: tenant
DELETE FROM former_team_slugs
WHERE client_id = :client AND org_id = :org AND team_id = :team_id;

-- name: team_load
-- rows: one
-- scope: tenant
SELECT COUNT(*), CAST(COALESCE(SUM(d.deleting), 0) AS BIGINT)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id;

-- Its slug is free at once: an id is no slug.
-- name: team_end
-- rows: none
-- scope: tenant
UPDATE teams
SET deleting = 1, slug = CAST(id AS TEXT), version = version + 1
WHERE client_id = :client AND org_id = :org AND id = :id AND deleting = 0;

-- name: team_members_remove
-- rows: none
-- scope: tenant
DELETE FROM team_members WHERE client_id = :client AND org_id = :org AND team_id = :team_id;

-- Once its last deployment has left the cluster.
-- name: team_forget
-- rows: none
-- scope: tenant
DELETE FROM teams
WHERE client_id = :client AND org_id = :org AND id = :id AND deleting = 1 AND NOT EXISTS (
  SELECT 1 FROM deployments AS d
  WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :id);
