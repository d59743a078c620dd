-- Roles in teams go with the membership: their key refers to it.
-- name: member_remove
-- rows: none
-- scope: tenant
DELETE FROM org_members WHERE client_id = :client AND org_id = :org AND user_id = :user_id;

-- name: deployments_per_author
-- rows: one
-- scope: tenant
SELECT COUNT(*)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.created_by = :user_id AND d.deleting = 0;

-- name: former_member_remember
-- rows: none
-- scope: tenant
INSERT INTO former_members (client_id, org_id, user_id, role, teams, removed_at, email, own_will)
VALUES (:client, :org, :user_id, :role, :teams, :now, :email, :own_will)
ON CONFLICT (client_id, org_id, user_id) DO UPDATE
SET role = excluded.role, teams = excluded.teams, removed_at = excluded.removed_at,
  email = excluded.email, own_will = excluded.own_will;

-- By id, or by the address that the organization knew them by: the one of now is not its to know.
-- Another account can have had the address later. What is not asked for is given as what nobody has.
-- name: former_member_find
-- rows: optional
-- scope: tenant
SELECT f.user_id, f.role, f.teams, f.removed_at, f.email, f.own_will,
  CASE WHEN f.email = u.email THEN 0 ELSE 1 END
FROM former_members AS f
JOIN users AS u ON u.client_id = f.client_id AND u.id = f.user_id
WHERE f.client_id = :client AND f.org_id = :org AND f.removed_at > :removed_after
  AND (f.user_id = :user_id OR (f.email = :email AND f.email <> ''))
ORDER BY f.removed_at DESC, f.user_id
LIMIT 1;

-- name: former_member_forget
-- rows: none
-- scope: tenant
DELETE FROM former_members WHERE client_id = :client AND org_id = :org AND user_id = :user_id;

-- name: former_members_swept
-- rows: none
-- scope: fleet
DELETE FROM former_members
WHERE (client_id, org_id, user_id) IN (
  SELECT f.client_id, f.org_id, f.user_id FROM former_members AS f
  WHERE f.removed_at <= :removed_before
  LIMIT CAST(:page_size AS BIGINT));
