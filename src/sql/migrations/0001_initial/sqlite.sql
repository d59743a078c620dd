-- One row a fact about this installation ("used_real_cluster").
-- scope: fleet
CREATE TABLE installation (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Who may do a piece of background work now. `fence` grows with each change of holder.
-- scope: fleet
CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  fence INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- White-label clients; the built-in one is the first row.
-- scope: client
CREATE TABLE clients (
  client_id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- scope: client
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
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT users_email_taken UNIQUE (client_id, email),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;

-- scope: client
CREATE TABLE sessions (
  client_id TEXT NOT NULL,
  id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT sessions_token UNIQUE (client_id, token_hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_by_user ON sessions (client_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Counts of tries in a window; what is counted is a keyed hash.
-- scope: client
CREATE TABLE rate_limits (
  client_id TEXT NOT NULL,
  key TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (client_id, key),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;

-- Single-use links that make the first platform administrator.
-- scope: client
CREATE TABLE setup_tokens (
  client_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, token_hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;

-- First answers of requests that carried an Idempotency-Key.
-- scope: person
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

-- feed_seq and audit_seq are the last numbers given; every write of a tenant takes the next ones
-- under this row, so its writes stand in one order.
-- scope: tenant
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
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT organizations_slug_taken UNIQUE (client_id, slug),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;

-- scope: tenant
CREATE TABLE org_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id),
  CONSTRAINT org_members_role CHECK (role IN ('org_owner', 'org_admin', 'org_member'))
) STRICT;
CREATE INDEX org_members_by_user ON org_members (client_id, user_id);
CREATE UNIQUE INDEX org_members_one_owner ON org_members (client_id, org_id)
  WHERE role = 'org_owner';

-- scope: tenant
CREATE TABLE teams (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT teams_slug_taken UNIQUE (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;

-- scope: tenant
CREATE TABLE team_members (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, team_id, user_id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  FOREIGN KEY (client_id, org_id, user_id) REFERENCES org_members (client_id, org_id, user_id)
    ON DELETE CASCADE,
  CONSTRAINT team_members_role CHECK (role IN ('team_admin', 'developer', 'viewer'))
) STRICT;
CREATE INDEX team_members_by_user ON team_members (client_id, user_id);

-- scope: client
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

-- A null value means unlimited.
-- scope: client
CREATE TABLE plan_entitlements (
  client_id TEXT NOT NULL,
  plan_key TEXT NOT NULL,
  plan_version INTEGER NOT NULL,
  feature TEXT NOT NULL,
  value TEXT,
  PRIMARY KEY (client_id, plan_key, plan_version, feature),
  FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES plans (client_id, key, version)
) STRICT;

-- scope: tenant
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

-- An administrator's exception from the plan. A null value means unlimited, ends_at 0 means for good.
-- scope: tenant
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

-- What an organization uses of its limits; changed with the rows that it counts.
-- scope: tenant
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

-- A namespace of the cluster: one person's deployments of one organization. Its name is given once.
-- scope: tenant
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
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT sandboxes_person UNIQUE (client_id, org_id, user_id),
  CONSTRAINT sandboxes_namespace_taken UNIQUE (namespace),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id)
) STRICT;
CREATE INDEX sandboxes_unsynced ON sandboxes (id) WHERE synced_generation < generation;

-- What a tenant wants (spec), how far the cluster has it (status), and what it takes of the ledger.
-- scope: tenant
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
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT deployments_stem_taken UNIQUE (stem),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id, sandbox_id) REFERENCES sandboxes (client_id, org_id, id),
  FOREIGN KEY (client_id, created_by) REFERENCES users (client_id, id)
) STRICT;
-- A deployment that is being deleted has given its name back.
CREATE UNIQUE INDEX deployments_name_taken ON deployments (client_id, org_id, team_id, name)
  WHERE deleting = 0;
CREATE INDEX deployments_unsynced ON deployments (id) WHERE synced_generation < generation;
CREATE INDEX deployments_by_sandbox ON deployments (client_id, org_id, sandbox_id);

-- scope: tenant
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

-- Values that the platform made or was given for a deployment; sealed with the organization's key.
-- scope: tenant
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

-- An organization's data key, wrapped by the installation's key.
-- scope: tenant
CREATE TABLE org_keys (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
) STRICT;

-- The audit chain: mac covers the row and prev, the mac of the row before. Never updated.
-- scope: tenant
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

-- The change feed of an organization; readers resume by seq.
-- scope: tenant
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

-- The built-in client and the plans that every installation starts with.
INSERT INTO clients (client_id, slug, name, state, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'platform', 'K8s Scheduler', 'active', 0);
INSERT INTO plans (client_id, key, version, name, state, rank, created_at) VALUES
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'Free', 'active', 1, 0),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'Business', 'active', 2, 0),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'Enterprise', 'active', 3, 0);
INSERT INTO plan_entitlements (client_id, plan_key, plan_version, feature, value) VALUES
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'deployments.max', '1'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'members.max', '1'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'teams.max', '3'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'templates.custom', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'templates.org_wide', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'network.isolation', 'shared'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'support', 'community'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'roles.custom', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'sso', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'audit.export', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'cpu.max', '1'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'memory.max', '2Gi'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'storage.max', '5Gi'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'replicas.max', '2'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'images.root', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'smtp.egress', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'free', 1, 'domains.max', '0'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'deployments.max', '5'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'members.max', '10'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'teams.max', '10'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'templates.custom', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'templates.org_wide', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'network.isolation', 'namespace'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'support', 'standard'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'roles.custom', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'sso', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'audit.export', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'cpu.max', '8'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'memory.max', '16Gi'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'storage.max', '50Gi'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'replicas.max', '10'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'images.root', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'smtp.egress', 'false'),
  ('00000000-0000-7000-8000-000000000001', 'business', 1, 'domains.max', '5'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'deployments.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'members.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'teams.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'templates.custom', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'templates.org_wide', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'network.isolation', 'dedicated'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'support', 'dedicated'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'roles.custom', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'sso', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'audit.export', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'cpu.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'memory.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'storage.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'replicas.max', NULL),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'images.root', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'smtp.egress', 'true'),
  ('00000000-0000-7000-8000-000000000001', 'enterprise', 1, 'domains.max', NULL);
