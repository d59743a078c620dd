-- A slug becomes an organization's: one that nobody has, its own of before, or one whose time is
-- over. One statement decides, so that of two at once one has it.
-- name: slug_claimed
-- rows: none
-- scope: client
INSERT INTO given_names (client_id, kind, hash, holder, until)
VALUES (:client, 'slug', :hash, :holder, 0)
ON CONFLICT (kind, hash) DO UPDATE SET holder = excluded.holder, until = 0
WHERE given_names.client_id = excluded.client_id AND (given_names.holder = excluded.holder
  OR (given_names.until > 0 AND given_names.until <= CAST(:now AS BIGINT)));

-- name: slug_unclaimed
-- rows: none
-- scope: client
DELETE FROM given_names
WHERE client_id = :client AND kind = 'slug' AND hash = :hash AND holder = :holder AND until = 0;

-- An organization that is older than this table has no row for its slug.
-- name: slug_let_go
-- rows: none
-- scope: client
INSERT INTO given_names (client_id, kind, hash, holder, until)
VALUES (:client, 'slug', :hash, :holder, :until)
ON CONFLICT (kind, hash) DO UPDATE SET until = excluded.until
WHERE given_names.client_id = excluded.client_id AND given_names.holder = excluded.holder;

-- name: slugs_at_rest
-- rows: one
-- scope: client
SELECT COUNT(*), COALESCE(MIN(g.until), 0)
FROM given_names AS g
WHERE g.client_id = :client AND g.kind = 'slug' AND g.holder = :holder
  AND g.until > CAST(:now AS BIGINT);

-- name: slug_holder_before
-- rows: optional
-- scope: client
SELECT g.holder
FROM given_names AS g
WHERE g.client_id = :client AND g.kind = 'slug' AND g.hash = :hash AND g.holder <> ''
  AND g.until > CAST(:now AS BIGINT);

-- What is left of an organization's slugs when it is purged.
-- name: slugs_orphaned
-- rows: none
-- scope: client
UPDATE given_names
SET holder = '', until = CASE WHEN until = 0 THEN CAST(:until AS BIGINT) ELSE until END
WHERE client_id = :client AND holder = :holder AND holder <> '';

-- name: name_given
-- rows: none
-- scope: client
INSERT INTO given_names (client_id, kind, hash, holder, until)
VALUES (:client, :kind, :hash, '', 0)
ON CONFLICT (kind, hash) DO NOTHING;

-- name: names_swept
-- rows: none
-- scope: fleet
DELETE FROM given_names WHERE until > 0 AND until <= CAST(:now AS BIGINT);
