-- Organizations whose administrators were not reminded since then, and that have neither reviewed all
-- of their rights since then nor been founded. Nobody reviews anything while one is suspended.
-- name: access_reminders_due
-- rows: many
-- scope: fleet
SELECT o.client_id, o.id
FROM organizations AS o
WHERE (o.client_id > :after_client OR (o.client_id = :after_client AND o.id > :after_id))
  AND o.state = 'active' AND o.suspended_at = 0 AND o.created_at <= :since AND o.access_reminded_at <= :since
  AND NOT EXISTS (
    SELECT 1 FROM access_reviews AS v
    WHERE v.client_id = o.client_id AND v.org_id = o.id AND v.team_id IS NULL
      AND v.finished_at > :since)
ORDER BY o.client_id, o.id
LIMIT CAST(:page_size AS BIGINT);

-- The same of one: of two processes at once, one changes the row.
-- name: access_reminder_begin
-- rows: none
-- scope: tenant
UPDATE organizations SET access_reminded_at = :now
WHERE client_id = :client AND id = :org AND state = 'active' AND suspended_at = 0
  AND created_at <= :since AND access_reminded_at <= :since
  AND NOT EXISTS (
    SELECT 1 FROM access_reviews AS v
    WHERE v.client_id = :client AND v.org_id = :org AND v.team_id IS NULL
      AND v.finished_at > :since);
