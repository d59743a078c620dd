-- scope: tenant
CREATE TABLE ownership_offers (
  client_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  from_user TEXT NOT NULL,
  to_user TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, org_id, id),
  FOREIGN KEY (client_id, org_id) REFERENCES organizations (client_id, id),
  FOREIGN KEY (client_id, from_user) REFERENCES users (client_id, id),
  FOREIGN KEY (client_id, to_user) REFERENCES users (client_id, id),
  CONSTRAINT ownership_offers_state
    CHECK (state IN ('open', 'accepted', 'declined', 'cancelled', 'expired'))
) STRICT;
CREATE UNIQUE INDEX ownership_offers_one_open ON ownership_offers (client_id, org_id)
  WHERE state = 'open';
