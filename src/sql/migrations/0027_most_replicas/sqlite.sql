-- The most pods that one service of a deployment has, as its spec says: what a plan allows each
-- service is held against it without reading specs, which are long.
ALTER TABLE deployments ADD COLUMN most_replicas INTEGER NOT NULL DEFAULT 0;
UPDATE deployments
SET most_replicas = (SELECT COALESCE(MAX(COALESCE(json_extract(s.value, '$.replicas'), 1)), 0)
  FROM json_each(deployments.spec, '$.services') AS s);
CREATE INDEX deployments_by_replicas
  ON deployments (client_id, org_id, deleting, most_replicas, id);
