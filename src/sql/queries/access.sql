-- Who has which right, since when and by whom. The name of who gave it comes while that person is in
-- the organization. Who was never here counts from the day of joining.
-- name: access_in_org
-- rows: many
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, m.created_at, a.seen_at, m.created_at, m.granted_at,
  m.granted_by, g.name
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
LEFT JOIN org_members AS gm ON gm.client_id = m.client_id AND gm.org_id = m.org_id
  AND gm.user_id = m.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id > :after_id
  AND COALESCE(a.seen_at, m.created_at) <= :seen_until
ORDER BY m.user_id
LIMIT CAST(:page_size AS BIGINT);

-- name: access_in_teams
-- rows: many
-- scope: tenant
SELECT tm.user_id, u.email, u.name, tm.role, m.created_at, a.seen_at, tm.created_at, tm.granted_at,
  tm.granted_by, g.name, t.id, t.slug, t.name
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN users AS u ON u.client_id = tm.client_id AND u.id = tm.user_id
JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
LEFT JOIN org_members AS gm ON gm.client_id = tm.client_id AND gm.org_id = tm.org_id
  AND gm.user_id = tm.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.user_id >= :after_id
  AND (tm.user_id > :after_id OR tm.team_id > :after_team)
  AND COALESCE(a.seen_at, m.created_at) <= :seen_until
ORDER BY tm.user_id, tm.team_id
LIMIT CAST(:page_size AS BIGINT);

-- name: access_of_person_in_org
-- rows: optional
-- scope: tenant
SELECT m.user_id, u.email, u.name, m.role, m.created_at, a.seen_at, m.created_at, m.granted_at,
  m.granted_by, g.name
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
LEFT JOIN org_members AS gm ON gm.client_id = m.client_id AND gm.org_id = m.org_id
  AND gm.user_id = m.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id
  AND COALESCE(a.seen_at, m.created_at) <= :seen_until;

-- name: access_of_person_in_teams
-- rows: many
-- scope: tenant
SELECT tm.user_id, u.email, u.name, tm.role, m.created_at, a.seen_at, tm.created_at, tm.granted_at,
  tm.granted_by, g.name, t.id, t.slug, t.name
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN users AS u ON u.client_id = tm.client_id AND u.id = tm.user_id
JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
LEFT JOIN org_members AS gm ON gm.client_id = tm.client_id AND gm.org_id = tm.org_id
  AND gm.user_id = tm.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.user_id = :user_id
  AND tm.team_id > :after_team
  AND COALESCE(a.seen_at, m.created_at) <= :seen_until
ORDER BY tm.team_id
LIMIT CAST(:page_size AS BIGINT);

-- name: access_in_team
-- rows: many
-- scope: tenant
SELECT tm.user_id, u.email, u.name, tm.role, m.created_at, a.seen_at, tm.created_at, tm.granted_at,
  tm.granted_by, g.name, t.id, t.slug, t.name
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN users AS u ON u.client_id = tm.client_id AND u.id = tm.user_id
JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
LEFT JOIN org_members AS gm ON gm.client_id = tm.client_id AND gm.org_id = tm.org_id
  AND gm.user_id = tm.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.team_id = :team_id
  AND tm.user_id > :after_id
  AND COALESCE(a.seen_at, m.created_at) <= :seen_until
ORDER BY tm.user_id
LIMIT CAST(:page_size AS BIGINT);

-- name: access_count_in_org
-- rows: one
-- scope: tenant
SELECT COUNT(*), COUNT(CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 END)
FROM org_members AS m
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org;

-- name: access_count_in_teams
-- rows: one
-- scope: tenant
SELECT COUNT(*), COUNT(CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 END)
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org;

-- name: access_count_in_team
-- rows: one
-- scope: tenant
SELECT COUNT(*), COUNT(CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 END)
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
LEFT JOIN user_activity AS a ON a.client_id = tm.client_id AND a.user_id = tm.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.team_id = :team_id;
