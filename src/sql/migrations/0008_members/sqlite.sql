ALTER TABLE org_members ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE team_members ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX team_members_by_member ON team_members (client_id, org_id, user_id);

-- When somebody was last here. Sessions end and are swept; this stays.
-- scope: client
CREATE TABLE user_activity (
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO user_activity (client_id, user_id, seen_at)
SELECT client_id, user_id, MAX(seen_at) FROM sessions GROUP BY client_id, user_id;
