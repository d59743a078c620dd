-- What people had in an organization when they left it, so that it can be given back.
-- scope: tenant
CREATE TABLE former_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  teams TEXT NOT NULL,
  removed_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE,
  CONSTRAINT former_members_role CHECK (role IN ('org_admin', 'org_member'))
) STRICT;
CREATE INDEX former_members_by_age ON former_members (removed_at);
