-- Who a sandbox was made for has a name here while that person is in the organization.
-- name: isolation_in_org
-- rows: many
-- scope: tenant
SELECT s.client_id, s.org_id, s.id, s.namespace, s.user_id, s.isolation, s.isolation_seen, u.name
FROM sandboxes AS s
LEFT JOIN org_members AS m ON m.client_id = s.client_id AND m.org_id = s.org_id
  AND m.user_id = s.user_id
LEFT JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE s.client_id = :client AND s.org_id = :org AND s.id > :after_id
ORDER BY s.id
LIMIT CAST(:page_size AS BIGINT);

-- A look at another profile than is wanted now proves nothing, and what has no profile is no look.
-- name: isolation_totals_in_org
-- rows: one
-- scope: tenant
SELECT COUNT(*),
  COALESCE(SUM(CASE WHEN s.isolation_findings > 0 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN s.isolation_seen LIKE ('{"profile":"' || s.isolation || '"%') THEN 0 ELSE 1 END), 0)
FROM sandboxes AS s
WHERE s.client_id = :client AND s.org_id = :org;

-- name: isolation_check_for_org
-- rows: one
-- scope: tenant
SELECT c.isolation_checked_at, c.isolation_complete
FROM organizations AS o
JOIN clients AS c ON c.client_id = o.client_id
WHERE o.client_id = :client AND o.id = :org;

-- name: isolation_checked
-- rows: none
-- scope: fleet
UPDATE clients SET isolation_checked_at = :checked_at, isolation_complete = :complete;

-- The oldest: a client that is newer than a look was not in it.
-- name: isolation_check_everywhere
-- rows: one
-- scope: fleet
SELECT MIN(c.isolation_checked_at), MIN(c.isolation_complete) FROM clients AS c;

-- name: isolation_everywhere
-- rows: many
-- scope: fleet
SELECT s.client_id, s.org_id, s.id, s.namespace, s.user_id, s.isolation, s.isolation_seen, '',
  o.slug, o.name
FROM sandboxes AS s
JOIN organizations AS o ON o.client_id = s.client_id AND o.id = s.org_id
WHERE (s.client_id > :after_client OR (s.client_id = :after_client AND (s.org_id > :after_org
    OR (s.org_id = :after_org AND s.id > :after_id))))
  AND s.isolation_findings >= :findings_min
ORDER BY s.client_id, s.org_id, s.id
LIMIT CAST(:page_size AS BIGINT);

-- name: isolation_totals_everywhere
-- rows: one
-- scope: fleet
SELECT COUNT(*),
  COALESCE(SUM(CASE WHEN s.isolation_findings > 0 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN s.isolation_seen LIKE ('{"profile":"' || s.isolation || '"%') THEN 0 ELSE 1 END), 0)
FROM sandboxes AS s;
