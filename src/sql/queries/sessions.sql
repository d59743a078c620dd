-- What a read checks in its own flight when it trusts rights that were loaded earlier.
-- name: session_guard
-- rows: optional
-- scope: client
SELECT u.authz_version, u.state, s.seen_at, s.expires_at
FROM sessions AS s
JOIN users AS u ON u.client_id = s.client_id AND u.id = s.user_id
WHERE s.client_id = :client AND s.token_hash = :token_hash;

-- name: session_by_token
-- rows: optional
-- scope: client
SELECT s.id, s.created_at, s.seen_at, s.expires_at, s.auth_at,
  u.id, u.email, u.name, u.platform_admin, u.state, u.authz_version, u.email_proved_at,
  u.locale
FROM sessions AS s
JOIN users AS u ON u.client_id = s.client_id AND u.id = s.user_id
WHERE s.client_id = :client AND s.token_hash = :token_hash;

-- name: session_created
-- rows: none
-- scope: client
INSERT INTO sessions (client_id, id, token_hash, user_id, created_at, seen_at, expires_at, auth_at,
  device, network)
VALUES (:client, :id, :token_hash, :user_id, :now, :now, :expires_at, :now, :device, :network);

-- Of a person's sessions the newest stay, among them the one that was just made.
-- name: sessions_trimmed
-- rows: none
-- scope: client
DELETE FROM sessions
WHERE client_id = :client AND user_id = :user_id AND id <> :id AND id NOT IN (
  SELECT s.id FROM sessions AS s
  WHERE s.client_id = :client AND s.user_id = :user_id AND s.id <> :id
  ORDER BY s.created_at DESC, s.id DESC
  LIMIT CAST(:others AS BIGINT));

-- The session under a new id and token, and no longer under the old ones: of parallel calls with
-- one token, one changes a row.
-- name: session_renewed
-- rows: none
-- scope: client
UPDATE sessions SET id = :id, token_hash = :new_hash, auth_at = :now, seen_at = :now
WHERE client_id = :client AND token_hash = :token_hash AND user_id = :user_id;

-- name: session_touched
-- rows: none
-- scope: client
UPDATE sessions SET seen_at = :now, network = :network
WHERE client_id = :client AND token_hash = :token_hash AND seen_at <= :stale_before;

-- When its person was last here, for longer than the session lives. The latest stays, in whatever
-- order the uses of two sessions are written.
-- name: session_user_seen
-- rows: none
-- scope: client
INSERT INTO user_activity (client_id, user_id, seen_at)
SELECT s.client_id, s.user_id, :now
FROM sessions AS s
WHERE s.client_id = :client AND s.token_hash = :token_hash
ON CONFLICT (client_id, user_id) DO UPDATE
SET seen_at = CASE WHEN excluded.seen_at > user_activity.seen_at THEN excluded.seen_at
  ELSE user_activity.seen_at END;

-- name: session_removed
-- rows: none
-- scope: client
DELETE FROM sessions WHERE client_id = :client AND token_hash = :token_hash;

-- name: sessions_of_person
-- rows: many
-- scope: person
SELECT s.id, s.token_hash, s.device, s.network, s.created_at, s.seen_at, s.expires_at
FROM sessions AS s
WHERE s.client_id = :client AND s.user_id = :user
ORDER BY s.seen_at DESC, s.id;

-- name: session_ended
-- rows: optional
-- scope: person
DELETE FROM sessions
WHERE client_id = :client AND user_id = :user AND id = :id
RETURNING token_hash;

-- name: sessions_ended
-- rows: none
-- scope: client
DELETE FROM sessions
WHERE client_id = :client AND user_id = :user_id AND token_hash <> :kept;

-- name: sessions_swept
-- rows: none
-- scope: fleet
DELETE FROM sessions
WHERE (client_id, id) IN (
  SELECT s.client_id, s.id FROM sessions AS s
  WHERE s.expires_at <= :now OR s.seen_at <= :idle_before
  LIMIT CAST(:page_size AS BIGINT));
