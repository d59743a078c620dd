-- name: setup_token_created
-- rows: none
-- scope: client
INSERT INTO setup_tokens (client_id, token_hash, expires_at)
VALUES (:client, :token_hash, :expires_at);

-- name: setup_token_live
-- rows: optional
-- scope: client
SELECT t.expires_at
FROM setup_tokens AS t
WHERE t.client_id = :client AND t.token_hash = :token_hash AND t.expires_at > :now;

-- name: setup_token_consumed
-- rows: none
-- scope: client
DELETE FROM setup_tokens
WHERE client_id = :client AND token_hash = :token_hash AND expires_at > :now;

-- name: setup_tokens_removed
-- rows: none
-- scope: client
DELETE FROM setup_tokens WHERE client_id = :client;

-- name: setup_tokens_swept
-- rows: none
-- scope: fleet
DELETE FROM setup_tokens
WHERE (client_id, token_hash) IN (
  SELECT t.client_id, t.token_hash FROM setup_tokens AS t
  WHERE t.expires_at <= :now
  LIMIT CAST(:page_size AS BIGINT));
