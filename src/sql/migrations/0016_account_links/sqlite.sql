-- Links that were mailed to somebody; only the hash of a token is kept. The subject is what a newer
-- link of the same purpose takes the place of. A link that is nobody's (of a sign-up, or asked for an
-- address without an account) has zeros for its user, because no part of a key is NULL.
-- scope: client
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
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, purpose, subject),
  CONSTRAINT account_links_token UNIQUE (client_id, token_hash),
  CONSTRAINT account_links_purpose_known
    CHECK (purpose IN ('sign_up', 'reset', 'change_address', 'restore_address')),
  FOREIGN KEY (client_id) REFERENCES clients (client_id)
) STRICT;
CREATE INDEX account_links_by_user ON account_links (client_id, user_id);
CREATE INDEX account_links_by_address ON account_links (client_id, address);
CREATE INDEX account_links_by_expiry ON account_links (expires_at);

-- When its person last proved, with a link that was mailed there, to read the mail of the address;
-- 0: never.
ALTER TABLE users ADD COLUMN email_proved_at INTEGER NOT NULL DEFAULT 0;
