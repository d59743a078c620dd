ALTER TABLE org_members ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE team_members ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE INDEX team_members_by_member ON team_members (client_id, org_id, user_id);

-- When somebody was last here. Sessions end and are swept; this stays.
-- scope: client
CREATE TABLE user_activity (
  client_id UUID NOT NULL,
  user_id UUID NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
);
INSERT INTO user_activity (client_id, user_id, seen_at)
SELECT client_id, user_id, MAX(seen_at) FROM sessions GROUP BY client_id, user_id;

ALTER TABLE user_activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_activity FORCE ROW LEVEL SECURITY;
CREATE POLICY user_activity_fleet ON user_activity TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY user_activity_owner ON user_activity TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON user_activity TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON user_activity TO {tenant_role};
CREATE POLICY user_activity_tenant ON user_activity TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));
