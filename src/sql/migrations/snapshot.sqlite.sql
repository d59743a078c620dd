CREATE TABLE access_review_rows (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  review_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  team_id TEXT,
  team_name TEXT NOT NULL,
  role TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  granted_by TEXT,
  granted_at INTEGER,
  seen_at INTEGER,
  inactive INTEGER NOT NULL,
  decision TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, review_id, number),
  FOREIGN KEY (client_id, org_id, review_id) REFERENCES access_reviews (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_review_rows_decision
    CHECK (decision IN ('pending', 'confirmed', 'removed', 'changed', 'undecided'))
) STRICT;
CREATE TABLE access_reviews (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  team_id TEXT,
  state TEXT NOT NULL,
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_by TEXT,
  finished_at INTEGER NOT NULL,
  rights INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  undecided INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  CONSTRAINT access_reviews_state CHECK (state IN ('open', 'finished')),
  CONSTRAINT access_reviews_finished CHECK ((state = 'open') = (finished_at = 0))
) STRICT;
CREATE INDEX access_reviews_by_team ON access_reviews (client_id, org_id, team_id, id);
CREATE UNIQUE INDEX access_reviews_one_open ON access_reviews (client_id, org_id)
  WHERE state = 'open' AND team_id IS NULL;
CREATE UNIQUE INDEX access_reviews_one_open_per_team ON access_reviews (client_id, org_id, team_id)
  WHERE state = 'open' AND team_id IS NOT NULL;
CREATE TABLE account_links (
  client_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  subject TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, locale TEXT NOT NULL DEFAULT 'en',
  PRIMARY KEY (client_id, purpose, subject),
  CONSTRAINT account_links_token UNIQUE (client_id, token_hash),
  CONSTRAINT account_links_purpose_known
    CHECK (purpose IN ('sign_up', 'reset', 'change_address', 'restore_address')),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE INDEX account_links_by_address ON account_links (client_id, address);
CREATE INDEX account_links_by_expiry ON account_links (expires_at);
CREATE INDEX account_links_by_user ON account_links (client_id, user_id);
CREATE TABLE audit (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
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
  PRIMARY KEY (client_id, org_id, seq),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;
CREATE INDEX audit_by_action ON audit (client_id, org_id, action, at, seq);
CREATE INDEX audit_by_actor ON audit (client_id, org_id, actor_id, at, seq);
CREATE INDEX audit_by_target ON audit (client_id, org_id, target_id, at, seq);
CREATE INDEX audit_by_time ON audit (client_id, org_id, at, seq);
CREATE TABLE audit_salts (
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  salt TEXT NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
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
CREATE TABLE client_audit_heads (
  client_id TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  mac TEXT NOT NULL,
  sunk INTEGER NOT NULL,
  salt TEXT NOT NULL,
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE TABLE clients (
  client_id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL
, isolation_checked_at INTEGER NOT NULL DEFAULT 0, isolation_complete INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE deployment_revisions (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  spec TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, deployment_id, revision),
  FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES deployments (client_id, org_id, id)
    ON DELETE CASCADE
) STRICT;
CREATE TABLE deployment_secrets (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, deployment_id, name),
  FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES deployments (client_id, org_id, id)
    ON DELETE CASCADE
) STRICT;
CREATE TABLE deployments (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  sandbox_id TEXT NOT NULL,
  name TEXT NOT NULL,
  stem TEXT NOT NULL,
  template TEXT NOT NULL,
  spec TEXT NOT NULL,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  synced_generation INTEGER NOT NULL,
  restarts INTEGER NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  status TEXT NOT NULL,
  deleting INTEGER NOT NULL,
  cpu_milli INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  storage_bytes INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, retry_at INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, most_replicas INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT deployments_stem_taken UNIQUE (stem),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id, sandbox_id) REFERENCES sandboxes (client_id, org_id, id),
  FOREIGN KEY (client_id, created_by) REFERENCES users (client_id, id)
) STRICT;
CREATE INDEX deployments_by_name ON deployments (client_id, org_id, team_id, name, stem);
CREATE INDEX deployments_by_replicas
  ON deployments (client_id, org_id, deleting, most_replicas, id);
CREATE INDEX deployments_by_sandbox ON deployments (client_id, org_id, sandbox_id);
CREATE UNIQUE INDEX deployments_name_taken ON deployments (client_id, org_id, team_id, name)
  WHERE deleting = 0;
CREATE INDEX deployments_unsynced ON deployments (id) WHERE synced_generation < generation;
CREATE TABLE entitlement_overrides (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  feature TEXT NOT NULL,
  value TEXT,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_user TEXT NOT NULL,
  PRIMARY KEY (client_id, org_id, feature),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;
CREATE TABLE feed (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  PRIMARY KEY (client_id, org_id, seq),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;
CREATE TABLE former_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  teams TEXT NOT NULL,
  removed_at INTEGER NOT NULL, email TEXT NOT NULL DEFAULT '', own_will INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE,
  CONSTRAINT former_members_role CHECK (role IN ('org_admin', 'org_member'))
) STRICT;
CREATE INDEX former_members_by_age ON former_members (removed_at);
CREATE TABLE former_team_slugs (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  team_id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE
) STRICT;
CREATE INDEX former_team_slugs_by_team ON former_team_slugs (client_id, org_id, team_id, until);
CREATE TABLE given_names (
  client_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (kind, hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE INDEX given_names_by_end ON given_names (until) WHERE until > 0;
CREATE INDEX given_names_by_holder ON given_names (client_id, holder) WHERE holder <> '';
CREATE TABLE idempotency_keys (
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  request_mac TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT NOT NULL,
  etag TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, user_id, key_hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE TABLE installation (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
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
  settled_at INTEGER NOT NULL, locale TEXT NOT NULL DEFAULT 'en',
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
CREATE INDEX invitations_by_age ON invitations (settled_at) WHERE state <> 'pending';
CREATE INDEX invitations_by_email ON invitations (client_id, org_id, email, sent_at);
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE state = 'pending';
CREATE UNIQUE INDEX invitations_by_token ON invitations (client_id, org_id, token_hash);
CREATE UNIQUE INDEX invitations_one_pending ON invitations (client_id, org_id, email)
  WHERE state = 'pending';
CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE login_networks (
  client_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX login_networks_by_age ON login_networks (seen_at);
CREATE INDEX login_networks_by_user ON login_networks (client_id, user_id);
CREATE TABLE mails (
  client_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  id TEXT NOT NULL,
  org_id TEXT,
  kind TEXT NOT NULL,
  about_kind TEXT NOT NULL,
  about_id TEXT NOT NULL,
  state TEXT NOT NULL,
  sealed TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  give_up_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, recipient TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (client_id, owner_id, id),
  FOREIGN KEY (client_id) REFERENCES clients (client_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id) ON DELETE CASCADE,
  CONSTRAINT mails_owner
    CHECK (owner_id = COALESCE(org_id, '00000000-0000-0000-0000-000000000000')),
  CONSTRAINT mails_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  CONSTRAINT mails_wiped CHECK (sealed = '' OR state IN ('queued', 'sending'))
) STRICT;
CREATE INDEX mails_by_kind ON mails (client_id, owner_id, kind, queued_at);
CREATE INDEX mails_by_org ON mails (client_id, org_id);
CREATE INDEX mails_by_recipient ON mails (client_id, owner_id, recipient, kind, queued_at);
CREATE INDEX mails_by_subject ON mails (client_id, owner_id, about_kind, about_id);
CREATE INDEX mails_open ON mails (next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX mails_settled ON mails (changed_at) WHERE state IN ('sent', 'failed', 'cancelled');
CREATE TABLE org_keys (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;
CREATE TABLE org_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, granted_by TEXT, granted_at INTEGER,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id),
  CONSTRAINT org_members_role CHECK (role IN ('org_owner', 'org_admin', 'org_member'))
) STRICT;
CREATE INDEX org_members_by_user ON org_members (client_id, user_id);
CREATE UNIQUE INDEX org_members_one_owner ON org_members (client_id, org_id)
  WHERE role = 'org_owner';
CREATE TABLE org_usage (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  deployments INTEGER NOT NULL,
  teams INTEGER NOT NULL,
  members INTEGER NOT NULL,
  cpu_milli INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  storage_bytes INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  CONSTRAINT org_usage_not_negative CHECK (deployments >= 0 AND teams >= 0 AND members >= 0
    AND cpu_milli >= 0 AND memory_bytes >= 0 AND storage_bytes >= 0)
) STRICT;
CREATE TABLE organizations (
  client_id TEXT NOT NULL,
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  feed_seq INTEGER NOT NULL,
  audit_seq INTEGER NOT NULL,
  audit_mac TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, deleted_at INTEGER NOT NULL DEFAULT 0, audit_sunk INTEGER NOT NULL DEFAULT 0, access_reminded_at INTEGER NOT NULL DEFAULT 0, suspended_for TEXT NOT NULL DEFAULT '', suspended_at INTEGER NOT NULL DEFAULT 0, egress TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (client_id, id),
  CONSTRAINT organizations_slug_taken UNIQUE (client_id, slug),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE INDEX organizations_ending ON organizations (deleted_at)
  WHERE state IN ('deleting', 'purging');
CREATE INDEX organizations_unsunk ON organizations (client_id, id) WHERE audit_sunk < audit_seq;
CREATE TABLE ownership_offers (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  from_user TEXT NOT NULL,
  to_user TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, from_user) REFERENCES users (client_id, id),
  FOREIGN KEY (client_id, to_user) REFERENCES users (client_id, id),
  CONSTRAINT ownership_offers_state
    CHECK (state IN ('open', 'accepted', 'declined', 'cancelled', 'expired'))
) STRICT;
CREATE UNIQUE INDEX ownership_offers_one_open ON ownership_offers (client_id, org_id)
  WHERE state = 'open';
CREATE TABLE plan_entitlements (
  client_id TEXT NOT NULL,
  plan_key TEXT NOT NULL,
  plan_version INTEGER NOT NULL,
  feature TEXT NOT NULL,
  value TEXT,
  PRIMARY KEY (client_id, plan_key, plan_version, feature),
  FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES plans (client_id, key, version)
) STRICT;
CREATE TABLE plans (
  client_id TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  rank INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, key, version),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE TABLE rate_limits (
  client_id TEXT NOT NULL,
  key TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (client_id, key),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE TABLE sandboxes (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  namespace TEXT NOT NULL,
  claim TEXT NOT NULL,
  isolation TEXT NOT NULL,
  generation INTEGER NOT NULL,
  synced_generation INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  retry_at INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  isolation_seen TEXT NOT NULL DEFAULT '',
  isolation_findings INTEGER NOT NULL DEFAULT 0,
  team TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT sandboxes_person UNIQUE (client_id, org_id, user_id, team),
  CONSTRAINT sandboxes_namespace_taken UNIQUE (namespace),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id)
) STRICT;
CREATE INDEX sandboxes_unsynced ON sandboxes (id) WHERE synced_generation < generation;
CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
CREATE TABLE sessions (
  client_id TEXT NOT NULL,
  id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, auth_at INTEGER NOT NULL DEFAULT 0, device TEXT NOT NULL DEFAULT '', network TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (client_id, id),
  CONSTRAINT sessions_token UNIQUE (client_id, token_hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_user ON sessions (client_id, user_id);
CREATE TABLE setup_tokens (
  client_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, token_hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE TABLE subscriptions (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  plan_key TEXT NOT NULL,
  plan_version INTEGER NOT NULL,
  state TEXT NOT NULL,
  period_start INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES plans (client_id, key, version)
) STRICT;
CREATE TABLE team_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, granted_by TEXT, granted_at INTEGER,
  PRIMARY KEY (client_id, org_id, team_id, user_id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  FOREIGN KEY (client_id, org_id, user_id) REFERENCES org_members (client_id, org_id, user_id)
    ON DELETE CASCADE,
  CONSTRAINT team_members_role CHECK (role IN ('team_admin', 'developer', 'viewer'))
) STRICT;
CREATE INDEX team_members_by_member ON team_members (client_id, org_id, user_id);
CREATE INDEX team_members_by_user ON team_members (client_id, user_id);
CREATE TABLE teams (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, deleting INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT teams_slug_taken UNIQUE (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;
CREATE TABLE user_activity (
  client_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, user_id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE TABLE users (
  client_id TEXT NOT NULL,
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  platform_admin INTEGER NOT NULL,
  authz_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, email_proved_at INTEGER NOT NULL DEFAULT 0, locale TEXT NOT NULL DEFAULT 'en',
  PRIMARY KEY (client_id, id),
  CONSTRAINT users_email_taken UNIQUE (client_id, email),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
