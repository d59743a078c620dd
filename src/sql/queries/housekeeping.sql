-- Organizations of which the oldest event is neither among the newest nor young.
-- name: feeds_overlong
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id, o.feed_seq
FROM organizations AS o
WHERE (o.client_id > :after_client OR (o.client_id = :after_client AND o.id > :after_id))
  AND (
    SELECT f.at FROM feed AS f
    WHERE f.client_id = o.client_id AND f.org_id = o.id
      AND f.seq <= o.feed_seq - CAST(:keep AS BIGINT)
    ORDER BY f.seq
    LIMIT 1) < :before
ORDER BY o.client_id, o.id
LIMIT CAST(:page_size AS BIGINT);

-- Only from the front, whatever the clock did: a gap behind the oldest would be read as nothing.
-- name: feed_pruned
-- rows: none
-- scope: fleet
DELETE FROM feed
WHERE client_id = :of_client AND org_id = :of_org AND seq IN (
  SELECT f.seq FROM feed AS f
  WHERE f.client_id = :of_client AND f.org_id = :of_org AND f.seq <= :upto
    AND f.seq < COALESCE((
      SELECT MIN(n.seq) FROM feed AS n
      WHERE n.client_id = :of_client AND n.org_id = :of_org AND n.at >= :before),
      CAST(:upto AS BIGINT) + 1)
  ORDER BY f.seq
  LIMIT CAST(:page_size AS BIGINT));

-- name: revisions_overlong
-- rows: many
-- scope: fleet
SELECT d.client_id, d.org_id, d.id, d.revision, d.status
FROM deployments AS d
WHERE (d.client_id > :after_client OR (d.client_id = :after_client AND (d.org_id > :after_org
    OR (d.org_id = :after_org AND d.id > :after_id))))
  AND EXISTS (
    SELECT 1 FROM deployment_revisions AS r
    WHERE r.client_id = d.client_id AND r.org_id = d.org_id AND r.deployment_id = d.id
      AND r.revision <= d.revision - CAST(:keep AS BIGINT))
ORDER BY d.client_id, d.org_id, d.id
LIMIT CAST(:page_size AS BIGINT);

-- name: revisions_pruned
-- rows: none
-- scope: fleet
DELETE FROM deployment_revisions
WHERE client_id = :of_client AND org_id = :of_org AND deployment_id = :deployment_id
  AND revision IN (
    SELECT r.revision FROM deployment_revisions AS r
    WHERE r.client_id = :of_client AND r.org_id = :of_org AND r.deployment_id = :deployment_id
      AND r.revision <= :upto AND r.revision <> :observed
    ORDER BY r.revision
    LIMIT CAST(:page_size AS BIGINT));
