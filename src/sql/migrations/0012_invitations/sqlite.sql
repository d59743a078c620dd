-- Invitations into an organization. org_wide says that somebody who manages the organization gave
-- the role; without it there are only the parts of teams, and the role is org_member. What is
-- settled keeps its token, so that the link can say that it has expired.
-- scope: tenant
CREATE TABLE invitations (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  org_wide INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  answered_by TEXT,
  version INTEGER NOT NULL,
  life_days INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  resends_since INTEGER NOT NULL,
  resends INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, invited_by) REFERENCES users (client_id, id),
  FOREIGN KEY (client_id, answered_by) REFERENCES users (client_id, id),
  CONSTRAINT invitations_role CHECK (role IN ('org_admin', 'org_member')),
  CONSTRAINT invitations_state
    CHECK (state IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
  CONSTRAINT invitations_settled CHECK ((state = 'pending') = (settled_at = 0)),
  CONSTRAINT invitations_accepted CHECK (state <> 'accepted' OR answered_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX invitations_one_pending ON invitations (client_id, org_id, email)
  WHERE state = 'pending';
CREATE INDEX invitations_by_email ON invitations (client_id, org_id, email, sent_at);
CREATE UNIQUE INDEX invitations_by_token ON invitations (client_id, org_id, token_hash);
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE state = 'pending';
CREATE INDEX invitations_by_age ON invitations (settled_at) WHERE state <> 'pending';

-- A team may go before the invitation is answered; then the row says what it was called.
-- scope: tenant
CREATE TABLE invitation_teams (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  invitation_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  team_name TEXT NOT NULL,
  role TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  PRIMARY KEY (client_id, org_id, invitation_id, team_id),
  FOREIGN KEY (client_id, org_id, invitation_id) REFERENCES invitations (client_id, org_id, id)
    ON DELETE CASCADE,
  FOREIGN KEY (client_id, invited_by) REFERENCES users (client_id, id),
  CONSTRAINT invitation_teams_role CHECK (role IN ('team_admin', 'developer', 'viewer'))
) STRICT;
CREATE INDEX invitation_teams_by_team ON invitation_teams (client_id, org_id, team_id,
  invitation_id);
