-- Invitations into an organization. org_wide says that somebody who manages the organization gave
-- the role; without it there are only the parts of teams, and the role is org_member. What is
-- settled keeps its token, so that the link can say that it has expired.
-- scope: tenant
CREATE TABLE invitations (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  org_wide BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  token_hash TEXT COLLATE "C" NOT NULL,
  invited_by UUID NOT NULL,
  answered_by UUID,
  version BIGINT NOT NULL,
  life_days BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  resends_since BIGINT NOT NULL,
  resends BIGINT NOT NULL,
  told_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, invited_by) REFERENCES users (client_id, id),
  FOREIGN KEY (client_id, answered_by) REFERENCES users (client_id, id),
  CONSTRAINT invitations_role CHECK (role IN ('org_admin', 'org_member')),
  CONSTRAINT invitations_state
    CHECK (state IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
  CONSTRAINT invitations_settled CHECK ((state = 'pending') = (settled_at = 0)),
  CONSTRAINT invitations_accepted CHECK (state <> 'accepted' OR answered_by IS NOT NULL)
);
CREATE UNIQUE INDEX invitations_one_pending ON invitations (client_id, org_id, email)
  WHERE state = 'pending';
CREATE INDEX invitations_by_email ON invitations (client_id, org_id, email, sent_at);
CREATE UNIQUE INDEX invitations_by_token ON invitations (client_id, org_id, token_hash);
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE state = 'pending';
CREATE INDEX invitations_by_age ON invitations (settled_at) WHERE state <> 'pending';

-- A team may go before the invitation is answered; then the row says what it was called.
-- scope: tenant
CREATE TABLE invitation_teams (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  invitation_id UUID NOT NULL,
  team_id UUID NOT NULL,
  team_name TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  invited_by UUID NOT NULL,
  PRIMARY KEY (client_id, org_id, invitation_id, team_id),
  FOREIGN KEY (client_id, org_id, invitation_id) REFERENCES invitations (client_id, org_id, id)
    ON DELETE CASCADE,
  FOREIGN KEY (client_id, invited_by) REFERENCES users (client_id, id),
  CONSTRAINT invitation_teams_role CHECK (role IN ('team_admin', 'developer', 'viewer'))
);
CREATE INDEX invitation_teams_by_team ON invitation_teams (client_id, org_id, team_id,
  invitation_id);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY invitations_fleet ON invitations TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY invitations_owner ON invitations TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO {tenant_role};
CREATE POLICY invitations_tenant ON invitations TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE invitation_teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation_teams FORCE ROW LEVEL SECURITY;
CREATE POLICY invitation_teams_fleet ON invitation_teams TO {fleet_role}
  USING (true) WITH CHECK (true);
CREATE POLICY invitation_teams_owner ON invitation_teams TO {owner_role}
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation_teams TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation_teams TO {tenant_role};
CREATE POLICY invitation_teams_tenant ON invitation_teams TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
