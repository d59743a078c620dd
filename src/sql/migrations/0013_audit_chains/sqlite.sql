-- How far the sink of heads was told of the organization's chain.
ALTER TABLE organizations ADD COLUMN audit_sunk INTEGER NOT NULL DEFAULT 0;
CREATE INDEX organizations_unsunk ON organizations (client_id, id) WHERE audit_sunk < audit_seq;

CREATE INDEX audit_by_time ON audit (client_id, org_id, at, seq);
CREATE INDEX audit_by_actor ON audit (client_id, org_id, actor_id, at, seq);
CREATE INDEX audit_by_action ON audit (client_id, org_id, action, at, seq);
CREATE INDEX audit_by_target ON audit (client_id, org_id, target_id, at, seq);

-- One row a person: without it nobody can tell whose address or text a hash of the audit log is.
-- scope: client
CREATE TABLE audit_salts (
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  salt TEXT NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;

-- The chain of what belongs to no organization: sign-ups, logins, administrators. Never updated.
-- scope: client
CREATE TABLE client_audit (
  client_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  prev TEXT NOT NULL,
  mac TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  action TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  result TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (client_id, seq),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;

-- The end of that chain; `salt` is for whoever has no account.
-- scope: client
CREATE TABLE client_audit_heads (
  client_id TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  mac TEXT NOT NULL,
  sunk INTEGER NOT NULL,
  salt TEXT NOT NULL,
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
