-- Taking the next numbers locks the organization's row, so its writes stand in one order. Nobody
-- takes any in an organization that is being deleted: what was begun before that fails here, as does
-- what its people began before it was suspended.
-- name: journal_take_both
-- rows: optional
-- scope: tenant
UPDATE organizations
SET audit_seq = audit_seq + 1, feed_seq = feed_seq + 1
WHERE client_id = :client AND id = :org AND (state = 'active' OR :actor_kind = 'system')
RETURNING audit_seq, feed_seq, audit_mac, suspended_at;

-- name: journal_take_audit
-- rows: optional
-- scope: tenant
UPDATE organizations
SET audit_seq = audit_seq + 1
WHERE client_id = :client AND id = :org AND (state = 'active' OR :actor_kind = 'system')
RETURNING audit_seq, feed_seq, audit_mac, suspended_at;

-- name: journal_take_feed
-- rows: optional
-- scope: tenant
UPDATE organizations
SET feed_seq = feed_seq + 1
WHERE client_id = :client AND id = :org
RETURNING feed_seq;

-- Nothing where the actor's role is another than the one the write was allowed with. It runs while
-- the organization's row is held, so that who waited for a removal or a demotion sees it.
-- name: audit_set_head
-- rows: none
-- scope: tenant
UPDATE organizations SET audit_mac = :mac
WHERE client_id = :client AND id = :org AND (CAST(:role AS TEXT) = '' OR EXISTS (
  SELECT 1
  FROM org_members AS m
  LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
    AND tm.user_id = m.user_id AND tm.team_id = :team_id
  WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id AND m.role = :role
    AND COALESCE(tm.role, '') = :team_role));

-- name: audit_append
-- rows: none
-- scope: tenant
INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address,
  request_id, action, target_kind, target_id, result, detail)
VALUES (:client, :org, :seq, :prev, :mac, :at, :actor_kind, :actor_id, :address, :request_id,
  :action, :target_kind, :target_id, :result, :detail);

-- name: feed_append
-- rows: none
-- scope: tenant
INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id)
VALUES (:client, :org, :seq, :at, :kind, :target_id, :team_id);

-- The newest row of each thing: who reads it sees the thing as it is now, so an older one tells
-- nothing more. No more than a stretch of the feed at a time, however far behind the reader is.
-- name: feed_after
-- rows: many
-- scope: tenant
SELECT MAX(f.seq), f.kind, f.target_id, f.team_id
FROM feed AS f
WHERE f.client_id = :client AND f.org_id = :org AND f.seq > :after AND f.seq <= :upto
GROUP BY f.kind, f.target_id, f.team_id
ORDER BY MAX(f.seq)
LIMIT CAST(:page_size AS BIGINT);

-- name: feed_span
-- rows: optional
-- scope: tenant
SELECT o.feed_seq, COALESCE((
  SELECT MIN(f.seq) FROM feed AS f WHERE f.client_id = :client AND f.org_id = :org), 1)
FROM organizations AS o
WHERE o.client_id = :client AND o.id = :org;
