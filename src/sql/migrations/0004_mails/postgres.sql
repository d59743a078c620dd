-- Mail to send. What it says and to whom is sealed, and wiped when it is settled. owner_id is the
-- organization whose mail it is, or all zeros for a person's own; org_id says it again for the
-- reference, which has nothing to refer to then.
-- scope: client
CREATE TABLE mails (
  client_id UUID NOT NULL,
  owner_id UUID NOT NULL,
  id UUID NOT NULL,
  org_id UUID,
  kind TEXT COLLATE "C" NOT NULL,
  about_kind TEXT COLLATE "C" NOT NULL,
  about_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  sealed TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  queued_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  give_up_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (client_id, owner_id, id),
  FOREIGN KEY (client_id) REFERENCES clients (client_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id) ON DELETE CASCADE,
  CONSTRAINT mails_owner
    CHECK (owner_id = COALESCE(org_id, '00000000-0000-0000-0000-000000000000')),
  CONSTRAINT mails_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  CONSTRAINT mails_wiped CHECK (sealed = '' OR state IN ('queued', 'sending'))
);
CREATE INDEX mails_by_subject ON mails (client_id, owner_id, about_kind, about_id);
CREATE INDEX mails_by_org ON mails (client_id, org_id);
CREATE INDEX mails_open ON mails (next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX mails_settled ON mails (changed_at) WHERE state IN ('sent', 'failed', 'cancelled');

-- An organization's mail to that organization only, a person's own to neither of them.
ALTER TABLE mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE mails FORCE ROW LEVEL SECURITY;
CREATE POLICY mails_fleet ON mails TO {fleet_role} USING (true) WITH CHECK (true);
CREATE POLICY mails_owner ON mails TO {owner_role} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON mails TO {fleet_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON mails TO {tenant_role};
CREATE POLICY mails_tenant ON mails TO {tenant_role}
  USING (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND owner_id = (SELECT COALESCE(NULLIF(current_setting('app.org', true), ''),
      '00000000-0000-0000-0000-000000000000')::uuid))
  WITH CHECK (client_id = (SELECT NULLIF(current_setting('app.client', true), '')::uuid)
    AND owner_id = (SELECT COALESCE(NULLIF(current_setting('app.org', true), ''),
      '00000000-0000-0000-0000-000000000000')::uuid));
