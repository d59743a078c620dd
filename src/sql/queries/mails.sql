-- Whoever has the address that is written to.
-- name: mail_reader
-- rows: optional
-- scope: client
SELECT u.id, u.locale
FROM users AS u
WHERE u.client_id = :client AND u.email = :email;

-- name: mail_create_for_client
-- rows: none
-- scope: client
INSERT INTO mails (client_id, owner_id, id, org_id, kind, about_kind, about_id, state,
  sealed, reason, attempts, queued_at, next_at, give_up_at, changed_at)
VALUES (:client, '00000000-0000-0000-0000-000000000000', :id, NULL, :kind, :about_kind, :about_id,
  'queued', :sealed, '', 0, :now, :now, :give_up_at, :now);

-- name: mail_create
-- rows: none
-- scope: tenant
INSERT INTO mails (client_id, owner_id, id, org_id, kind, about_kind, about_id, state,
  sealed, reason, attempts, queued_at, next_at, give_up_at, changed_at, recipient)
VALUES (:client, :org, :id, :org, :kind, :about_kind, :about_id, 'queued', :sealed, '', 0, :now,
  :now, :give_up_at, :now, :recipient);

-- One that is being sent is cancelled too: should that try fail, there is no other.
-- name: mails_cancel_for_client
-- rows: none
-- scope: client
UPDATE mails
SET state = 'cancelled', sealed = '', reason = '', changed_at = :now
WHERE client_id = :client AND owner_id = '00000000-0000-0000-0000-000000000000'
  AND about_kind = :about_kind AND about_id = :about_id AND state IN ('queued', 'sending');

-- name: mails_cancel
-- rows: none
-- scope: tenant
UPDATE mails
SET state = 'cancelled', sealed = '', reason = '', changed_at = :now
WHERE client_id = :client AND owner_id = :org AND about_kind = :about_kind AND about_id = :about_id
  AND state IN ('queued', 'sending');

-- What was told to a member as such. An invitation is for whoever has the address, and the end of a
-- membership or of ownership is for them to know.
-- name: mails_cancel_to
-- rows: none
-- scope: tenant
UPDATE mails
SET state = 'cancelled', sealed = '', reason = '', changed_at = :now
WHERE client_id = :client AND owner_id = :org AND recipient = :recipient
  AND kind NOT IN ('invitation', 'member_removed', 'ownership_transferred')
  AND state IN ('queued', 'sending');

-- All that somebody was told of one thing, or of every thing of a kind.
-- name: mails_cancel_part_to
-- rows: none
-- scope: tenant
UPDATE mails
SET state = 'cancelled', sealed = '', reason = '', changed_at = :now
WHERE client_id = :client AND owner_id = :org AND recipient = :recipient
  AND about_kind = :about_kind AND (about_id = :about_id OR :about_id = '')
  AND state IN ('queued', 'sending');

-- name: mails_cancel_all
-- rows: none
-- scope: tenant
UPDATE mails
SET state = 'cancelled', sealed = '', reason = '', changed_at = :now
WHERE client_id = :client AND owner_id = :org
  AND kind NOT IN ('member_removed', 'ownership_transferred') AND state IN ('queued', 'sending');

-- name: mail_delivery_for_client
-- rows: optional
-- scope: client
SELECT m.state, m.reason, m.attempts, m.queued_at, m.changed_at
FROM mails AS m
WHERE m.client_id = :client AND m.owner_id = '00000000-0000-0000-0000-000000000000'
  AND m.about_kind = :about_kind AND m.about_id = :about_id
ORDER BY m.id DESC
LIMIT 1;

-- name: mail_delivery
-- rows: optional
-- scope: tenant
SELECT m.state, m.reason, m.attempts, m.queued_at, m.changed_at
FROM mails AS m
WHERE m.client_id = :client AND m.owner_id = :org AND m.about_kind = :about_kind
  AND m.about_id = :about_id
ORDER BY m.id DESC
LIMIT 1;

-- What counts was queued, whether or not it left: it may have.
-- name: mails_per_kind
-- rows: one
-- scope: tenant
SELECT COUNT(*), COALESCE(MIN(m.queued_at), 0),
  COUNT(CASE WHEN m.queued_at > :hour_ago THEN 1 END),
  COALESCE(MIN(CASE WHEN m.queued_at > :hour_ago THEN m.queued_at END), 0)
FROM mails AS m
WHERE m.client_id = :client AND m.owner_id = :org AND m.kind = :kind AND m.queued_at > :day_ago;

-- name: mails_per_recipient
-- rows: one
-- scope: tenant
SELECT COUNT(*)
FROM mails AS m
WHERE m.client_id = :client AND m.owner_id = :org AND m.recipient = :recipient AND m.kind = :kind
  AND m.queued_at > :day_ago;

-- name: mails_per_org
-- rows: many
-- scope: tenant
SELECT m.id
FROM mails AS m
WHERE m.client_id = :client AND m.owner_id = :org AND m.id > :after
ORDER BY m.id
LIMIT CAST(:page_size AS BIGINT);

-- name: mails_due
-- rows: many
-- scope: fleet
SELECT m.client_id, m.owner_id, m.id
FROM mails AS m
WHERE m.state IN ('queued', 'sending') AND m.next_at <= :now
ORDER BY m.next_at, m.id
LIMIT CAST(:page_size AS BIGINT);

-- name: mail_claim
-- rows: optional
-- scope: fleet
UPDATE mails
SET state = 'sending', attempts = attempts + 1, next_at = :until, changed_at = :now
WHERE client_id = :of_client AND owner_id = :of_owner AND id = :id
  AND state IN ('queued', 'sending') AND next_at <= :now
RETURNING kind, sealed, attempts, queued_at, give_up_at;

-- name: mail_settle
-- rows: none
-- scope: fleet
UPDATE mails
SET state = :state, reason = :reason, sealed = '', changed_at = :now
WHERE client_id = :of_client AND owner_id = :of_owner AND id = :id AND state = 'sending'
  AND attempts = :attempt;

-- name: mail_again
-- rows: none
-- scope: fleet
UPDATE mails
SET state = 'queued', reason = :reason, next_at = :next_at, changed_at = :now
WHERE client_id = :of_client AND owner_id = :of_owner AND id = :id AND state = 'sending'
  AND attempts = :attempt;

-- name: mails_waiting
-- rows: one
-- scope: fleet
SELECT COUNT(CASE WHEN m.state = 'queued' THEN 1 END),
  COUNT(CASE WHEN m.state = 'sending' THEN 1 END), COALESCE(MIN(m.queued_at), 0)
FROM mails AS m
WHERE m.state IN ('queued', 'sending');

-- name: mails_forget_settled
-- rows: none
-- scope: fleet
DELETE FROM mails
WHERE (client_id, owner_id, id) IN (
  SELECT m.client_id, m.owner_id, m.id FROM mails AS m
  WHERE m.state IN ('sent', 'failed', 'cancelled') AND m.changed_at < :before
  LIMIT CAST(:page_size AS BIGINT));
