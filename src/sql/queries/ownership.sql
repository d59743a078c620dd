-- name: owner_of_org
-- rows: optional
-- scope: tenant
SELECT u.id, u.name, u.email, u.state
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.role = 'org_owner';

-- name: owner_step_down
-- rows: none
-- scope: tenant
UPDATE org_members SET role = 'org_admin', granted_by = :granted_by, granted_at = :now
WHERE client_id = :client AND org_id = :org AND role = 'org_owner';

-- name: ownership_offer_create
-- rows: none
-- scope: tenant
INSERT INTO ownership_offers (client_id, org_id, id, from_user, to_user, state, created_at,
  expires_at, settled_at)
VALUES (:client, :org, :id, :from_user, :to_user, 'open', :now, :expires_at, 0)
ON CONFLICT (client_id, org_id) WHERE state = 'open' DO NOTHING;

-- Names and addresses come while their people are in the organization.
-- name: ownership_offers_per_org
-- rows: many
-- scope: tenant
SELECT o.id, o.from_user, f.name, f.email, o.to_user, t.name, t.email, o.state, o.created_at,
  o.expires_at, o.settled_at, o.reason
FROM ownership_offers AS o
LEFT JOIN org_members AS fm ON fm.client_id = o.client_id AND fm.org_id = o.org_id
  AND fm.user_id = o.from_user
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
LEFT JOIN org_members AS tm ON tm.client_id = o.client_id AND tm.org_id = o.org_id
  AND tm.user_id = o.to_user
LEFT JOIN users AS t ON t.client_id = tm.client_id AND t.id = tm.user_id
WHERE o.client_id = :client AND o.org_id = :org AND o.id > :after_id
ORDER BY o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: ownership_offers_per_target
-- rows: many
-- scope: tenant
SELECT o.id, o.from_user, f.name, f.email, o.to_user, t.name, t.email, o.state, o.created_at,
  o.expires_at, o.settled_at, o.reason
FROM ownership_offers AS o
LEFT JOIN org_members AS fm ON fm.client_id = o.client_id AND fm.org_id = o.org_id
  AND fm.user_id = o.from_user
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
LEFT JOIN org_members AS tm ON tm.client_id = o.client_id AND tm.org_id = o.org_id
  AND tm.user_id = o.to_user
LEFT JOIN users AS t ON t.client_id = tm.client_id AND t.id = tm.user_id
WHERE o.client_id = :client AND o.org_id = :org AND o.to_user = :user_id AND o.id > :after_id
ORDER BY o.id
LIMIT CAST(:page_size AS BIGINT);

-- name: ownership_offer_by_id
-- rows: optional
-- scope: tenant
SELECT o.id, o.from_user, f.name, f.email, o.to_user, t.name, t.email, o.state, o.created_at,
  o.expires_at, o.settled_at, o.reason
FROM ownership_offers AS o
LEFT JOIN org_members AS fm ON fm.client_id = o.client_id AND fm.org_id = o.org_id
  AND fm.user_id = o.from_user
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
LEFT JOIN org_members AS tm ON tm.client_id = o.client_id AND tm.org_id = o.org_id
  AND tm.user_id = o.to_user
LEFT JOIN users AS t ON t.client_id = tm.client_id AND t.id = tm.user_id
WHERE o.client_id = :client AND o.org_id = :org AND o.id = :id;

-- name: ownership_offer_settle
-- rows: none
-- scope: tenant
UPDATE ownership_offers SET state = :state, settled_at = :now, reason = :reason
WHERE client_id = :client AND org_id = :org AND id = :id AND state = 'open' AND expires_at > :now;

-- One at most is open.
-- name: ownership_offers_expire
-- rows: optional
-- scope: tenant
UPDATE ownership_offers SET state = 'expired', settled_at = expires_at
WHERE client_id = :client AND org_id = :org AND state = 'open' AND expires_at <= :now
RETURNING id, from_user, to_user, expires_at;

-- name: ownership_offers_cancel
-- rows: optional
-- scope: tenant
UPDATE ownership_offers SET state = 'cancelled', settled_at = :now, reason = :reason
WHERE client_id = :client AND org_id = :org AND state = 'open'
  AND (from_user = :user_id OR to_user = :user_id)
RETURNING id, from_user, to_user, expires_at;

-- name: ownership_offers_open
-- rows: one
-- scope: tenant
SELECT COUNT(*)
FROM ownership_offers AS o
WHERE o.client_id = :client AND o.org_id = :org AND o.state = 'open' AND o.expires_at > :now
  AND (o.from_user = :user_id OR o.to_user = :user_id);

-- By id, or by an address that its person has proved: anybody can sign up under one that is not
-- theirs. What is not asked for is given as what nobody has.
-- name: appointee_find
-- rows: optional
-- scope: tenant
SELECT u.id, u.name, u.email, u.state, m.role
FROM users AS u
LEFT JOIN org_members AS m ON m.client_id = u.client_id AND m.user_id = u.id AND m.org_id = :org
WHERE u.client_id = :client
  AND (u.id = :user_id OR (u.email = :email AND u.email_proved_at > 0));
