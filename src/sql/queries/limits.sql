-- One statement counts and decides, so that parallel tries cannot pass the bound together. Where
-- the bound is reached no row changes and none comes back.
-- name: limit_try
-- rows: optional
-- scope: client
INSERT INTO rate_limits (client_id, key, window_start, count)
VALUES (:client, :key, :now, 1)
ON CONFLICT (client_id, key) DO UPDATE SET
  count = CASE WHEN rate_limits.window_start <= :over_before THEN 1
    ELSE rate_limits.count + 1 END,
  window_start = CASE WHEN rate_limits.window_start <= :restart_before THEN excluded.window_start
    ELSE rate_limits.window_start END
WHERE rate_limits.window_start <= :over_before OR rate_limits.count < :tries
RETURNING window_start;

-- name: limit_window
-- rows: optional
-- scope: client
SELECT r.window_start
FROM rate_limits AS r
WHERE r.client_id = :client AND r.key = :key;

-- name: limit_given_back
-- rows: none
-- scope: client
UPDATE rate_limits SET count = count - 1
WHERE client_id = :client AND key = :key AND window_start = :window_start AND count > 0;

-- name: limit_forgotten
-- rows: none
-- scope: client
DELETE FROM rate_limits WHERE client_id = :client AND key = :key;

-- name: limits_swept
-- rows: none
-- scope: fleet
DELETE FROM rate_limits
WHERE (client_id, key) IN (
  SELECT r.client_id, r.key FROM rate_limits AS r
  WHERE r.window_start < :before
  LIMIT CAST(:page_size AS BIGINT));

-- name: login_network_known
-- rows: optional
-- scope: client
SELECT n.seen_at FROM login_networks AS n WHERE n.client_id = :client AND n.hash = :hash;

-- name: login_network_seen
-- rows: none
-- scope: client
INSERT INTO login_networks (client_id, hash, user_id, seen_at)
VALUES (:client, :hash, :user_id, :now)
ON CONFLICT (client_id, hash) DO UPDATE SET seen_at = excluded.seen_at;

-- name: login_networks_trimmed
-- rows: none
-- scope: client
DELETE FROM login_networks
WHERE client_id = :client AND user_id = :user_id AND hash <> :hash AND hash NOT IN (
  SELECT n.hash FROM login_networks AS n
  WHERE n.client_id = :client AND n.user_id = :user_id AND n.hash <> :hash
  ORDER BY n.seen_at DESC, n.hash
  LIMIT CAST(:others AS BIGINT));

-- name: login_networks_swept
-- rows: none
-- scope: fleet
DELETE FROM login_networks
WHERE (client_id, hash) IN (
  SELECT n.client_id, n.hash FROM login_networks AS n
  WHERE n.seen_at < :before
  LIMIT CAST(:page_size AS BIGINT));
