-- name: idempotency_by_key
-- rows: optional
-- scope: person
SELECT k.request_mac, k.status, k.location, k.etag, k.body
FROM idempotency_keys AS k
WHERE k.client_id = :client AND k.user_id = :user AND k.key_hash = :key_hash
  AND k.created_at >= :not_before;

-- Who comes second waits here for the end of the first one's transaction. An answer that has grown
-- too old gives its place to the new one.
-- name: idempotency_reserve
-- rows: none
-- scope: person
INSERT INTO idempotency_keys (client_id, user_id, key_hash, request_mac, status, location, etag,
  body, created_at)
VALUES (:client, :user, :key_hash, :request_mac, 0, '', '', '', :now)
ON CONFLICT (client_id, user_id, key_hash) DO UPDATE
SET request_mac = excluded.request_mac, status = 0, location = '', etag = '', body = '',
  created_at = excluded.created_at
WHERE idempotency_keys.created_at < :not_before;

-- name: idempotency_store
-- rows: none
-- scope: person
INSERT INTO idempotency_keys (client_id, user_id, key_hash, request_mac, status, location, etag,
  body, created_at)
VALUES (:client, :user, :key_hash, :request_mac, :status, :location, :etag, :body, :now)
ON CONFLICT (client_id, user_id, key_hash) DO UPDATE
SET request_mac = excluded.request_mac, status = excluded.status, location = excluded.location,
  etag = excluded.etag, body = excluded.body, created_at = excluded.created_at;

-- name: idempotency_forget
-- rows: none
-- scope: fleet
DELETE FROM idempotency_keys
WHERE (client_id, user_id, key_hash) IN (
  SELECT k.client_id, k.user_id, k.key_hash FROM idempotency_keys AS k
  WHERE k.created_at < :than
  LIMIT CAST(:page_size AS BIGINT));
