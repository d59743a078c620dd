-- name: sandbox_by_owner
-- rows: optional
-- scope: tenant
SELECT s.id, s.namespace
FROM sandboxes AS s
WHERE s.client_id = :client AND s.org_id = :org AND s.user_id = :user_id AND s.team = :of_team;

-- name: sandbox_create
-- rows: none
-- scope: tenant
INSERT INTO sandboxes (client_id, org_id, id, user_id, team, namespace, claim, isolation, generation,
  synced_generation, ready, reason, message, created_at)
VALUES (:client, :org, :id, :user_id, :of_team, :namespace, :claim, :isolation, 1, 0, 0, '', '',
  :now)
ON CONFLICT (namespace) DO NOTHING;

-- name: sandboxes_touch
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET generation = generation + 1, isolation = :isolation, retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org;

-- Whether there may be pods in them goes by the suspension of the organization.
-- name: sandboxes_wanted_anew
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET generation = generation + 1, retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org;

-- name: sandbox_touch
-- rows: none
-- scope: tenant
UPDATE sandboxes
SET generation = generation + 1, retry_at = 0, failures = 0
WHERE client_id = :client AND org_id = :org AND id = :id;

-- name: org_key
-- rows: optional
-- scope: tenant
SELECT k.wrapped FROM org_keys AS k WHERE k.client_id = :client AND k.org_id = :org;

-- name: org_key_create
-- rows: none
-- scope: tenant
INSERT INTO org_keys (client_id, org_id, wrapped, created_at)
VALUES (:client, :org, :wrapped, :now)
ON CONFLICT (client_id, org_id) DO NOTHING;

-- A team that is being deleted takes nothing in.
-- name: deployment_create
-- rows: none
-- scope: tenant
INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, template, spec,
  revision, version, generation, synced_generation, restarts, phase, reason, message, status,
  deleting, cpu_milli, memory_bytes, storage_bytes, most_replicas, created_by, created_at, updated_at)
SELECT :client, :org, :id, t.id, :sandbox_id, :name, :stem, :template, :spec, 1, 1, 1, 0, 0,
  'Pending', '', '', '{}', 0, :cpu_milli, :memory_bytes, :storage_bytes, :most_replicas, :created_by,
  :now, :now
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :team_id AND t.deleting = 0;

-- name: deployment_revision_create
-- rows: none
-- scope: tenant
INSERT INTO deployment_revisions (client_id, org_id, deployment_id, revision, spec, created_by,
  created_at)
VALUES (:client, :org, :deployment_id, :revision, :spec, :created_by, :now);

-- In the transaction of the new revision, so that no speed of making them outruns the removal.
-- name: revisions_trimmed
-- rows: none
-- scope: tenant
DELETE FROM deployment_revisions
WHERE client_id = :client AND org_id = :org AND deployment_id = :deployment_id
  AND revision IN (
    SELECT r.revision FROM deployment_revisions AS r
    WHERE r.client_id = :client AND r.org_id = :org AND r.deployment_id = :deployment_id
      AND r.revision <= CAST(:upto AS BIGINT) AND r.revision <> CAST(:observed AS BIGINT)
    ORDER BY r.revision
    LIMIT CAST(:page_size AS BIGINT));

-- All of them, also those that are being deleted. The key alone answers it: specs are long.
-- name: deployments_counted
-- rows: one
-- scope: tenant
SELECT COUNT(*) FROM deployments AS d WHERE d.client_id = :client AND d.org_id = :org;

-- name: deployment_secret_create
-- rows: none
-- scope: tenant
INSERT INTO deployment_secrets (client_id, org_id, deployment_id, name, sealed, created_at)
VALUES (:client, :org, :deployment_id, :name, :sealed, :now);

-- The names beside a deployment are looked up for its row. Joined, a server that takes a sandbox
-- for the better start would read all the deployments of the sandbox to find one.
-- name: deployment_by_id
-- rows: optional
-- scope: tenant
SELECT d.id, d.team_id, d.name, d.stem, d.template, d.spec, d.revision, d.version,
  (SELECT s.namespace FROM sandboxes AS s
   WHERE s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id),
  d.phase, d.reason, d.message, d.status, d.deleting, d.created_by,
  (SELECT u.name FROM org_members AS m
   JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
   WHERE m.client_id = d.client_id AND m.org_id = d.org_id AND m.user_id = d.created_by),
  d.created_at, d.updated_at
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id AND d.id = :id;

-- name: deployment_by_name
-- rows: optional
-- scope: tenant
SELECT d.id, d.team_id, d.name, d.stem, d.template, d.spec, d.revision, d.version,
  (SELECT s.namespace FROM sandboxes AS s
   WHERE s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id),
  d.phase, d.reason, d.message, d.status, d.deleting, d.created_by,
  (SELECT u.name FROM org_members AS m
   JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
   WHERE m.client_id = d.client_id AND m.org_id = d.org_id AND m.user_id = d.created_by),
  d.created_at, d.updated_at
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id AND d.name = :name
  AND d.deleting = 0;

-- name: deployment_stamp_by_id
-- rows: optional
-- scope: tenant
SELECT d.id, d.version, d.phase, d.reason, d.message, d.status,
  (SELECT u.name FROM org_members AS m
   JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
   WHERE m.client_id = d.client_id AND m.org_id = d.org_id AND m.user_id = d.created_by)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id AND d.id = :id;

-- name: deployment_stamp_by_name
-- rows: optional
-- scope: tenant
SELECT d.id, d.version, d.phase, d.reason, d.message, d.status,
  (SELECT u.name FROM org_members AS m
   JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
   WHERE m.client_id = d.client_id AND m.org_id = d.org_id AND m.user_id = d.created_by)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id AND d.name = :name
  AND d.deleting = 0;

-- Two deployments of one name can stand beside each other while one is being deleted; the id makes
-- the order total.
-- name: deployments_per_team
-- rows: many
-- scope: tenant
SELECT d.id, d.team_id, d.name, d.stem, d.template, d.spec, d.revision, d.version,
  (SELECT s.namespace FROM sandboxes AS s
   WHERE s.client_id = d.client_id AND s.org_id = d.org_id AND s.id = d.sandbox_id),
  d.phase, d.reason, d.message, d.status, d.deleting, d.created_by,
  (SELECT u.name FROM org_members AS m
   JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
   WHERE m.client_id = d.client_id AND m.org_id = d.org_id AND m.user_id = d.created_by),
  d.created_at, d.updated_at
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.team_id = :team_id
  AND (d.name > :after_name OR (d.name = :after_name AND d.stem > :after_stem))
  AND d.name >= :prefix_low AND d.name < :prefix_high
ORDER BY d.name, d.stem
LIMIT CAST(:page_size AS BIGINT);

-- What was said of the revision before is not true of this one; see also deployment_set_status.
-- name: deployment_revise
-- rows: optional
-- scope: tenant
UPDATE deployments
SET spec = :spec, revision = revision + 1, version = version + 1, generation = generation + 1,
  retry_at = 0, failures = 0,
  phase = CASE WHEN phase IN ('Ready', 'Degraded') THEN 'Updating'
    WHEN phase IN ('Stopped', 'Error') THEN 'Provisioning' ELSE phase END,
  reason = CASE WHEN phase = 'Pending' THEN reason ELSE '' END,
  message = CASE WHEN phase = 'Pending' THEN message ELSE 'A change is on its way.' END,
  cpu_milli = :cpu_milli, memory_bytes = :memory_bytes, storage_bytes = :storage_bytes,
  most_replicas = :most_replicas, updated_at = :now
WHERE client_id = :client AND org_id = :org AND team_id = :team_id AND id = :id
  AND version = :version AND deleting = 0
RETURNING revision, sandbox_id, status;

-- name: deployment_restart
-- rows: none
-- scope: tenant
UPDATE deployments
SET restarts = restarts + 1, generation = generation + 1, retry_at = 0, failures = 0,
  phase = CASE WHEN phase IN ('Ready', 'Degraded') THEN 'Updating' ELSE phase END,
  message = CASE WHEN phase IN ('Ready', 'Degraded') THEN 'A restart is on its way.' ELSE message END
WHERE client_id = :client AND org_id = :org AND team_id = :team_id AND id = :id AND deleting = 0;

-- name: deployment_begin_delete
-- rows: none
-- scope: tenant
UPDATE deployments
SET deleting = 1, generation = generation + 1, version = version + 1, phase = 'Deleting',
  retry_at = 0, failures = 0, reason = '', message = '', updated_at = :now
WHERE client_id = :client AND org_id = :org AND team_id = :team_id AND id = :id AND deleting = 0;

-- name: deployments_most_replicas
-- rows: one
-- scope: tenant
SELECT COALESCE(MAX(d.most_replicas), 0)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.deleting = 0;

-- name: deployments_grown
-- rows: one
-- scope: tenant
SELECT COUNT(*)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.deleting = 0
  AND d.most_replicas > :replicas_allowed;

-- The oldest of them, found in the index alone.
-- name: deployments_grown_first
-- rows: many
-- scope: tenant
SELECT t.slug, d.name
FROM (SELECT g.client_id, g.org_id, g.id
  FROM deployments AS g
  WHERE g.client_id = :client AND g.org_id = :org AND g.deleting = 0
    AND g.most_replicas > :replicas_allowed
  ORDER BY g.id
  LIMIT CAST(:page_size AS BIGINT)) AS first
JOIN deployments AS d ON d.client_id = first.client_id AND d.org_id = first.org_id
  AND d.id = first.id
JOIN teams AS t ON t.client_id = d.client_id AND t.org_id = d.org_id AND t.id = d.team_id
WHERE d.client_id = :client AND d.org_id = :org
ORDER BY d.id;

-- name: deployments_held
-- rows: one
-- scope: tenant
SELECT COUNT(*), CAST(COALESCE(SUM(d.cpu_milli), 0) AS BIGINT),
  CAST(COALESCE(SUM(d.memory_bytes), 0) AS BIGINT)
FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.deleting = 0;

-- Wanted anew: whether it is in the cluster goes by the state of the organization.
-- name: deployments_wanted_anew
-- rows: none
-- scope: tenant
UPDATE deployments
SET generation = generation + 1, phase = 'Pending', reason = '', message = '', status = '{}'
WHERE client_id = :client AND org_id = :org AND deleting = 0;
