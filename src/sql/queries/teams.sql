-- name: team_create
-- rows: none
-- scope: tenant
INSERT INTO teams (client_id, org_id, id, slug, name, description, version, created_at,
  updated_at)
VALUES (:client, :org, :id, :slug, :name, :description, 1, :now, :now);

-- name: team_member_create
-- rows: none
-- scope: tenant
INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at)
VALUES (:client, :org, :team_id, :user_id, :role, :now);

-- name: team_exists
-- rows: optional
-- scope: tenant
SELECT t.id FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id;

-- name: team_id_by_slug
-- rows: optional
-- scope: tenant
SELECT t.id FROM teams AS t WHERE t.client_id = :client AND t.org_id = :org AND t.slug = :slug;

-- name: team_by_id
-- rows: optional
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id;

-- name: teams_per_org
-- rows: many
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.slug > :after
ORDER BY t.slug
LIMIT CAST(:page_size AS BIGINT);

-- name: teams_per_member
-- rows: many
-- scope: tenant
SELECT t.id, t.slug, t.name, t.description, t.version, t.created_at, t.updated_at
FROM teams AS t
JOIN team_members AS m ON m.client_id = t.client_id AND m.org_id = t.org_id AND m.team_id = t.id
WHERE t.client_id = :client AND t.org_id = :org AND m.user_id = :user_id AND t.slug > :after
ORDER BY t.slug
LIMIT CAST(:page_size AS BIGINT);

-- name: team_set
-- rows: none
-- scope: tenant
UPDATE teams
SET name = :name, description = :description, version = version + 1, updated_at = :now
WHERE client_id = :client AND org_id = :org AND id = :id AND version = :version;

-- name: team_remove
-- rows: none
-- scope: tenant
DELETE FROM teams WHERE client_id = :client AND org_id = :org AND id = :id;
