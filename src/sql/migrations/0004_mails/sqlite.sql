-- Mail to send. What it says and to whom is sealed, and wiped when it is settled. owner_id is the
-- organization whose mail it is, or all zeros for a person's own; org_id says it again for the
-- reference, which has nothing to refer to then.
-- scope: client
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
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, owner_id, id),
  FOREIGN KEY (client_id) REFERENCES clients (client_id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id) ON DELETE CASCADE,
  CONSTRAINT mails_owner
    CHECK (owner_id = COALESCE(org_id, '00000000-0000-0000-0000-000000000000')),
  CONSTRAINT mails_state CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  CONSTRAINT mails_wiped CHECK (sealed = '' OR state IN ('queued', 'sending'))
) STRICT;
CREATE INDEX mails_by_subject ON mails (client_id, owner_id, about_kind, about_id);
CREATE INDEX mails_by_org ON mails (client_id, org_id);
CREATE INDEX mails_open ON mails (next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX mails_settled ON mails (changed_at) WHERE state IN ('sent', 'failed', 'cancelled');
