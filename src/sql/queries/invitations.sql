-- One that is pending for the address stands in the way. Without a language it has that of who
-- invites.
-- name: invitation_create
-- rows: none
-- scope: tenant
INSERT INTO invitations (client_id, org_id, id, email, role, org_wide, state, reason, token_hash,
  invited_by, answered_by, version, life_days, created_at, expires_at, sent_at, resends_since,
  resends, told_at, settled_at, locale)
VALUES (:client, :org, :id, :email, :role, :org_wide, 'pending', '', :token_hash, :invited_by, NULL,
  1, :life_days, :now, :expires_at, :now, :resends_since, :resends, 0, 0,
  COALESCE(NULLIF(CAST(:locale AS TEXT), ''), (
    SELECT u.locale FROM users AS u WHERE u.client_id = :client AND u.id = :invited_by), 'en'))
ON CONFLICT (client_id, org_id, email) WHERE state = 'pending' DO NOTHING;

-- When the address was written to last, whatever became of that, and how often on that day.
-- name: invitation_last_sent
-- rows: optional
-- scope: tenant
SELECT i.sent_at, i.resends_since, i.resends
FROM invitations AS i
WHERE i.client_id = :client AND i.org_id = :org AND i.email = :email AND i.sent_at > :sent_after
ORDER BY i.sent_at DESC, i.resends DESC
LIMIT 1;

-- A part that is there already goes on with the new role. Nothing when the team is gone.
-- name: invitation_team_set
-- rows: none
-- scope: tenant
INSERT INTO invitation_teams (client_id, org_id, invitation_id, team_id, team_name, role,
  invited_by)
SELECT t.client_id, t.org_id, :id, t.id, t.name, :role, :invited_by
FROM teams AS t
WHERE t.client_id = :client AND t.org_id = :org AND t.id = :team_id AND t.deleting = 0
ON CONFLICT (client_id, org_id, invitation_id, team_id) DO UPDATE
SET role = excluded.role, invited_by = excluded.invited_by;

-- name: invitation_team_remove
-- rows: none
-- scope: tenant
DELETE FROM invitation_teams
WHERE client_id = :client AND org_id = :org AND invitation_id = :id AND team_id = :team_id;

-- One row a team; one row without a team where there is none. The mail is the newest about it. Who
-- invited has a name and an address while in the organization.
-- name: invitation_by_id
-- rows: many
-- scope: tenant
SELECT i.id, i.email, i.role, i.org_wide, i.state, i.reason, i.invited_by, u.name, u.email,
  i.answered_by, i.version, i.life_days, i.created_at, i.expires_at, i.sent_at, i.resends_since,
  i.resends, i.settled_at, m.state, m.reason, m.attempts, m.queued_at, m.changed_at, p.team_id,
  p.team_name, p.role, p.invited_by, b.name, t.slug, t.name, t.description,
  i.locale
FROM invitations AS i
LEFT JOIN org_members AS im ON im.client_id = i.client_id AND im.org_id = i.org_id
  AND im.user_id = i.invited_by
LEFT JOIN users AS u ON u.client_id = im.client_id AND u.id = im.user_id
LEFT JOIN mails AS m ON m.client_id = i.client_id AND m.owner_id = i.org_id AND m.id = (
  SELECT n.id FROM mails AS n
  WHERE n.client_id = :client AND n.owner_id = :org AND n.about_kind = 'invitation'
    AND n.about_id = CAST(i.id AS TEXT)
  ORDER BY n.id DESC
  LIMIT 1)
LEFT JOIN invitation_teams AS p ON p.client_id = i.client_id AND p.org_id = i.org_id
  AND p.invitation_id = i.id
LEFT JOIN org_members AS bm ON bm.client_id = p.client_id AND bm.org_id = p.org_id
  AND bm.user_id = p.invited_by
LEFT JOIN users AS b ON b.client_id = bm.client_id AND b.id = bm.user_id
LEFT JOIN teams AS t ON t.client_id = p.client_id AND t.org_id = p.org_id AND t.id = p.team_id
  AND t.deleting = 0
WHERE i.client_id = :client AND i.org_id = :org AND i.id = :id
ORDER BY p.team_name, p.team_id;

-- name: invitations_per_org
-- rows: many
-- scope: tenant
SELECT i.id, i.email, i.role, i.org_wide, i.state, i.reason, i.invited_by, u.name, u.email,
  i.answered_by, i.version, i.life_days, i.created_at, i.expires_at, i.sent_at, i.resends_since,
  i.resends, i.settled_at, m.state, m.reason, m.attempts, m.queued_at, m.changed_at, p.team_id,
  p.team_name, p.role, p.invited_by, b.name, t.slug, t.name, t.description,
  i.locale
FROM invitations AS i
LEFT JOIN org_members AS im ON im.client_id = i.client_id AND im.org_id = i.org_id
  AND im.user_id = i.invited_by
LEFT JOIN users AS u ON u.client_id = im.client_id AND u.id = im.user_id
LEFT JOIN mails AS m ON m.client_id = i.client_id AND m.owner_id = i.org_id AND m.id = (
  SELECT n.id FROM mails AS n
  WHERE n.client_id = :client AND n.owner_id = :org AND n.about_kind = 'invitation'
    AND n.about_id = CAST(i.id AS TEXT)
  ORDER BY n.id DESC
  LIMIT 1)
LEFT JOIN invitation_teams AS p ON p.client_id = i.client_id AND p.org_id = i.org_id
  AND p.invitation_id = i.id
LEFT JOIN org_members AS bm ON bm.client_id = p.client_id AND bm.org_id = p.org_id
  AND bm.user_id = p.invited_by
LEFT JOIN users AS b ON b.client_id = bm.client_id AND b.id = bm.user_id
LEFT JOIN teams AS t ON t.client_id = p.client_id AND t.org_id = p.org_id AND t.id = p.team_id
  AND t.deleting = 0
WHERE i.client_id = :client AND i.org_id = :org AND i.id IN (
  SELECT k.id FROM invitations AS k
  WHERE k.client_id = :client AND k.org_id = :org AND k.id > :after_id
    AND (CAST(:state AS TEXT) = '' OR :state = CASE
      WHEN k.state = 'pending' AND k.expires_at <= :now THEN 'expired' ELSE k.state END)
  ORDER BY k.id
  LIMIT CAST(:page_size AS BIGINT))
ORDER BY i.id, p.team_name, p.team_id;

-- Those with a part of the team; all parts of each, for who may see them to be told apart.
-- name: invitations_per_team
-- rows: many
-- scope: tenant
SELECT i.id, i.email, i.role, i.org_wide, i.state, i.reason, i.invited_by, u.name, u.email,
  i.answered_by, i.version, i.life_days, i.created_at, i.expires_at, i.sent_at, i.resends_since,
  i.resends, i.settled_at, m.state, m.reason, m.attempts, m.queued_at, m.changed_at, p.team_id,
  p.team_name, p.role, p.invited_by, b.name, t.slug, t.name, t.description,
  i.locale
FROM invitations AS i
LEFT JOIN org_members AS im ON im.client_id = i.client_id AND im.org_id = i.org_id
  AND im.user_id = i.invited_by
LEFT JOIN users AS u ON u.client_id = im.client_id AND u.id = im.user_id
LEFT JOIN mails AS m ON m.client_id = i.client_id AND m.owner_id = i.org_id AND m.id = (
  SELECT n.id FROM mails AS n
  WHERE n.client_id = :client AND n.owner_id = :org AND n.about_kind = 'invitation'
    AND n.about_id = CAST(i.id AS TEXT)
  ORDER BY n.id DESC
  LIMIT 1)
LEFT JOIN invitation_teams AS p ON p.client_id = i.client_id AND p.org_id = i.org_id
  AND p.invitation_id = i.id
LEFT JOIN org_members AS bm ON bm.client_id = p.client_id AND bm.org_id = p.org_id
  AND bm.user_id = p.invited_by
LEFT JOIN users AS b ON b.client_id = bm.client_id AND b.id = bm.user_id
LEFT JOIN teams AS t ON t.client_id = p.client_id AND t.org_id = p.org_id AND t.id = p.team_id
  AND t.deleting = 0
WHERE i.client_id = :client AND i.org_id = :org AND i.id IN (
  SELECT k.id
  FROM invitations AS k
  JOIN invitation_teams AS q ON q.client_id = k.client_id AND q.org_id = k.org_id
    AND q.invitation_id = k.id
  WHERE k.client_id = :client AND k.org_id = :org AND q.team_id = :team_id AND k.id > :after_id
    AND (CAST(:state AS TEXT) = '' OR :state = CASE
      WHEN k.state = 'pending' AND k.expires_at <= :now THEN 'expired' ELSE k.state END)
  ORDER BY k.id
  LIMIT CAST(:page_size AS BIGINT))
ORDER BY i.id, p.team_name, p.team_id;

-- name: invitation_pending_id
-- rows: optional
-- scope: tenant
SELECT i.id FROM invitations AS i
WHERE i.client_id = :client AND i.org_id = :org AND i.email = :email AND i.state = 'pending';

-- A revoked one is not read at all, so that it takes no longer than a link that never was.
-- name: invitation_by_token
-- rows: optional
-- scope: tenant
SELECT i.id, o.name, o.slug, o.state
FROM invitations AS i
JOIN organizations AS o ON o.client_id = i.client_id AND o.id = i.org_id
WHERE i.client_id = :client AND i.org_id = :org AND i.token_hash = :token_hash
  AND i.state <> 'revoked';

-- Before somebody has an account or a session: whether the address has one.
-- name: invitation_address_known
-- rows: optional
-- scope: tenant
SELECT u.id
FROM invitations AS i
JOIN users AS u ON u.client_id = i.client_id AND u.email = i.email
WHERE i.client_id = :client AND i.org_id = :org AND i.id = :id;

-- name: invitation_set
-- rows: none
-- scope: tenant
UPDATE invitations
SET role = :role, org_wide = :org_wide, invited_by = :invited_by, locale = :locale,
  version = version + 1
WHERE client_id = :client AND org_id = :org AND id = :id AND state = 'pending';

-- name: invitation_renew
-- rows: none
-- scope: tenant
UPDATE invitations
SET token_hash = :token_hash, expires_at = :expires_at, sent_at = :now,
  resends_since = :resends_since, resends = :resends, version = version + 1
WHERE client_id = :client AND org_id = :org AND id = :id AND state = 'pending';

-- name: invitation_settle
-- rows: none
-- scope: tenant
UPDATE invitations
SET state = :state, reason = :reason, answered_by = :answered_by, settled_at = :now,
  version = version + 1
WHERE client_id = :client AND org_id = :org AND id = :id AND state = 'pending';

-- name: invitations_expire
-- rows: many
-- scope: tenant
UPDATE invitations
SET state = 'expired', settled_at = expires_at, version = version + 1
WHERE client_id = :client AND org_id = :org AND state = 'pending' AND expires_at <= :now
RETURNING id;

-- name: invitations_pending
-- rows: many
-- scope: tenant
SELECT i.id FROM invitations AS i
WHERE i.client_id = :client AND i.org_id = :org AND i.state = 'pending'
ORDER BY i.id;

-- name: invitations_pending_per_inviter
-- rows: many
-- scope: tenant
SELECT DISTINCT i.id
FROM invitations AS i
LEFT JOIN invitation_teams AS p ON p.client_id = i.client_id AND p.org_id = i.org_id
  AND p.invitation_id = i.id
WHERE i.client_id = :client AND i.org_id = :org AND i.state = 'pending'
  AND (i.invited_by = :user_id OR p.invited_by = :user_id)
ORDER BY i.id;

-- The administrators were told something about it now, unless they were not long ago.
-- name: invitation_tell
-- rows: none
-- scope: tenant
UPDATE invitations SET told_at = :now
WHERE client_id = :client AND org_id = :org AND id = :id AND told_at <= :told_before;

-- The owner first: of more than are asked for, it is never the one who is left out.
-- name: administrators_of_org
-- rows: many
-- scope: tenant
SELECT u.email, u.name
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.role IN ('org_owner', 'org_admin')
  AND u.state = 'active'
ORDER BY CASE WHEN m.role = 'org_owner' THEN 0 ELSE 1 END, m.user_id
LIMIT CAST(:page_size AS BIGINT);

-- One row a team; one row without a team for who is in none.
-- name: standing_of_member
-- rows: many
-- scope: tenant
SELECT m.role, tm.team_id, tm.role
FROM org_members AS m
JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = :user_id AND u.state = 'active';

-- name: organizations_with_overdue_invitations
-- rows: many
-- scope: fleet
SELECT DISTINCT i.client_id, i.org_id
FROM invitations AS i
WHERE i.state = 'pending' AND i.expires_at <= :now
LIMIT CAST(:page_size AS BIGINT);

-- name: invitations_swept
-- rows: none
-- scope: fleet
DELETE FROM invitations
WHERE (client_id, org_id, id) IN (
  SELECT i.client_id, i.org_id, i.id FROM invitations AS i
  WHERE i.state <> 'pending' AND i.settled_at <= :settled_before
  LIMIT CAST(:page_size AS BIGINT));
