-- name: organization_create
-- rows: none
-- scope: tenant
INSERT INTO organizations (client_id, id, slug, name, state, version, feed_seq, audit_seq,
  audit_mac, created_at, updated_at)
VALUES (:client, :org, :slug, :name, 'active', 1, 0, 0, '', :now, :now)
ON CONFLICT (client_id, slug) DO NOTHING;

-- name: subscription_create
-- rows: none
-- scope: tenant
INSERT INTO subscriptions (client_id, org_id, plan_key, plan_version, state, period_start,
  updated_at)
SELECT :client, :org, p.key, p.version, 'active', :now, :now
FROM plans AS p
WHERE p.client_id = :client AND p.key = :plan AND p.state = 'active'
ORDER BY p.version DESC
LIMIT 1;

-- name: usage_create
-- rows: none
-- scope: tenant
INSERT INTO org_usage (client_id, org_id, deployments, teams, members, cpu_milli, memory_bytes,
  storage_bytes)
VALUES (:client, :org, 0, 0, 0, 0, 0, 0);

-- The founder's, by the founder.
-- name: org_member_create
-- rows: none
-- scope: tenant
INSERT INTO org_members (client_id, org_id, user_id, role, created_at, granted_by, granted_at)
VALUES (:client, :org, :user_id, :role, :now, :user_id, :now);

-- name: organization_by_scope
-- rows: optional
-- scope: tenant
SELECT o.id, o.slug, o.name, o.state, s.plan_key, o.version, o.created_at, o.updated_at,
  o.deleted_at, o.suspended_for, o.suspended_at, o.egress
FROM organizations AS o
JOIN subscriptions AS s ON s.client_id = o.client_id AND s.org_id = o.id
WHERE o.client_id = :client AND o.id = :org;

-- name: organization_set
-- rows: none
-- scope: tenant
UPDATE organizations
SET slug = :slug, name = :name, egress = :egress, version = version + 1, updated_at = :now
WHERE client_id = :client AND id = :org AND version = :version;

-- name: organization_begin_delete
-- rows: none
-- scope: tenant
UPDATE organizations
SET state = 'deleting', deleted_at = :now, version = version + 1, updated_at = :now
WHERE client_id = :client AND id = :org AND state = 'active';

-- name: organization_restore
-- rows: none
-- scope: tenant
UPDATE organizations
SET state = 'active', deleted_at = 0, version = version + 1, updated_at = :now
WHERE client_id = :client AND id = :org AND state = 'deleting'
  AND deleted_at > CAST(:deleted_after AS BIGINT);

-- name: organization_set_suspension
-- rows: none
-- scope: tenant
UPDATE organizations
SET suspended_for = :suspended_for, suspended_at = :suspended_at, version = version + 1,
  updated_at = :now
WHERE client_id = :client AND id = :org AND state = 'active';

-- name: organization_touch_members
-- rows: none
-- scope: tenant
UPDATE users
SET authz_version = authz_version + 1
WHERE client_id = :client AND id IN (
  SELECT m.user_id FROM org_members AS m WHERE m.client_id = :client AND m.org_id = :org);

-- name: organization_owners
-- rows: many
-- scope: tenant
SELECT u.name, m.role
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.role = 'org_owner';

-- name: organizations_all
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id, o.slug, o.name, o.state, s.plan_key, o.version, o.created_at,
  o.updated_at, o.deleted_at, o.suspended_for, o.suspended_at, o.egress, m.user_id, u.email,
  u.name, u.state
FROM organizations AS o
JOIN subscriptions AS s ON s.client_id = o.client_id AND s.org_id = o.id
LEFT JOIN org_members AS m ON m.client_id = o.client_id AND m.org_id = o.id
  AND m.role = 'org_owner'
LEFT JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE (o.client_id > :after_client OR (o.client_id = :after_client AND o.id > :after_id))
  AND ((lower(o.name) >= :prefix_low AND lower(o.name) < :prefix_high)
    OR (o.slug >= :prefix_low AND o.slug < :prefix_high))
ORDER BY o.client_id, o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: organization_any_by_id
-- rows: optional
-- scope: fleet
SELECT o.id FROM organizations AS o WHERE o.client_id = :of_client AND o.id = :id;

-- name: organization_any_by_slug
-- rows: optional
-- scope: fleet
SELECT o.id FROM organizations AS o WHERE o.client_id = :of_client AND o.slug = :slug;

-- Whose time to be restored is over, and what was begun.
-- name: organizations_to_purge
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id, o.state
FROM organizations AS o
WHERE o.state IN ('deleting', 'purging') AND (o.state = 'purging' OR o.deleted_at <= :before)
ORDER BY o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: organization_begin_purge
-- rows: none
-- scope: tenant
UPDATE organizations
SET state = 'purging'
WHERE client_id = :client AND id = :org AND state = 'deleting' AND deleted_at <= :before;

-- What is left is the head of the audit chain. An id is no slug.
-- name: organization_purged
-- rows: none
-- scope: tenant
UPDATE organizations
SET state = 'purged', slug = CAST(id AS TEXT), name = '', suspended_for = '', egress = '',
  version = version + 1, updated_at = :now
WHERE client_id = :client AND id = :org AND state = 'purging';

-- name: organization_state
-- rows: optional
-- scope: tenant
SELECT o.state FROM organizations AS o WHERE o.client_id = :client AND o.id = :org;

-- name: namespaces_per_org
-- rows: many
-- scope: tenant
SELECT s.namespace
FROM sandboxes AS s
WHERE s.client_id = :client AND s.org_id = :org
ORDER BY s.namespace;

-- name: stems_per_org
-- rows: many
-- scope: tenant
SELECT d.stem
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.stem > :after
ORDER BY d.stem
LIMIT CAST(:page_size AS BIGINT);
