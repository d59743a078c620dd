-- The order of a team's list, those that are being deleted included.
CREATE INDEX deployments_by_name ON deployments (client_id, org_id, team_id, name, stem);
