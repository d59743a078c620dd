-- People are called what they are called now, and only while they are in the organization: what became
-- of those who left is not its business.

-- One is open of each place; then nothing.
-- name: access_review_create
-- rows: none
-- scope: tenant
INSERT INTO access_reviews (client_id, org_id, id, team_id, state, started_by, started_at,
  finished_at, rights, confirmed, removed, changed, undecided)
VALUES (:client, :org, :id, :team_id, 'open', :user_id, :now, 0, 0, 0, 0, 0, 0)
ON CONFLICT DO NOTHING;

-- name: access_review_of_org
-- rows: none
-- scope: tenant
INSERT INTO access_review_rows (client_id, org_id, review_id, number, user_id, team_id, team_name,
  role, made_at, granted_by, granted_at, seen_at, inactive, decision, decided_at)
SELECT m.client_id, m.org_id, :review_id, ROW_NUMBER() OVER (ORDER BY m.user_id), m.user_id, NULL, '',
  m.role, m.created_at, m.granted_by, m.granted_at, a.seen_at,
  CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 ELSE 0 END, 'pending', 0
FROM org_members AS m
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
WHERE m.client_id = :client AND m.org_id = :org;

-- name: access_review_of_teams
-- rows: none
-- scope: tenant
INSERT INTO access_review_rows (client_id, org_id, review_id, number, user_id, team_id, team_name,
  role, made_at, granted_by, granted_at, seen_at, inactive, decision, decided_at)
SELECT tm.client_id, tm.org_id, :review_id, CAST(:numbered AS BIGINT)
    + ROW_NUMBER() OVER (ORDER BY tm.user_id, tm.team_id),
  tm.user_id, tm.team_id, t.name, tm.role, tm.created_at, tm.granted_by, tm.granted_at, a.seen_at,
  CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 ELSE 0 END, 'pending', 0
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
WHERE tm.client_id = :client AND tm.org_id = :org;

-- name: access_review_of_team
-- rows: none
-- scope: tenant
INSERT INTO access_review_rows (client_id, org_id, review_id, number, user_id, team_id, team_name,
  role, made_at, granted_by, granted_at, seen_at, inactive, decision, decided_at)
SELECT tm.client_id, tm.org_id, :review_id, ROW_NUMBER() OVER (ORDER BY tm.user_id),
  tm.user_id, tm.team_id, t.name, tm.role, tm.created_at, tm.granted_by, tm.granted_at, a.seen_at,
  CASE WHEN COALESCE(a.seen_at, m.created_at) <= :seen_until THEN 1 ELSE 0 END, 'pending', 0
FROM team_members AS tm
JOIN org_members AS m ON m.client_id = tm.client_id AND m.org_id = tm.org_id
  AND m.user_id = tm.user_id
JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
LEFT JOIN user_activity AS a ON a.client_id = m.client_id AND a.user_id = m.user_id
WHERE tm.client_id = :client AND tm.org_id = :org AND tm.team_id = :team_id;

-- name: access_review_count
-- rows: none
-- scope: tenant
UPDATE access_reviews
SET rights = rights + :rights, confirmed = confirmed + :confirmed, removed = removed + :removed
WHERE client_id = :client AND org_id = :org AND id = :id;

-- name: access_review_latest_in_org
-- rows: optional
-- scope: tenant
SELECT v.started_at, v.state
FROM access_reviews AS v
WHERE v.client_id = :client AND v.org_id = :org AND v.team_id IS NULL
ORDER BY v.id DESC
LIMIT 1;

-- name: access_review_latest_in_team
-- rows: optional
-- scope: tenant
SELECT v.started_at, v.state
FROM access_reviews AS v
WHERE v.client_id = :client AND v.org_id = :org AND v.team_id = :team_id
ORDER BY v.id DESC
LIMIT 1;

-- Their rows go with them.
-- name: access_reviews_prune_in_org
-- rows: none
-- scope: tenant
DELETE FROM access_reviews
WHERE client_id = :client AND org_id = :org AND id IN (
  SELECT k.id
  FROM (
    SELECT v.id, v.started_at, ROW_NUMBER() OVER (ORDER BY v.id DESC) AS n
    FROM access_reviews AS v
    WHERE v.client_id = :client AND v.org_id = :org AND v.team_id IS NULL
      AND v.state = 'finished') AS k
  WHERE k.n > :kept AND (k.n > :kept_max OR k.started_at < :started_before)
  ORDER BY k.id
  LIMIT CAST(:page_size AS BIGINT));

-- name: access_reviews_prune_in_team
-- rows: none
-- scope: tenant
DELETE FROM access_reviews
WHERE client_id = :client AND org_id = :org AND id IN (
  SELECT k.id
  FROM (
    SELECT v.id, v.started_at, ROW_NUMBER() OVER (ORDER BY v.id DESC) AS n
    FROM access_reviews AS v
    WHERE v.client_id = :client AND v.org_id = :org AND v.team_id = :team_id
      AND v.state = 'finished') AS k
  WHERE k.n > :kept AND (k.n > :kept_max OR k.started_at < :started_before)
  ORDER BY k.id
  LIMIT CAST(:page_size AS BIGINT));

-- name: access_review_by_id
-- rows: optional
-- scope: tenant
SELECT v.id, v.team_id, t.slug, t.name, v.started_by, s.name, v.started_at, v.finished_by, f.name,
  v.finished_at, v.rights, v.confirmed, v.removed, v.changed, v.undecided, v.state
FROM access_reviews AS v
LEFT JOIN teams AS t ON t.client_id = v.client_id AND t.org_id = v.org_id AND t.id = v.team_id
LEFT JOIN org_members AS sm ON sm.client_id = v.client_id AND sm.org_id = v.org_id
  AND sm.user_id = v.started_by
LEFT JOIN users AS s ON s.client_id = sm.client_id AND s.id = sm.user_id
LEFT JOIN org_members AS fm ON fm.client_id = v.client_id AND fm.org_id = v.org_id
  AND fm.user_id = v.finished_by
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
WHERE v.client_id = :client AND v.org_id = :org AND v.id = :id;

-- name: access_reviews_in_org
-- rows: many
-- scope: tenant
SELECT v.id, v.team_id, t.slug, t.name, v.started_by, s.name, v.started_at, v.finished_by, f.name,
  v.finished_at, v.rights, v.confirmed, v.removed, v.changed, v.undecided, v.state
FROM access_reviews AS v
LEFT JOIN teams AS t ON t.client_id = v.client_id AND t.org_id = v.org_id AND t.id = v.team_id
LEFT JOIN org_members AS sm ON sm.client_id = v.client_id AND sm.org_id = v.org_id
  AND sm.user_id = v.started_by
LEFT JOIN users AS s ON s.client_id = sm.client_id AND s.id = sm.user_id
LEFT JOIN org_members AS fm ON fm.client_id = v.client_id AND fm.org_id = v.org_id
  AND fm.user_id = v.finished_by
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
WHERE v.client_id = :client AND v.org_id = :org AND v.id > :after_id
ORDER BY v.id
LIMIT CAST(:page_size AS BIGINT);

-- name: access_reviews_in_team
-- rows: many
-- scope: tenant
SELECT v.id, v.team_id, t.slug, t.name, v.started_by, s.name, v.started_at, v.finished_by, f.name,
  v.finished_at, v.rights, v.confirmed, v.removed, v.changed, v.undecided, v.state
FROM access_reviews AS v
LEFT JOIN teams AS t ON t.client_id = v.client_id AND t.org_id = v.org_id AND t.id = v.team_id
LEFT JOIN org_members AS sm ON sm.client_id = v.client_id AND sm.org_id = v.org_id
  AND sm.user_id = v.started_by
LEFT JOIN users AS s ON s.client_id = sm.client_id AND s.id = sm.user_id
LEFT JOIN org_members AS fm ON fm.client_id = v.client_id AND fm.org_id = v.org_id
  AND fm.user_id = v.finished_by
LEFT JOIN users AS f ON f.client_id = fm.client_id AND f.id = fm.user_id
WHERE v.client_id = :client AND v.org_id = :org AND v.team_id = :team_id
  AND v.id > :after_id
ORDER BY v.id
LIMIT CAST(:page_size AS BIGINT);

-- With the right as it is now, if there is one.
-- Who was removed is known by the address of then for a while.
-- name: access_review_rows_from
-- rows: many
-- scope: tenant
SELECT r.number, r.user_id, COALESCE(u.email, f.email), u.name, r.role, r.made_at, r.granted_at,
  r.granted_by, g.name,
  r.seen_at, r.inactive, r.team_id, t.slug, r.team_name, r.decision, r.decided_by, d.name,
  r.decided_at, CASE WHEN r.team_id IS NULL THEN m.role ELSE tm.role END,
  CASE WHEN r.team_id IS NULL THEN m.granted_at ELSE tm.granted_at END
FROM access_review_rows AS r
LEFT JOIN org_members AS m ON m.client_id = r.client_id AND m.org_id = r.org_id
  AND m.user_id = r.user_id
LEFT JOIN team_members AS tm ON tm.client_id = r.client_id AND tm.org_id = r.org_id
  AND tm.team_id = r.team_id AND tm.user_id = r.user_id
LEFT JOIN teams AS t ON t.client_id = r.client_id AND t.org_id = r.org_id AND t.id = r.team_id
LEFT JOIN users AS u ON u.client_id = m.client_id AND u.id = m.user_id
LEFT JOIN former_members AS f ON f.client_id = r.client_id AND f.org_id = r.org_id
  AND f.user_id = r.user_id AND f.removed_at > :removed_after
LEFT JOIN org_members AS gm ON gm.client_id = r.client_id AND gm.org_id = r.org_id
  AND gm.user_id = r.granted_by
LEFT JOIN users AS g ON g.client_id = gm.client_id AND g.id = gm.user_id
LEFT JOIN org_members AS dm ON dm.client_id = r.client_id AND dm.org_id = r.org_id
  AND dm.user_id = r.decided_by
LEFT JOIN users AS d ON d.client_id = dm.client_id AND d.id = dm.user_id
WHERE r.client_id = :client AND r.org_id = :org AND r.review_id = :review_id
  AND r.number > :after_number
ORDER BY r.number
LIMIT CAST(:page_size AS BIGINT);

-- name: access_review_decide
-- rows: none
-- scope: tenant
UPDATE access_review_rows SET decision = :decision, decided_by = :user_id, decided_at = :now
WHERE client_id = :client AND org_id = :org AND review_id = :review_id AND number = :number
  AND decision = :decision_before;

-- What nobody decided, and is not the right any more that it was.
-- name: access_review_rows_changed
-- rows: none
-- scope: tenant
UPDATE access_review_rows SET decision = 'changed', decided_at = :now
WHERE client_id = :client AND org_id = :org AND review_id = :review_id AND decision = 'pending'
  AND NOT EXISTS (
    SELECT 1 FROM org_members AS m
    WHERE m.client_id = :client AND m.org_id = :org AND m.user_id = access_review_rows.user_id
      AND access_review_rows.team_id IS NULL AND m.role = access_review_rows.role
      AND COALESCE(m.granted_at, 0) = COALESCE(access_review_rows.granted_at, 0))
  AND NOT EXISTS (
    SELECT 1 FROM team_members AS tm
    WHERE tm.client_id = :client AND tm.org_id = :org AND tm.user_id = access_review_rows.user_id
      AND tm.team_id = access_review_rows.team_id AND tm.role = access_review_rows.role
      AND COALESCE(tm.granted_at, 0) = COALESCE(access_review_rows.granted_at, 0));

-- name: access_review_rows_undecided
-- rows: none
-- scope: tenant
UPDATE access_review_rows SET decision = 'undecided', decided_at = :now
WHERE client_id = :client AND org_id = :org AND review_id = :review_id AND decision = 'pending';

-- name: access_review_finish
-- rows: none
-- scope: tenant
UPDATE access_reviews
SET state = 'finished', finished_by = :user_id, finished_at = :now, changed = :changed,
  undecided = :undecided
WHERE client_id = :client AND org_id = :org AND id = :id AND state = 'open';
