-- One row a fact about this installation ("used_real_cluster").
-- scope: fleet
CREATE TABLE installation (
  key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);

-- Who may do a piece of background work now. `fence` grows with each change of holder.
-- scope: fleet
CREATE TABLE leases (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  holder TEXT COLLATE "C" NOT NULL,
  fence BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- White-label clients; the built-in one is the first row.
-- scope: client
CREATE TABLE clients (
  client_id UUID NOT NULL PRIMARY KEY,
  slug TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);

-- scope: client
CREATE TABLE users (
  client_id UUID NOT NULL,
  id UUID NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  password_hash TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  platform_admin BIGINT NOT NULL,
  authz_version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT users_email_taken UNIQUE (client_id, email),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- scope: client
CREATE TABLE sessions (
  client_id UUID NOT NULL,
  id UUID NOT NULL,
  token_hash TEXT COLLATE "C" NOT NULL,
  user_id UUID NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT sessions_token UNIQUE (client_id, token_hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (client_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Counts of tries in a window; what is counted is a keyed hash.
-- scope: client
CREATE TABLE rate_limits (
  client_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  window_start BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (client_id, key),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- Single-use links that make the first platform administrator.
-- scope: client
CREATE TABLE setup_tokens (
  client_id UUID NOT NULL,
  token_hash TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, token_hash),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- First answers of requests that carried an Idempotency-Key.
-- scope: person
CREATE TABLE idempotency_keys (
  client_id UUID NOT NULL,
  user_id UUID NOT NULL,
  key_hash TEXT COLLATE "C" NOT NULL,
  request_mac TEXT COLLATE "C" NOT NULL,
  status BIGINT NOT NULL,
  location TEXT COLLATE "C" NOT NULL,
  etag TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, user_id, key_hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- feed_seq and audit_seq are the last numbers given; every write of a tenant takes the next ones
-- under this row, so its writes stand in one order.
-- scope: tenant
CREATE TABLE organizations (
  client_id UUID NOT NULL,
  id UUID NOT NULL,
  slug TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  feed_seq BIGINT NOT NULL,
  audit_seq BIGINT NOT NULL,
  audit_mac TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, id),
  CONSTRAINT organizations_slug_taken UNIQUE (client_id, slug),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- scope: tenant
CREATE TABLE org_members (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  user_id UUID NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, user_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id),
  CONSTRAINT org_members_role CHECK (role IN ('org_owner', 'org_admin', 'org_member'))
);
CREATE INDEX org_members_by_user ON org_members (client_id, user_id);
CREATE UNIQUE INDEX org_members_one_owner ON org_members (client_id, org_id)
  WHERE role = 'org_owner';

-- scope: tenant
CREATE TABLE teams (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  slug TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT teams_slug_taken UNIQUE (client_id, org_id, slug),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
);

-- scope: tenant
CREATE TABLE team_members (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  team_id UUID NOT NULL,
  user_id UUID NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, team_id, user_id),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id)
    ON DELETE CASCADE,
  FOREIGN KEY (client_id, org_id, user_id) REFERENCES org_members (client_id, org_id, user_id)
    ON DELETE CASCADE,
  CONSTRAINT team_members_role CHECK (role IN ('team_admin', 'developer', 'viewer'))
);
CREATE INDEX team_members_by_user ON team_members (client_id, user_id);

-- scope: client
CREATE TABLE plans (
  client_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  rank BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, key, version),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
);

-- A null value means unlimited.
-- scope: client
CREATE TABLE plan_entitlements (
  client_id UUID NOT NULL,
  plan_key TEXT COLLATE "C" NOT NULL,
  plan_version BIGINT NOT NULL,
  feature TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C",
  PRIMARY KEY (client_id, plan_key, plan_version, feature),
  FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES plans (client_id, key, version)
);

-- scope: tenant
CREATE TABLE subscriptions (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  plan_key TEXT COLLATE "C" NOT NULL,
  plan_version BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  period_start BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, plan_key, plan_version) REFERENCES plans (client_id, key, version)
);

-- An administrator's exception from the plan. A null value means unlimited, ends_at 0 means for good.
-- scope: tenant
CREATE TABLE entitlement_overrides (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  feature TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C",
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  by_user UUID NOT NULL,
  PRIMARY KEY (client_id, org_id, feature),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
);

-- What an organization uses of its limits; changed with the rows that it counts.
-- scope: tenant
CREATE TABLE org_usage (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  deployments BIGINT NOT NULL,
  teams BIGINT NOT NULL,
  members BIGINT NOT NULL,
  cpu_milli BIGINT NOT NULL,
  memory_bytes BIGINT NOT NULL,
  storage_bytes BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  CONSTRAINT org_usage_not_negative CHECK (deployments >= 0 AND teams >= 0 AND members >= 0
    AND cpu_milli >= 0 AND memory_bytes >= 0 AND storage_bytes >= 0)
);

-- A namespace of the cluster: one person's deployments of one organization. Its name is given once.
-- scope: tenant
CREATE TABLE sandboxes (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  namespace TEXT COLLATE "C" NOT NULL,
  claim TEXT COLLATE "C" NOT NULL,
  isolation TEXT COLLATE "C" NOT NULL,
  generation BIGINT NOT NULL,
  synced_generation BIGINT NOT NULL,
  ready BIGINT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  message TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT sandboxes_person UNIQUE (client_id, org_id, user_id),
  CONSTRAINT sandboxes_namespace_taken UNIQUE (namespace),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id)
);
CREATE INDEX sandboxes_unsynced ON sandboxes (id) WHERE synced_generation < generation;

-- What a tenant wants (spec), how far the cluster has it (status), and what it takes of the ledger.
-- scope: tenant
CREATE TABLE deployments (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  id UUID NOT NULL,
  team_id UUID NOT NULL,
  sandbox_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  stem TEXT COLLATE "C" NOT NULL,
  template TEXT COLLATE "C" NOT NULL,
  spec TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  synced_generation BIGINT NOT NULL,
  restarts BIGINT NOT NULL,
  phase TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  message TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  deleting BIGINT NOT NULL,
  cpu_milli BIGINT NOT NULL,
  memory_bytes BIGINT NOT NULL,
  storage_bytes BIGINT NOT NULL,
  created_by UUID NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  CONSTRAINT deployments_stem_taken UNIQUE (stem),
  FOREIGN KEY (client_id, org_id, team_id) REFERENCES teams (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id, sandbox_id) REFERENCES sandboxes (client_id, org_id, id),
  FOREIGN KEY (client_id, created_by) REFERENCES users (client_id, id)
);
-- A deployment that is being deleted has given its name back.
CREATE UNIQUE INDEX deployments_name_taken ON deployments (client_id, org_id, team_id, name)
  WHERE deleting = 0;
CREATE INDEX deployments_unsynced ON deployments (id) WHERE synced_generation < generation;
CREATE INDEX deployments_by_sandbox ON deployments (client_id, org_id, sandbox_id);

-- scope: tenant
CREATE TABLE deployment_revisions (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  deployment_id UUID NOT NULL,
  revision BIGINT NOT NULL,
  spec TEXT COLLATE "C" NOT NULL,
  created_by UUID NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, deployment_id, revision),
  FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES deployments (client_id, org_id, id)
    ON DELETE CASCADE
);

-- Values that the platform made or was given for a deployment; sealed with the organization's key.
-- scope: tenant
CREATE TABLE deployment_secrets (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  deployment_id UUID NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  sealed TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id, deployment_id, name),
  FOREIGN KEY (client_id, org_id, deployment_id) REFERENCES deployments (client_id, org_id, id)
    ON DELETE CASCADE
);

-- An organization's data key, wrapped by the installation's key.
-- scope: tenant
CREATE TABLE org_keys (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  wrapped TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, org_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
);

-- The audit chain: mac covers the row and prev, the mac of the row before. Never updated.
-- scope: tenant
CREATE TABLE audit (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  prev TEXT COLLATE "C" NOT NULL,
  mac TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  request_id TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  target_kind TEXT COLLATE "C" NOT NULL,
  target_id TEXT COLLATE "C" NOT NULL,
  result TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, org_id, seq),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
);

-- The change feed of an organization; readers resume by seq.
-- scope: tenant
CREATE TABLE feed (
  client_id UUID NOT NULL,
  org_id UUID NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  target_id TEXT COLLATE "C" NOT NULL,
  team_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (client_id, org_id, seq),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id)
);

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

-- Row-level security: the second lock behind each statement's own WHERE. The tenant role sees what
-- the settings of the flight name; the fleet role and the owner see everything. A setting that was
-- used once on a connection reads as '' afterwards, hence NULLIF; the sub-selects are evaluated once
-- a statement.

ALTER TABLE installation ENABLE ROW LEVEL SECURITY;
ALTER TABLE installation FORCE ROW LEVEL SECURITY;
CREATE POLICY installation_fleet ON installation TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY installation_owner ON installation TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON installation TO {fleet_role};

ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
CREATE POLICY leases_fleet ON leases TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY leases_owner ON leases TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON leases TO {fleet_role};

ALTER TABLE clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE clients FORCE ROW LEVEL SECURITY;
CREATE POLICY clients_fleet ON clients TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY clients_owner ON clients TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON clients TO {fleet_role};
GRANT SELECT ON clients TO {tenant_role};
CREATE POLICY clients_tenant ON clients TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY users_fleet ON users TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY users_owner ON users TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {tenant_role};
CREATE POLICY users_tenant ON users TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_fleet ON sessions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY sessions_owner ON sessions TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO {tenant_role};
CREATE POLICY sessions_tenant ON sessions TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE rate_limits ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_limits FORCE ROW LEVEL SECURITY;
CREATE POLICY rate_limits_fleet ON rate_limits TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY rate_limits_owner ON rate_limits TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO {tenant_role};
CREATE POLICY rate_limits_tenant ON rate_limits TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE setup_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE setup_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY setup_tokens_fleet ON setup_tokens TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY setup_tokens_owner ON setup_tokens TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_tokens TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_tokens TO {tenant_role};
CREATE POLICY setup_tokens_tenant ON setup_tokens TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_fleet ON idempotency_keys TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY idempotency_keys_owner ON idempotency_keys TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO {tenant_role};
CREATE POLICY idempotency_keys_tenant ON idempotency_keys TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid));

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY organizations_fleet ON organizations TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY organizations_owner ON organizations TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO {tenant_role};
CREATE POLICY organizations_tenant ON organizations TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND (id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid)
         OR id IN (SELECT m.org_id FROM org_members AS m
                   WHERE m.client_id = organizations.client_id
                     AND m.user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid))))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE org_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE org_members FORCE ROW LEVEL SECURITY;
CREATE POLICY org_members_fleet ON org_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_members_owner ON org_members TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON org_members TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON org_members TO {tenant_role};
CREATE POLICY org_members_tenant ON org_members TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND (org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid)
         OR user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid)))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE teams FORCE ROW LEVEL SECURITY;
CREATE POLICY teams_fleet ON teams TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY teams_owner ON teams TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON teams TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON teams TO {tenant_role};
CREATE POLICY teams_tenant ON teams TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND (org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid)
         OR id IN (SELECT m.team_id FROM team_members AS m
                   WHERE m.client_id = teams.client_id
                     AND m.org_id = teams.org_id
                     AND m.user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid))))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_members FORCE ROW LEVEL SECURITY;
CREATE POLICY team_members_fleet ON team_members TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY team_members_owner ON team_members TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON team_members TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON team_members TO {tenant_role};
CREATE POLICY team_members_tenant ON team_members TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND (org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid)
         OR user_id = (SELECT NULLIF(current_setting('app.user', true), '')::uuid)))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans FORCE ROW LEVEL SECURITY;
CREATE POLICY plans_fleet ON plans TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY plans_owner ON plans TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO {fleet_role};
GRANT SELECT ON plans TO {tenant_role};
CREATE POLICY plans_tenant ON plans TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE plan_entitlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_entitlements FORCE ROW LEVEL SECURITY;
CREATE POLICY plan_entitlements_fleet ON plan_entitlements TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY plan_entitlements_owner ON plan_entitlements TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON plan_entitlements TO {fleet_role};
GRANT SELECT ON plan_entitlements TO {tenant_role};
CREATE POLICY plan_entitlements_tenant ON plan_entitlements TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid));

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY subscriptions_fleet ON subscriptions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY subscriptions_owner ON subscriptions TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions TO {tenant_role};
CREATE POLICY subscriptions_tenant ON subscriptions TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE entitlement_overrides ENABLE ROW LEVEL SECURITY;
ALTER TABLE entitlement_overrides FORCE ROW LEVEL SECURITY;
CREATE POLICY entitlement_overrides_fleet ON entitlement_overrides TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY entitlement_overrides_owner ON entitlement_overrides TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON entitlement_overrides TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON entitlement_overrides TO {tenant_role};
CREATE POLICY entitlement_overrides_tenant ON entitlement_overrides TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE org_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE org_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY org_usage_fleet ON org_usage TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_usage_owner ON org_usage TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON org_usage TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON org_usage TO {tenant_role};
CREATE POLICY org_usage_tenant ON org_usage TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE sandboxes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sandboxes FORCE ROW LEVEL SECURITY;
CREATE POLICY sandboxes_fleet ON sandboxes TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY sandboxes_owner ON sandboxes TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sandboxes TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON sandboxes TO {tenant_role};
CREATE POLICY sandboxes_tenant ON sandboxes TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE deployments ENABLE ROW LEVEL SECURITY;
ALTER TABLE deployments FORCE ROW LEVEL SECURITY;
CREATE POLICY deployments_fleet ON deployments TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployments_owner ON deployments TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON deployments TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON deployments TO {tenant_role};
CREATE POLICY deployments_tenant ON deployments TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE deployment_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE deployment_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY deployment_revisions_fleet ON deployment_revisions TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_revisions_owner ON deployment_revisions TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_revisions TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_revisions TO {tenant_role};
CREATE POLICY deployment_revisions_tenant ON deployment_revisions TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE deployment_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE deployment_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY deployment_secrets_fleet ON deployment_secrets TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY deployment_secrets_owner ON deployment_secrets TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_secrets TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON deployment_secrets TO {tenant_role};
CREATE POLICY deployment_secrets_tenant ON deployment_secrets TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE org_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE org_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY org_keys_fleet ON org_keys TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY org_keys_owner ON org_keys TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON org_keys TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON org_keys TO {tenant_role};
CREATE POLICY org_keys_tenant ON org_keys TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_fleet ON audit TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY audit_owner ON audit TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON audit TO {fleet_role};
GRANT SELECT, INSERT ON audit TO {tenant_role};
CREATE POLICY audit_tenant ON audit TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));

ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE feed FORCE ROW LEVEL SECURITY;
CREATE POLICY feed_fleet ON feed TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY feed_owner ON feed TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON feed TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON feed TO {tenant_role};
CREATE POLICY feed_tenant ON feed TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND org_id = (SELECT NULLIF(current_setting('app.org', true), '')::uuid));
