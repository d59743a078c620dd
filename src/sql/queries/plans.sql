-- name: entitlements_per_org
-- rows: many
-- scope: tenant
SELECT s.plan_key, e.feature, e.value, 0 AS overridden
FROM subscriptions AS s
JOIN plan_entitlements AS e ON e.client_id = s.client_id AND e.plan_key = s.plan_key
  AND e.plan_version = s.plan_version
WHERE s.client_id = :client AND s.org_id = :org
UNION ALL
SELECT '', o.feature, o.value, 1 AS overridden
FROM entitlement_overrides AS o
WHERE o.client_id = :client AND o.org_id = :org AND o.starts_at <= :now
  AND (o.ends_at = 0 OR o.ends_at > :now)
ORDER BY 4, 2;

-- name: plans_active
-- rows: many
-- scope: client
SELECT p.key, p.version, p.name, p.rank
FROM plans AS p
WHERE p.client_id = :client AND p.state = 'active' AND p.version = (
  SELECT MAX(q.version) FROM plans AS q
  WHERE q.client_id = p.client_id AND q.key = p.key AND q.state = 'active')
ORDER BY p.rank, p.key;

-- name: entitlements_per_plan
-- rows: many
-- scope: client
SELECT e.feature, e.value
FROM plan_entitlements AS e
WHERE e.client_id = :client AND e.plan_key = :plan_key
  AND e.plan_version = CAST(:plan_version AS BIGINT)
ORDER BY e.feature;

-- name: subscription_set
-- rows: none
-- scope: tenant
UPDATE subscriptions
SET plan_key = :plan_key, plan_version = :plan_version, state = 'active', period_start = :now,
  updated_at = :now
WHERE client_id = :client AND org_id = :org;

-- name: usage_per_org
-- rows: optional
-- scope: tenant
SELECT u.deployments, u.teams, u.members, u.cpu_milli, u.memory_bytes, u.storage_bytes
FROM org_usage AS u
WHERE u.client_id = :client AND u.org_id = :org;

-- Writes nothing new: it takes the row's lock, so that what is read afterwards stays so until the
-- end of the transaction.
-- name: usage_lock
-- rows: none
-- scope: tenant
UPDATE org_usage SET deployments = deployments WHERE client_id = :client AND org_id = :org;

-- name: usage_give_back
-- rows: none
-- scope: tenant
UPDATE org_usage
SET cpu_milli = cpu_milli - CAST(:cpu AS BIGINT),
  memory_bytes = memory_bytes - CAST(:memory AS BIGINT),
  storage_bytes = storage_bytes - CAST(:storage AS BIGINT)
WHERE client_id = :client AND org_id = :org;

-- A change that frees passes whatever the limit is: an organization over a lowered limit must be
-- able to come back under it.
-- name: usage_charge
-- rows: none
-- scope: tenant
UPDATE org_usage
SET deployments = deployments + CAST(:deployments AS BIGINT),
  teams = teams + CAST(:teams AS BIGINT),
  members = members + CAST(:members AS BIGINT),
  cpu_milli = cpu_milli + CAST(:cpu AS BIGINT),
  memory_bytes = memory_bytes + CAST(:memory AS BIGINT),
  storage_bytes = storage_bytes + CAST(:storage AS BIGINT)
WHERE client_id = :client AND org_id = :org
  AND (CAST(:deployments AS BIGINT) <= 0
    OR deployments <= CAST(:deployments_max AS BIGINT) - CAST(:deployments AS BIGINT))
  AND (CAST(:teams AS BIGINT) <= 0
    OR teams <= CAST(:teams_max AS BIGINT) - CAST(:teams AS BIGINT))
  AND (CAST(:members AS BIGINT) <= 0
    OR members <= CAST(:members_max AS BIGINT) - CAST(:members AS BIGINT))
  AND (CAST(:cpu AS BIGINT) <= 0
    OR cpu_milli <= CAST(:cpu_max AS BIGINT) - CAST(:cpu AS BIGINT))
  AND (CAST(:memory AS BIGINT) <= 0
    OR memory_bytes <= CAST(:memory_max AS BIGINT) - CAST(:memory AS BIGINT))
  AND (CAST(:storage AS BIGINT) <= 0
    OR storage_bytes <= CAST(:storage_max AS BIGINT) - CAST(:storage AS BIGINT));
