-- One row a team; one row without a team where the person is in none of the organization. By an
-- expression, so that SQLite does not walk all organizations of the client in the order of an index
-- to save the sorting of a few.
-- name: memberships_of_person
-- rows: many
-- scope: person
SELECT o.id, o.slug, o.name, m.role, t.id, t.slug, t.name, tm.role, o.state, o.suspended_for
FROM org_members AS m
JOIN organizations AS o ON o.client_id = m.client_id AND o.id = m.org_id
LEFT JOIN team_members AS tm ON tm.client_id = m.client_id AND tm.org_id = m.org_id
  AND tm.user_id = m.user_id
LEFT JOIN teams AS t ON t.client_id = tm.client_id AND t.org_id = tm.org_id AND t.id = tm.team_id
WHERE m.client_id = :client AND m.user_id = :user
ORDER BY o.slug || '', t.slug;
