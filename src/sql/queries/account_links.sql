-- name: account_link_put
-- rows: none
-- scope: client
INSERT INTO account_links (client_id, purpose, subject, token_hash, user_id, address, name,
  password_hash, created_at, expires_at, locale)
VALUES (:client, :purpose, :subject, :token_hash, :user_id, :address, :name, :password_hash, :now,
  :expires_at, :locale)
ON CONFLICT (client_id, purpose, subject) DO UPDATE SET
  token_hash = excluded.token_hash, user_id = excluded.user_id, address = excluded.address,
  name = excluded.name, password_hash = excluded.password_hash, created_at = excluded.created_at,
  expires_at = excluded.expires_at, locale = excluded.locale;

-- name: account_link_live
-- rows: optional
-- scope: client
SELECT l.subject, l.user_id, l.address, l.name, l.password_hash, l.created_at, l.expires_at,
  l.locale
FROM account_links AS l
WHERE l.client_id = :client AND l.token_hash = :token_hash AND l.purpose = :purpose
  AND l.expires_at > :now;

-- name: account_links_to
-- rows: many
-- scope: client
SELECT l.subject, l.user_id, l.address, l.name, l.password_hash, l.created_at, l.expires_at,
  l.locale, l.token_hash
FROM account_links AS l
WHERE l.client_id = :client AND l.address = :address AND l.purpose = :purpose
  AND l.expires_at > :now
ORDER BY l.created_at, l.subject;

-- name: account_link_removed
-- rows: none
-- scope: client
DELETE FROM account_links
WHERE client_id = :client AND purpose = :purpose AND subject = :subject;

-- Of parallel calls with one token, one gets the row.
-- name: account_link_used
-- rows: optional
-- scope: client
DELETE FROM account_links
WHERE client_id = :client AND token_hash = :token_hash AND purpose = :purpose AND expires_at > :now
RETURNING subject, user_id, address, name, password_hash, created_at, expires_at, locale;

-- name: account_links_dropped
-- rows: none
-- scope: client
DELETE FROM account_links
WHERE client_id = :client AND user_id = :user_id AND purpose = :purpose AND created_at >= :since;

-- Whose way back leads to the address.
-- name: account_link_way_back_to
-- rows: optional
-- scope: client
SELECT l.user_id, u.locale
FROM account_links AS l
LEFT JOIN users AS u ON u.client_id = l.client_id AND u.id = l.user_id
WHERE l.client_id = :client AND l.address = :address AND l.purpose = 'restore_address'
  AND l.expires_at > :now
LIMIT 1;

-- name: account_links_swept
-- rows: none
-- scope: fleet
DELETE FROM account_links
WHERE (client_id, purpose, subject) IN (
  SELECT l.client_id, l.purpose, l.subject FROM account_links AS l
  WHERE l.expires_at <= :now
  LIMIT CAST(:page_size AS BIGINT));
