-- Networks from which somebody signed in to an account: a keyed hash of both. The tries of others at
-- the account do not keep its owner out there.
-- scope: client
CREATE TABLE login_networks (
  client_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, hash),
  FOREIGN KEY (client_id, user_id) REFERENCES users (client_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX login_networks_by_user ON login_networks (client_id, user_id);
CREATE INDEX login_networks_by_age ON login_networks (seen_at);
