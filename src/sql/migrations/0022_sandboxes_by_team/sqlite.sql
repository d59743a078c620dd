-- A sandbox is one person's in one organization and, where the pattern of namespaces names teams, of
-- one team: its id, else empty. No reference: the sandbox stays when its team is gone, and its name
-- with it. A table's own constraint cannot be changed here, so the table is made again.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE sandboxes_before AS SELECT * FROM sandboxes;
DROP TABLE sandboxes;
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
INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, isolation, generation,
  synced_generation, ready, reason, message, created_at, retry_at, failures, isolation_seen,
  isolation_findings)
SELECT client_id, org_id, id, user_id, namespace, claim, isolation, generation, synced_generation,
  ready, reason, message, created_at, retry_at, failures, isolation_seen, isolation_findings
FROM sandboxes_before;
DROP TABLE sandboxes_before;
CREATE INDEX sandboxes_unsynced ON sandboxes (id) WHERE synced_generation < generation;
