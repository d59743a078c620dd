-- What ties the hashes of a person's addresses and texts to that person; a purge removes it.
-- name: audit_salt
-- rows: optional
-- scope: client
SELECT s.salt FROM audit_salts AS s WHERE s.client_id = :client AND s.user_id = :user_id;

-- name: audit_salt_create
-- rows: none
-- scope: client
INSERT INTO audit_salts (client_id, user_id, salt)
SELECT u.client_id, u.id, :salt
FROM users AS u
WHERE u.client_id = :client AND u.id = :user_id
ON CONFLICT (client_id, user_id) DO NOTHING;

-- name: audit_salt_remove
-- rows: none
-- scope: client
DELETE FROM audit_salts WHERE client_id = :client AND user_id = :user_id;

-- What a member is called now; nothing of who left, or never was one.
-- name: audit_actor
-- rows: optional
-- scope: tenant
SELECT u.name
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :id;

-- What a thing of the organization is called now. Of who was removed it is the address that they had
-- then, for as long as they can be given back what they had; nothing of anybody else.
-- name: audit_thing
-- rows: optional
-- scope: tenant
SELECT 'team' AS kind, t.name FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :id
UNION ALL
SELECT 'deployment', d.name FROM deployments AS d
WHERE d.client_id = :client AND d.org_id = :org AND d.id = :id
UNION ALL
SELECT 'member', u.name FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :id
UNION ALL
SELECT 'former', f.email FROM former_members AS f
WHERE f.client_id = :client AND f.org_id = :org AND f.user_id = :id AND f.removed_at > :removed_after
UNION ALL
SELECT 'invitation', i.email FROM invitations AS i
WHERE i.client_id = :client AND i.org_id = :org AND i.id = :id
LIMIT 1;

-- Taking the next number locks the client's row, so its own events stand in one order.
-- name: client_audit_take
-- rows: one
-- scope: client
INSERT INTO client_audit_heads (client_id, seq, mac, sunk, salt)
VALUES (:client, 1, '', 0, :salt)
ON CONFLICT (client_id) DO UPDATE SET seq = client_audit_heads.seq + 1
RETURNING seq, mac, salt;

-- name: client_audit_set_head
-- rows: none
-- scope: client
UPDATE client_audit_heads SET mac = :mac WHERE client_id = :client;

-- name: client_audit_append
-- rows: none
-- scope: client
INSERT INTO client_audit (client_id, seq, prev, mac, at, actor_kind, actor_id, address, request_id,
  action, target_kind, target_id, result, detail)
VALUES (:client, :seq, :prev, :mac, :at, :actor_kind, :actor_id, :address, :request_id, :action,
  :target_kind, :target_id, :result, :detail);

-- name: audit_last
-- rows: optional
-- scope: tenant
SELECT o.audit_seq FROM organizations AS o WHERE o.client_id = :client AND o.id = :org;

-- Lists go by (at, seq). Each form has the index of what it is named after, and looks at a stretch of
-- it only; every other filter narrows what that gives. The last row of a stretch comes whether it
-- fits or not: it is where the next page begins.

-- name: audit_newest
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at DESC, a.seq DESC) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org
      AND x.at >= :from_at AND (x.at, x.seq) < (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at DESC, x.seq DESC
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at DESC, s.seq DESC
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_newest_by_actor
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at DESC, a.seq DESC) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.actor_id = :actor_id
      AND x.at >= :from_at AND (x.at, x.seq) < (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at DESC, x.seq DESC
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at DESC, s.seq DESC
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_newest_by_action
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at DESC, a.seq DESC) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.action = :action
      AND x.at >= :from_at AND (x.at, x.seq) < (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at DESC, x.seq DESC
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at DESC, s.seq DESC
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_newest_by_target
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at DESC, a.seq DESC) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.target_id = :target_id
      AND x.at >= :from_at AND (x.at, x.seq) < (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at DESC, x.seq DESC
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at DESC, s.seq DESC
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_oldest
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at, a.seq) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org
      AND x.at < :until_at AND (x.at, x.seq) > (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at, x.seq
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at, s.seq
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_oldest_by_actor
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at, a.seq) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.actor_id = :actor_id
      AND x.at < :until_at AND (x.at, x.seq) > (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at, x.seq
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at, s.seq
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_oldest_by_action
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at, a.seq) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.action = :action
      AND x.at < :until_at AND (x.at, x.seq) > (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at, x.seq
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:target_id = '' OR s.target_id = :target_id)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at, s.seq
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_oldest_by_target
-- rows: many
-- scope: tenant
SELECT
  s.seq, s.prev, s.mac, s.at, s.actor_kind, s.actor_id, s.address, s.request_id, s.action,
  s.target_kind, s.target_id, s.result, s.detail, s.n
FROM (
  SELECT
    a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
    a.target_kind, a.target_id, a.result, a.detail,
    ROW_NUMBER() OVER (ORDER BY a.at, a.seq) AS n
  FROM (
    SELECT
      x.seq, x.prev, x.mac, x.at, x.actor_kind, x.actor_id, x.address, x.request_id, x.action,
      x.target_kind, x.target_id, x.result, x.detail
    FROM audit AS x
    WHERE x.client_id = :client AND x.org_id = :org AND x.target_id = :target_id
      AND x.at < :until_at AND (x.at, x.seq) > (:after_at, :after_seq) AND x.seq <= :head
    ORDER BY x.at, x.seq
    LIMIT CAST(:stretch AS BIGINT)
  ) AS a
) AS s
WHERE s.n = CAST(:stretch AS BIGINT)
  OR (
      (:actor_kind = '' OR s.actor_kind = :actor_kind)
    AND (:actor_id = '' OR s.actor_id = :actor_id)
    AND (:action = '' OR s.action = :action)
    AND (:target_kind = '' OR s.target_kind = :target_kind)
    AND (:result = '' OR s.result = :result)
  )
ORDER BY s.at, s.seq
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_org_ends
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id, o.slug, o.audit_seq, o.audit_mac, o.audit_sunk
FROM organizations AS o
WHERE o.client_id > :after_client OR (o.client_id = :after_client AND o.id > :after_id)
ORDER BY o.client_id, o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_org_end
-- rows: optional
-- scope: fleet
SELECT o.client_id, o.id, o.slug, o.audit_seq, o.audit_mac, o.audit_sunk
FROM organizations AS o
WHERE o.client_id = :of_client AND o.id = :id;

-- name: audit_org_unsunk
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id, o.slug, o.audit_seq, o.audit_mac, o.audit_sunk
FROM organizations AS o
WHERE o.audit_sunk < o.audit_seq
  AND (o.client_id > :after_client OR (o.client_id = :after_client AND o.id > :after_id))
ORDER BY o.client_id, o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_org_set_sunk
-- rows: none
-- scope: fleet
UPDATE organizations SET audit_sunk = :seq
WHERE client_id = :of_client AND id = :id AND audit_sunk < :seq;

-- name: audit_org_rows
-- rows: many
-- scope: fleet
SELECT a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
  a.target_kind, a.target_id, a.result, a.detail
FROM audit AS a
WHERE a.client_id = :of_client AND a.org_id = :id AND a.seq > :after
ORDER BY a.seq
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_client_ends
-- rows: many
-- scope: fleet
SELECT c.client_id, COALESCE(h.seq, 0), COALESCE(h.mac, ''), COALESCE(h.sunk, 0)
FROM clients AS c
LEFT JOIN client_audit_heads AS h ON h.client_id = c.client_id
WHERE c.client_id > :after_client
ORDER BY c.client_id
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_client_end
-- rows: optional
-- scope: fleet
SELECT c.client_id, COALESCE(h.seq, 0), COALESCE(h.mac, ''), COALESCE(h.sunk, 0)
FROM clients AS c
LEFT JOIN client_audit_heads AS h ON h.client_id = c.client_id
WHERE c.client_id = :of_client;

-- name: audit_client_unsunk
-- rows: many
-- scope: fleet
SELECT h.client_id, h.seq, h.mac, h.sunk
FROM client_audit_heads AS h
WHERE h.sunk < h.seq AND h.client_id > :after_client
ORDER BY h.client_id
LIMIT CAST(:page_size AS BIGINT);

-- name: audit_client_set_sunk
-- rows: none
-- scope: fleet
UPDATE client_audit_heads SET sunk = :seq WHERE client_id = :of_client AND sunk < :seq;

-- name: audit_client_rows
-- rows: many
-- scope: fleet
SELECT a.seq, a.prev, a.mac, a.at, a.actor_kind, a.actor_id, a.address, a.request_id, a.action,
  a.target_kind, a.target_id, a.result, a.detail
FROM client_audit AS a
WHERE a.client_id = :of_client AND a.seq > :after
ORDER BY a.seq
LIMIT CAST(:page_size AS BIGINT);
