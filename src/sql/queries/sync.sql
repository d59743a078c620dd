-- One that ends beyond all that a holder may ask for has ended.
-- name: lease_take
-- rows: optional
-- scope: fleet
INSERT INTO leases (name, holder, fence, expires_at)
VALUES (:name, :holder, 1, :until)
ON CONFLICT (name) DO UPDATE
SET fence = CASE WHEN leases.holder = excluded.holder THEN leases.fence ELSE leases.fence + 1 END,
  holder = excluded.holder, expires_at = excluded.expires_at
WHERE leases.holder = excluded.holder OR leases.expires_at <= :now
  OR leases.expires_at > :beyond
RETURNING fence;

-- name: lease_release
-- rows: none
-- scope: fleet
UPDATE leases SET expires_at = 0 WHERE name = :name AND holder = :holder;

-- Organizations take turns, so that a thousand rows of one do not stand before the only row of
-- another; what failed waits out its pause behind what was not tried yet. A time beyond every pause
-- was written before the clock was set back.
-- name: sandboxes_unsynced
-- rows: many
-- scope: fleet
SELECT s.client_id, s.org_id, s.id, s.user_id, s.namespace, s.claim, s.isolation, s.generation,
  s.failures, o.suspended_at, o.egress
FROM (
  SELECT q.client_id, q.org_id, q.id, q.retry_at,
    ROW_NUMBER() OVER (PARTITION BY q.client_id, q.org_id ORDER BY q.retry_at, q.id) AS turn
  FROM sandboxes AS q
  WHERE q.synced_generation < q.generation
    AND (q.retry_at <= :now OR q.retry_at > :beyond)) AS t
JOIN sandboxes AS s ON s.client_id = t.client_id AND s.org_id = t.org_id AND s.id = t.id
JOIN organizations AS o ON o.client_id = s.client_id AND o.id = s.org_id
WHERE o.state <> 'purging'
ORDER BY t.turn, t.retry_at, t.id
LIMIT CAST(:page_size AS BIGINT);

-- name: sandboxes_all
-- rows: many
-- scope: fleet
SELECT s.client_id, s.org_id, s.id, s.user_id, s.namespace, s.claim, s.isolation, s.generation,
  s.failures, o.suspended_at, o.egress
FROM sandboxes AS s
JOIN organizations AS o ON o.client_id = s.client_id AND o.id = s.org_id
WHERE s.id > :after AND o.state <> 'purging'
ORDER BY s.id
LIMIT CAST(:page_size AS BIGINT);

-- name: sandbox_wanted
-- rows: optional
-- scope: tenant
SELECT s.client_id, s.org_id, s.id, s.user_id, s.namespace, s.claim, s.isolation, s.generation,
  s.failures, o.suspended_at, o.egress
FROM sandboxes AS s
JOIN organizations AS o ON o.client_id = s.client_id AND o.id = s.org_id
WHERE s.client_id = :client AND s.org_id = :org AND s.id = :id AND o.state <> 'purging';

-- As sandboxes_unsynced.
-- name: deployments_unsynced
-- rows: many
-- scope: fleet
SELECT d.client_id, d.org_id, d.id, d.team_id, d.name, d.stem, s.namespace, d.spec, d.revision,
  d.restarts, d.generation, d.deleting, d.failures, s.claim, o.state, o.suspended_at
FROM (
  SELECT q.client_id, q.org_id, q.id, q.retry_at,
    ROW_NUMBER() OVER (PARTITION BY q.client_id, q.org_id ORDER BY q.retry_at, q.id) AS turn
  FROM deployments AS q
  WHERE q.synced_generation < q.generation
    AND (q.retry_at <= :now OR q.retry_at > :beyond)) AS t
JOIN deployments AS d ON d.client_id = t.client_id AND d.org_id = t.org_id AND d.id = t.id
JOIN organizations AS o ON o.client_id = d.client_id AND o.id = d.org_id
JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id
ORDER BY t.turn, t.retry_at, t.id
LIMIT CAST(:page_size AS BIGINT);

-- What the cluster never had and whose owner was not told yet that it does not answer.
-- name: deployments_untold
-- rows: many
-- scope: fleet
SELECT d.client_id, d.org_id, d.id, d.team_id, d.name, d.stem, s.namespace, d.spec, d.revision,
  d.restarts, d.generation, d.deleting, d.failures, s.claim, o.state, o.suspended_at
FROM deployments AS d
JOIN organizations AS o ON o.client_id = d.client_id AND o.id = d.org_id
JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id
WHERE d.synced_generation < d.generation AND d.synced_generation = 0 AND d.deleting = 0
  AND o.state = 'active'
  AND d.reason <> :reason
ORDER BY d.id
LIMIT CAST(:page_size AS BIGINT);

-- name: deployments_all
-- rows: many
-- scope: fleet
SELECT d.client_id, d.org_id, d.id, d.team_id, d.name, d.stem, s.namespace, d.spec, d.revision,
  d.restarts, d.generation, d.deleting, d.failures, s.claim, o.state, o.suspended_at
FROM deployments AS d
JOIN organizations AS o ON o.client_id = d.client_id AND o.id = d.org_id
JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id
WHERE d.id > :after
ORDER BY d.id
LIMIT CAST(:page_size AS BIGINT);

-- name: deployment_wanted
-- rows: optional
-- scope: fleet
SELECT d.client_id, d.org_id, d.id, d.team_id, d.name, d.stem, s.namespace, d.spec, d.revision,
  d.restarts, d.generation, d.deleting, d.failures, s.claim, o.state, o.suspended_at
FROM deployments AS d
JOIN organizations AS o ON o.client_id = d.client_id AND o.id = d.org_id
JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id
WHERE d.id = :id;

-- name: isolation_by_deployment
-- rows: optional
-- scope: tenant
SELECT s.isolation, o.egress
FROM deployments AS d
JOIN organizations AS o ON o.client_id = d.client_id AND o.id = d.org_id
JOIN sandboxes AS s ON s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id
WHERE d.client_id = :client AND d.org_id = :org AND d.id = :id;

-- name: workloads_per_sandbox
-- rows: many
-- scope: tenant
SELECT d.id, d.spec, d.revision, d.status
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.sandbox_id = :sandbox_id AND d.id > :after
ORDER BY d.id
LIMIT CAST(:page_size AS BIGINT);

-- Of which pods can be there still, the newest first.
-- name: revisions_replaced
-- rows: many
-- scope: tenant
SELECT r.spec
FROM deployment_revisions AS r
WHERE r.client_id = :client AND r.org_id = :org AND r.deployment_id = :deployment_id
  AND r.revision >= :observed AND r.revision < :revision
ORDER BY r.revision DESC
LIMIT CAST(:page_size AS BIGINT);

-- name: secrets_per_deployment
-- rows: many
-- scope: tenant
SELECT k.name, k.sealed
FROM deployment_secrets AS k
WHERE k.client_id = :client AND k.org_id = :org AND k.deployment_id = :deployment_id
ORDER BY k.name;

-- name: sandbox_synced
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET synced_generation = :generation, retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org AND id = :id
  AND synced_generation < CAST(:generation AS BIGINT);

-- name: deployment_synced
-- rows: none
-- scope: tenant
UPDATE deployments
SET synced_generation = :generation, retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org AND id = :id
  AND synced_generation < CAST(:generation AS BIGINT);

-- Not before `until`. A wish that came meanwhile does not wait for the failure of the one before.
-- name: sandbox_deferred
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET retry_at = :until, failures = :failures
WHERE client_id = :client AND org_id = :org AND id = :id AND generation = :generation;

-- name: deployment_deferred
-- rows: none
-- scope: tenant
UPDATE deployments
SET retry_at = :until, failures = :failures
WHERE client_id = :client AND org_id = :org AND id = :id AND generation = :generation;

-- name: sandbox_lost
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET synced_generation = CASE WHEN synced_generation < generation THEN synced_generation
  ELSE generation - 1 END
WHERE client_id = :client AND org_id = :org AND id = :id;

-- What is unsynced already is tried when its own turn comes.
-- name: sandbox_strayed
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET synced_generation = generation - 1, retry_at = :until
WHERE client_id = :client AND org_id = :org AND id = :id AND generation = :generation
  AND synced_generation >= CAST(:generation AS BIGINT);

-- The sandbox of a deployment whose status did not begin with these words yet.
-- name: sandbox_not_told
-- rows: optional
-- scope: tenant
SELECT d.sandbox_id
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.id = :id AND d.status NOT LIKE :said;

-- name: deployment_lost
-- rows: none
-- scope: tenant
UPDATE deployments
SET synced_generation = CASE WHEN synced_generation < generation THEN synced_generation
  ELSE generation - 1 END
WHERE client_id = :client AND org_id = :org AND id = :id;

-- name: sandbox_set_status
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET ready = :ready, reason = :reason, message = :message
WHERE client_id = :client AND org_id = :org AND id = :id
  AND (ready <> :ready OR reason <> :reason OR message <> :message);

-- name: sandbox_set_isolation
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET isolation_seen = :seen, isolation_findings = :findings
WHERE client_id = :client AND org_id = :org AND id = :id AND isolation_seen <> :seen;

-- Those that waited for their sandbox wait no longer.
-- name: deployments_undeferred
-- rows: none
-- scope: tenant
UPDATE deployments
SET retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org AND sandbox_id = :sandbox_id
  AND synced_generation < generation;

-- name: deployment_team
-- rows: optional
-- scope: tenant
SELECT d.team_id
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.id = :id;

-- Nothing is written when nothing changed, or when the wish changed since: what is said about the
-- one before is no longer true. Deleting is left by removal only.
-- name: deployment_set_status
-- rows: optional
-- scope: tenant
UPDATE deployments
SET phase = :phase, reason = :reason, message = :message, status = :status
WHERE client_id = :client AND org_id = :org AND id = :id AND generation = :generation
  AND (phase <> :phase OR reason <> :reason OR message <> :message OR status <> :status)
  AND (deleting = 0 OR :phase = 'Deleting')
RETURNING team_id;

-- name: deployment_forget
-- rows: optional
-- scope: tenant
DELETE FROM deployments
WHERE client_id = :client AND org_id = :org AND id = :id AND deleting = 1
RETURNING team_id, sandbox_id, cpu_milli, memory_bytes, storage_bytes;

-- name: fact_by_key
-- rows: optional
-- scope: fleet
SELECT i.value FROM installation AS i WHERE i.key = :key;

-- name: fact_set
-- rows: none
-- scope: fleet
INSERT INTO installation (key, value)
VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
