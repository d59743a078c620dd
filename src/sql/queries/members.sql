-- The page is cut before the teams are joined to it, so that its size counts people.
-- name: members_per_org
-- rows: many
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, m.version, m.created_at, a.seen_at, t.id, t.slug, t.name,
  tm.role
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id
LEFT JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id IN (
  SELECT k.user_id
  FROM org_members AS k
  JOIN users AS n ON n.client_id = k.client_id AND n.id = k.user_id
  WHERE k.client_id = :client AND k.org_id = :org AND k.user_id > :after_id
    AND lower(n.name) >= :prefix_low AND lower(n.name) < :prefix_high
  ORDER BY k.user_id
  LIMIT CAST(:page_size AS BIGINT))
ORDER BY m.user_id, t.slug;

-- name: member_by_id
-- rows: many
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, m.version, m.created_at, a.seen_at, t.id, t.slug, t.name,
  tm.role
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id
LEFT JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id
ORDER BY t.slug;

-- name: member_id_by_email
-- rows: optional
-- scope: tenant
SELECT m.user_id
FROM users AS u
JOIN org_members AS m ON m.client_id = u.client_id AND m.user_id = u.id
WHERE u.client_id = :client AND u.email = :email AND m.client_id = :client AND m.org_id = :org;

-- name: member_role
-- rows: optional
-- scope: tenant
SELECT m.role
FROM org_members AS m
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id;

-- name: member_roles_in_team
-- rows: optional
-- scope: tenant
SELECT m.role, tm.role
FROM org_members AS m
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id AND tm.team_id = :team_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id;

-- name: member_add
-- rows: none
-- scope: tenant
INSERT INTO org_members (client_id, org_id, user_id, role, created_at, granted_by, granted_at)
VALUES (:client, :org, :user_id, :role, :now, :granted_by, :now)
ON CONFLICT (client_id, org_id, user_id) DO NOTHING;

-- name: member_role_set
-- rows: none
-- scope: tenant
UPDATE org_members SET role = :role, granted_by = :granted_by, granted_at = :now
WHERE client_id = :client AND org_id = :org AND user_id = :user_id;

-- Nothing when the team is gone. A role that is there already goes on with the new one.
-- name: team_member_set
-- rows: none
-- scope: tenant
INSERT INTO team_members (client_id, org_id, team_id, user_id, role, created_at, granted_by,
  granted_at)
SELECT t.client_id, t.org_id, t.id, :user_id, :role, :now, :granted_by, :now
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :team_id
ON CONFLICT (client_id, org_id, team_id, user_id) DO UPDATE
SET role = excluded.role, version = team_members.version + 1, granted_by = excluded.granted_by,
  granted_at = excluded.granted_at;

-- name: team_member_remove
-- rows: none
-- scope: tenant
DELETE FROM team_members
WHERE client_id = :client AND org_id = :org AND team_id = :team_id AND user_id = :user_id;

-- name: members_per_team
-- rows: many
-- scope: tenant
SELECT tm.user_id, u.email, u.name, m.role, tm.role, tm.version, tm.created_at, a.seen_at
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN users AS u ON u.client_id = tm.client_id AND u.id = tm.user_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.team_id = :team_id
  AND tm.user_id > :after_id
  AND lower(u.name) >= :prefix_low AND lower(u.name) < :prefix_high
ORDER BY tm.user_id
LIMIT CAST(:page_size AS BIGINT);

-- name: team_member_by_id
-- rows: optional
-- scope: tenant
SELECT tm.user_id, u.email, u.name, m.role, tm.role, tm.version, tm.created_at, a.seen_at
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN users AS u ON u.client_id = tm.client_id AND u.id = tm.user_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.team_id = :team_id
  AND tm.user_id = :user_id;

-- name: candidates_per_name
-- rows: many
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, tm.role, tm.version
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id AND tm.team_id = :team_id
WHERE m.client_id = :client AND m.org_id = :org
  AND lower(u.name) >= :prefix_low AND lower(u.name) < :prefix_high
ORDER BY lower(u.name), m.user_id
LIMIT CAST(:page_size AS BIGINT);

-- name: candidate_by_id
-- rows: optional
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, tm.role, tm.version
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id AND tm.team_id = :team_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id;

-- name: member_touch
-- rows: none
-- scope: tenant
UPDATE org_members SET version = version + 1
WHERE client_id = :client AND org_id = :org AND user_id = :user_id;

-- name: member_rights_raise
-- rows: none
-- scope: tenant
UPDATE users SET authz_version = authz_version + 1
WHERE client_id = :client AND id IN (
  SELECT m.user_id FROM org_members AS m
  WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id);
